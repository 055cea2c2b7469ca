"""Mistakes that have a name: each is a test that says its sentence if the numbers are what the mistake would give.

`MISTAKES` has them in groups, which are asked one after the other; where two of a group fit, nothing is said. The last,
`VAGUE`, fit many a gradient that is a single number. `SLIPS` are those of a gradient that is nearly right.
"""

from __future__ import annotations

from collections.abc import Callable

from backpropcli.gradcheck.evidence import Evidence
from backpropcli.gradcheck.mistakes.conduct import contract_violation, dout_ignored
from backpropcli.gradcheck.mistakes.confusion import missing_path, swapped
from backpropcli.gradcheck.mistakes.factors import constant_ratio, wrong_factor, wrong_sign
from backpropcli.gradcheck.mistakes.jacobian import diagonal_only, one_contribution_kept, untransposed_jacobian
from backpropcli.gradcheck.mistakes.kernels import backward_order, unflipped_kernel
from backpropcli.gradcheck.mistakes.labels import unsubtracted_labels
from backpropcli.gradcheck.mistakes.local_derivatives import (
    extra_factor_of_out,
    misplaced_activation,
    missing_activation,
    missing_factor,
    one_term_of_a_product,
    other_local_derivative,
    passed_on,
)
from backpropcli.gradcheck.mistakes.masks import inverted_mask, mask_of_dout, missing_mask
from backpropcli.gradcheck.mistakes.paths import missing_dout, missing_softmax, smallest_for_largest
from backpropcli.gradcheck.mistakes.rounding import low_precision
from backpropcli.gradcheck.mistakes.shapes import (
    axis_of_one,
    missing_broadcast_sum,
    reversed_order,
    transposed,
    wrong_axes_summed,
)
from backpropcli.gradcheck.mistakes.statistics import (
    constant_statistics,
    different_ddof,
    unsubtracted_mean,
    wrong_sum_of_dout,
)

Mistake = Callable[[Evidence], str | None]

SLIPS: tuple[Mistake, ...] = (low_precision,)

Groups = tuple[tuple[Mistake, ...], ...]

PLAIN: Groups = (
    (swapped,),
    (missing_path,),
    (axis_of_one,),
    (missing_broadcast_sum,),
    (wrong_axes_summed,),
    (wrong_sign,),
    (wrong_factor,),
    (transposed,),
    (dout_ignored,),
    SLIPS,
    (other_local_derivative,),
    (inverted_mask, missing_mask, mask_of_dout),
    (misplaced_activation, missing_activation, missing_softmax, extra_factor_of_out),
    (diagonal_only,),
    (
        one_contribution_kept,
        smallest_for_largest,
        missing_dout,
        constant_statistics,
        different_ddof,
        unsubtracted_mean,
        wrong_sum_of_dout,
        unflipped_kernel,
        missing_factor,
        one_term_of_a_product,
        reversed_order,
        unsubtracted_labels,
    ),
    (backward_order,),
    (untransposed_jacobian,),
    (contract_violation,),
)

VAGUE: Groups = ((passed_on,), (constant_ratio,))

MISTAKES: Groups = PLAIN + VAGUE
