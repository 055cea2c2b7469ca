"""The SQL of Spark, with ANSI mode or without: a division by 0 is an error or NULL, and so are logarithms."""

from __future__ import annotations

from backpropcli.domains.log_sums import log_of_sum
from backpropcli.program.sql.dialect import TEMPLATES, Dialect, lacking

_HAS_MINUS = "CAST({} AS STRING) LIKE '-%'"  # a zero has no other sign to be seen

SPARK = Dialect(
    name="spark",
    engines="Spark 3.5 and 4",
    double="DOUBLE",
    number="{}D",
    quote="`",
    row="struct({}.*)",
    columns_of_row="{}.*",
    fence="",
    most_stages=40,
    templates={
        **TEMPLATES,
        "divide": (
            "CASE WHEN y <> 0 THEN x / nullif(y, 0) WHEN x = 0 OR x > inf THEN nan "
            f"WHEN (x > 0) = ({_HAS_MINUS.format('y')}) THEN -inf ELSE inf END"
        ),
        "mod": "pmod(x, nullif(y, 0))",
        "expm1": "expm1(x)",
        "log1p": "CASE WHEN x > -1 THEN log1p(x) WHEN x = -1 THEN -inf ELSE nan END",
        "power": "CASE WHEN x = 1 OR (x = -1 AND abs(y) = inf) THEN 1 ELSE power(x, y) END",
        # Of these, some versions lose digits, the range, or the sign of a zero.
        "asinh": (
            "CASE WHEN abs(x) < 1e150 THEN signum(x) * log1p(abs(x) + x * x / (1 + sqrt(1 + x * x))) "
            "ELSE signum(x) * (ln(abs(x)) + 0.6931471805599453) END"
        ),
        "acosh": (
            "CASE WHEN x > 1e150 THEN ln(x) + 0.6931471805599453 "
            "WHEN x >= 1 THEN log1p((x - 1) + sqrt((x - 1) * (x + 1))) ELSE nan END"
        ),
        "atan2": (
            f"CASE WHEN x <> 0 OR y > inf THEN atan2(x, y) WHEN y > 0 OR (y = 0 AND NOT {_HAS_MINUS.format('y')}) "
            f"THEN x WHEN {_HAS_MINUS.format('x')} THEN -3.141592653589793 ELSE 3.141592653589793 END"
        ),
        "floor": "CASE WHEN x <> 0 AND abs(x) < 4503599627370496 THEN CAST(floor(x) AS DOUBLE) ELSE x END",
        "power_of_two": (
            "CASE WHEN x <> 0 AND abs(x) < inf "
            "THEN power(2, least(CAST(floor(log2(abs(x))) AS DOUBLE), 1023)) ELSE 0.5 END"
        ),
    },
    rewritings={"logaddexp": log_of_sum, "erf": lacking("erf", "Spark")},
)
