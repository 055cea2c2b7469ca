"""Mutants that are no mistakes: module, function, and the changed line as `ast.unparse` writes it, with the reason."""

from __future__ import annotations

_STANDS_IN = "what is computed with the stand-in is multiplied by 0 or not chosen; it need only be finite"
_CUT_OFF = "past the bound exp is 0 in float64, and is so past the other bound"
_BESIDE_1 = "the factors of exp differ from exp only below -600, where either is nothing beside 1 or 2"
_EITHER_WAY = "between the two bounds both formulas are within 4 ulp"
_LARGER = "the image is cut out of a larger frame of zeros"
_NOT_NEGATIVE = "any default that is not negative lets the empty shape pass"

EQUIVALENT: dict[tuple[str, str, str], str] = {
    (
        "powers",
        "Pow.backward",
        "power = power * xp.power(xp.where(power * 2 == power, 1, x), lost)",
    ): "also true of 0 and inf only",
    (
        "powers",
        "Pow.backward",
        "power = power * xp.power(xp.where(power / 3 == power, 1, x), lost)",
    ): "also true of 0 and inf only",
    (
        "powers",
        "Pow.backward",
        "dy = xp.where(abs(self.out) < 1.0, root * log * root, self.out * log)",
    ): _EITHER_WAY,
    ("sigmoid", "Softsign.forward", "is_far = self.scale == self.scale + 1"): "differs only at 2**53: 1 both ways",
    (
        "sigmoid",
        "Softsign.forward",
        "is_far = self.scale == self.scale - 2",
    ): "differs only near 2**53: 1 both ways",
    (
        "sigmoid",
        "Softsign.forward",
        "return xp.where(is_far, xp.where(x > 1, 1, -xp.ones_like(x)), x / xp.where(is_far, 1, self.scale))",
    ): "a far x is far from 1, too",
    (
        "sigmoid",
        "Softsign.forward",
        "return xp.where(is_far, xp.where(x > 0, 1, -xp.ones_like(x)), x / xp.where(is_far, 2, self.scale))",
    ): _STANDS_IN,
    ("elu", "Elu.forward", "low = xp.minimum(x, 1)"): _STANDS_IN,
    ("elu", "Celu.forward", "self.low = xp.minimum(xp.maximum(x, -1001 * self.alpha), 0)"): _CUT_OFF,
    ("silu", "Silu.forward", "right = self.x / (1 + first)"): _BESIDE_1,
    ("silu", "Silu.backward", "e = first"): _BESIDE_1,
    ("silu", "Mish.forward", "e = self.e = first"): _BESIDE_1,
    ("silu", "Mish._slope_below_zero", "d = self.xp.minimum(self.x, 1) - _MISH_ZERO"): _STANDS_IN,
    ("gelu", "_tanh_left", "e = first"): _BESIDE_1,
    (
        "losses",
        "SmoothL1.loss",
        "self.steepness = self.xp.where(size < self.beta, size / (self.beta or 2), 1)",
    ): _STANDS_IN,
    ("label_losses", "Bce.forward", "of_one = -xp.log(xp.where((x == 0) & (target == 0), 2, x))"): _STANDS_IN,
    (
        "label_losses",
        "Bce._log_odds_against",
        "size = xp.where(5 * rarer > 1, near_half, xp.log1p(-rarer) - xp.log(rarer))",
    ): _EITHER_WAY,
    (
        "label_losses",
        "BceWithLogits.forward",
        "return self.reduce_elements(wrong * xp.where(wrong == 0, 1, abs(x)) + xp.log1p(self.e))",
    ): _STANDS_IN,
    (
        "label_losses",
        "Nll.forward",
        "likelihoods = xp.sum(self.labels * xp.where(self.labels == 0, 1, x), self.axis)",
    ): _STANDS_IN,
    ("sliding_window", "SlidingWindow.fold", "frame = (*front, height + 3 * above, width + 2 * left)"): _LARGER,
    ("sliding_window", "SlidingWindow.fold", "frame = (*front, height + 2 * above, width + 3 * left)"): _LARGER,
    ("special_functions", "Erf.backward", "near = self.xp.minimum(abs(self.x), 29)"): _CUT_OFF,
    ("norms", "_RootOfSquares.backward", "root = self.xp.where(self.root == 0, 2, self.root)"): _STANDS_IN,
    ("reductions", "Sum.backward", "return self.expanded(dout) / self.xp.ones_like(self.x)"): "the ones divide nothing",
    ("shapes", "Reshape.__init__", "if min(shape, default=1) < -1 or shape.count(-1) > 1:"): _NOT_NEGATIVE,
    ("shapes", "Broadcast.__init__", "if min(shape, default=1) < 0:"): _NOT_NEGATIVE,
    (
        "powers",
        "Pow.backward",
        "half = xp.where(abs(self.out) < 1.0, (y - y % 2) / 2, 0)",
    ): _EITHER_WAY,
    ("attention", "Attention.forward", "lowest = xp.where(self.is_blind, 1, largest) - 1000"): _STANDS_IN,
    ("attention", "Attention.forward", "lowest = xp.where(self.is_blind, 0, largest) - 1001"): _CUT_OFF,
    ("compensated", "exp_factors", "hi = xp.maximum(hi, -3001)"): _CUT_OFF,
    ("compensated", "exp_factors", "half = xp.where(hi < -601, hi / 2, 0)"): _EITHER_WAY,
    (
        "compensated",
        "_split",
        "shifted = x * 134217730",
    ): "its halves have at most 26 digits, too: 100,000 random products were exact",
}
