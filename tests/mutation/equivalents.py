"""Mutants that are no mistakes: module, function, and the changed line as `ast.unparse` writes it, with the reason."""

from __future__ import annotations

_STANDS_IN = "what is computed with the stand-in is multiplied by 0 or not chosen; it need only be finite"
_CUT_OFF = "past the bound exp is 0 in float64, and is so past the other bound"
_EITHER_WAY = "between the two bounds both formulas are within 4 ulp"
_ORDER = "factors may come in any order"
_ZERO_OR_INF = "also true of 0 and inf only"
_LARGER = "the image is cut out of a larger frame of zeros"
_MANY_TIMES = "how many times the noise is allowed is a choice: it is to be some"
_HOW_FAR = "how far it is moved is a choice"
_OTHER_NUMBERS = "other numbers do as well"
_END = "the parser always knows the end"
_NOT_NEGATIVE = "any default that is not negative lets the empty shape pass"

EQUIVALENT: dict[tuple[str, str, str], str] = {
    ("attention", "Attention.forward", "below = all_scores - xp.where(self.is_blind, 1, largest)"): _STANDS_IN,
    (
        "compensated",
        "_split",
        "shifted = x * 134217730",
    ): "its halves have at most 26 digits, too: 100,000 random products were exact",
    ("compensated", "exp_factors", "half = xp.where(abs(hi) > 601, hi / 2, 0)"): _EITHER_WAY,
    ("compensated", "exp_factors", "hi = xp.minimum(xp.maximum(hi, -3001), 3000)"): _CUT_OFF,
    ("compensated", "exp_factors", "hi = xp.minimum(xp.maximum(hi, -3000), 3001)"): "exp is inf past either bound",
    ("elu", "Celu.forward", "self.low = xp.minimum(xp.maximum(xp.wide(x), -2001 * self.alpha), 0)"): _CUT_OFF,
    ("elu", "Elu.forward", "low = xp.where(self.on, 1, x)"): _STANDS_IN,
    (
        "binary_losses",
        "Bce._log_odds_against",
        "size = xp.where(5 * rarer > 1, near_half, xp.log1p(-rarer) - xp.log(rarer))",
    ): _EITHER_WAY,
    (
        "binary_losses",
        "Bce.forward",
        "of_one = -xp.log(xp.where(xp.equal(x, 0) & xp.equal(target, 0), 2, x))",
    ): _STANDS_IN,
    (
        "binary_losses",
        "BceWithLogits.forward",
        (
            "return self.reduce_elements(wrong * xp.where(xp.equal(wrong, 0) & "
            "xp.equal(abs(x), INF), 1, abs(x)) + xp.log1p(self.e))"
        ),
    ): _STANDS_IN,
    (
        "label_losses",
        "Nll.forward",
        "likelihoods = xp.sum(self.labels * xp.where(self.is_left_out, 1, x), self.axis)",
    ): _STANDS_IN,
    (
        "losses",
        "SmoothL1.loss",
        "self.steepness = self.xp.where(size < self.beta, size / (self.beta or 2), 1)",
    ): _STANDS_IN,
    ("executor", "backward", "number = 1"): "the loop sets it before it is read",
    (
        "executor",
        "forward",
        "if unasked or not unasked.isdisjoint(sources):",
    ): "a layer all of whose inputs are asked for does as one that is told nothing",
    (
        "executor",
        "Run.first_non_finite",
        "for number in range(len(graph.nodes) - 1, -2, -1):",
    ): "number -1 is the last node, which was looked at first",
    ("formula.text", "FormulaText.__init__", "self.start = text.find(self.body[:2], start)"): (
        "only spaces stand before the first character"
    ),
    (
        "formula.text",
        "FormulaText._span",
        "start, end = (expression.col_offset, expression.end_col_offset or 1)",
    ): _END,
    (
        "formula.text",
        "FormulaText._syntax_problem",
        "end = max((error.end_offset or 1) - 1, start + 1)",
    ): "where there is no end, it is one character behind the start",
    ("norms", "_RootOfSquares.backward", "root = self.xp.where(self.xp.equal(self.root, 0), 2, self.root)"): _STANDS_IN,
    ("reductions", "Sum.backward", "return self.expanded(dout) / self.xp.ones_like(self.x)"): "the ones divide nothing",
    ("shapes", "Broadcast.__init__", "if min(shape, default=1) < 0:"): _NOT_NEGATIVE,
    ("shapes", "Reshape.__init__", "if min(shape, default=1) < -1 or shape.count(-1) > 1:"): _NOT_NEGATIVE,
    (
        "sigmoid",
        "Softsign.forward",
        "is_far = xp.equal(self.scale, self.scale + 1)",
    ): "differs only at 2**53: 1 both ways",
    (
        "sigmoid",
        "Softsign.forward",
        "is_far = xp.equal(self.scale, self.scale - 2)",
    ): "differs only near 2**53: 1 both ways",
    (
        "sigmoid",
        "Softsign.forward",
        "return xp.where(is_far, xp.where(x > 0, 1, -xp.ones_like(x)), x / xp.where(is_far, 2, self.scale))",
    ): _STANDS_IN,
    (
        "sigmoid",
        "Softsign.forward",
        "return xp.where(is_far, xp.where(x > 1, 1, -xp.ones_like(x)), x / xp.where(is_far, 1, self.scale))",
    ): "a far x is far from 1, too",
    ("sliding_window", "SlidingWindow.fold", "frame = (*front, height + 2 * above, width + 3 * left)"): _LARGER,
    ("sliding_window", "SlidingWindow.fold", "frame = (*front, height + 3 * above, width + 2 * left)"): _LARGER,
    ("slopes", "gaussian", "near = xp.minimum(abs(xp.wide(x)), 41)"): _CUT_OFF,
    ("compensated", "exp_factors", "return (xp.exp(half), _corrected(first, lo))"): _ORDER,
    ("slopes", "exponent_slope", "return (log, power)"): _ORDER,
    (
        "slopes",
        "exponent_slope",
        "return (log, xp.where(is_split, 1, power), *_parts(xp, xp.where(is_split, x, 1), y))",
    ): _ORDER,
    ("slopes", "power_slope", "return (y, *parts, lower)"): _ORDER,
    ("slopes", "power_slope", "has_no_digits = xp.equal(lower / 2, lower) | xp.equal(x * 2, x)"): _ZERO_OR_INF,
    ("slopes", "power_slope", "has_no_digits = xp.equal(lower / 2, lower) | xp.equal(x / 3, x)"): _ZERO_OR_INF,
    (
        "slopes",
        "power_slope",
        "has_no_digits = xp.equal(lower * 2, lower) | xp.equal(x / 2, x)",
    ): _ZERO_OR_INF,
    (
        "slopes",
        "power_slope",
        "has_no_digits = xp.equal(lower / 3, lower) | xp.equal(x / 2, x)",
    ): _ZERO_OR_INF,
    ("norms", "_RootOfSquares.forward", "self.root = xp.where(is_zero, 0, xp.sqrt(xp.where(is_zero, 2, total)))"): (
        _STANDS_IN
    ),
    ("slopes", "power_slope", "lower = lower * xp.power(xp.where(has_no_digits, 2, x), lost)"): (
        "it multiplies 0 or inf"
    ),
    (
        "trigonometry",
        "Atan2.backward",
        "divisors = (Over(scale), Over(scale), Over(xp.where(xp.equal(total, 0), 2, total)))",
    ): _STANDS_IN,
    (
        "gradcheck.numeric",
        "_is_confirmed",
        "return abs(slope - window.value) <= STEEP * window.scale + curve.rounded(5 * noise / step)",
    ): _MANY_TIMES,
    (
        "gradcheck.numeric",
        "_side",
        "return best if best is not None and sum((_agrees(best, other) for other in slopes)) > 2 else None",
    ): "where there is a slope on one side, all windows agree; one alone does so by chance",
    (
        "gradcheck.numeric",
        "_side",
        "value, error, scale = map(curve.rounded, (value, error, changes[1][1] / steps[-1]))",
    ): "the size of the terms, of which a thousandth is allowed, may be a few times as large",
    (
        "gradcheck.step_sizes",
        "windows",
        "scale, exponents = (size, method.exponents[:2]) if size < 1 else (1.0, method.exponents[:4])",
    ): "one more window, narrower than those that are seen far out, only costs time",
    ("gradcheck.tails", "_tail", "good = side / NEAR[0]"): "what is lost there already is wrong at a sample, too",
    (
        "gradcheck.slips",
        "_changed_gradients",
        "for number in range(graph.output_slot + graph.first_node, -1, -1):",
    ): "what stands behind the output has no gradient to pass on",
    (
        "gradcheck.layer_diagnosis",
        "_Case._answer",
        "is_needed = any((other is not None or shape_of(x) == shape_of(other) for other in swappable))",
    ): "a gradient that is not needed only costs time",
    (
        "gradcheck.layer_gradients",
        "_reference",
        "is_small = isolated.domain.size(isolated.inputs[number]) <= MOST_CELLS or not isolated.node.spec.needs_arrays",
    ): "50 digits where they are not needed only cost time",
    (
        "gradcheck.given_answer",
        "GivenAnswer.wrong_at",
        "size = nearest_float(max((abs(number) for number in computed), default=1.0))",
    ): "an empty array has no number that is wrong",
    (
        "gradcheck.closeness",
        "_all",
        "return numbers.rounded(numbers.amin(numbers.where(condition, 2.0, 0.0))) != 0",
    ): "any number but 0 will do",
    ("gradcheck.trial", "Trial._derivative", "return row[1]"): "there are two",
    (
        "gradcheck.numeric",
        "_side",
        "value, error, scale = map(curve.rounded, (value, error, changes[-1][1] / steps[-2]))",
    ): "the size of the terms, of which a thousandth is allowed, may be twice as large",
    (
        "gradcheck.numeric",
        "_is_confirmed",
        "return abs(slope - window.value) <= STEEP * window.scale + curve.rounded(4 * noise)",
    ): "where no window is confirmed, all are weighed",
    ("gradcheck.rounding", "_swayed.sway", "count += 2"): _OTHER_NUMBERS,
    ("gradcheck.neighbours", "neighbour", "for side in (1, -2):"): _HOW_FAR,
    (
        "gradcheck.neighbours",
        "_moved",
        "distances = NEAREST + (FARTHEST + NEAREST) * numbers.random_like(x, 10 + number)",
    ): _HOW_FAR,
    (
        "gradcheck.trial",
        "another_point",
        (
            "inputs = [x * (2 + NEARBY * generic_like(x, numbers, seed=number + 5)) if number in varying "
            "else x for number, x in enumerate(isolated.inputs)]"
        ),
    ): _HOW_FAR,
    (
        "gradcheck.trial",
        "Trial.columns",
        (
            "return [self._derivative(probe.direction, STEP * max(2.0, abs(probe.position))) for probe in "
            "probes(self.x, self.numbers)]"
        ),
    ): _HOW_FAR,
    (
        "gradcheck.numeric",
        "_beside",
        "last = min((steps[1] for steps in windows(curve.position, method)), default=None)",
    ): _HOW_FAR,
    ("gradcheck.coarseness", "rounds_its_input", "near = x + generic_like(x, numbers)"): _HOW_FAR,
    (
        "gradcheck.step_sizes",
        "windows",
        "yield from _of_scale(max(size, 1.0), size, WIDEST, method._replace(steps=4))",
    ): "one step more only costs time",
    (
        "gradcheck.samples",
        "numbers",
        "flat = [((37 * place + 23 * number + 11) % steps - steps / 2 - 0.5) / (steps / 5) for place in range(size)]",
    ): _OTHER_NUMBERS,
    (
        "gradcheck.constructions",
        "_array",
        "return domain('arrays').convert(numbers(shape, number + 3)) * 2",
    ): _OTHER_NUMBERS,
    (
        "gradcheck.judgement",
        "judged",
        "allowed = max(uncertainty, tolerance * scale, terms.noise, 4 * SUBNORMAL)",
    ): _MANY_TIMES,
    (
        "gradcheck.judgement",
        "judged",
        "allowed = max(4 * uncertainty, tolerance * scale, terms.noise, SUBNORMAL)",
    ): _MANY_TIMES,
    (
        "gradcheck.kinks",
        "joint_contradiction",
        "allowed = STEEP * numbers.rounded(numbers.sum(abs(found * direction)))",
    ): _MANY_TIMES,
    (
        "gradcheck.contract",
        "_is_ordinary",
        "return largest == 0 or SMALLEST < largest < 2 / SMALLEST",
    ): "where numbers are no longer ordinary is a choice",
    (
        "gradcheck.contract",
        "_use",
        "changes: tuple[Callable[[Value], Value], ...] = (lambda x: -x * 2, lambda x: x / 2)",
    ): _OTHER_NUMBERS,
    (
        "gradcheck.trial",
        "_spread",
        "return x if seed is None else x * (1 - SPREAD * generic_like(x, numbers, seed=seed + 7))",
    ): _OTHER_NUMBERS,
    (
        "formula.refusals",
        "_foreign_operator",
        "sign.col_offset, sign.end_col_offset = (expression.left.end_col_offset or 1, expression.right.col_offset)",
    ): _END,
    (
        "formula.spelling",
        "_multiplied",
        "return f'{pair[1].rstrip()} * ' if _is_product(pair) else pair[1]",
    ): "the other factor is only looked at, so that the first is all that is found",
    (
        "gradcheck.reference",
        "Reference._look_again",
        "doubts.sort(key=lambda number: judgements[number].difference or 0.0)",
    ): "in another order the verdict takes longer",
}
