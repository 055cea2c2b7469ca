"""The SQL of DuckDB: that of C, once what older versions raise errors for is led around."""

from __future__ import annotations

from backpropcli.domains.log_sums import log_of_sum
from backpropcli.program.sql.dialect import TEMPLATES, Dialect, lacking

DUCKDB = Dialect(
    name="duckdb",
    engines="DuckDB 1.1 and later",
    double="DOUBLE",
    number="{}",
    quote='"',
    row="{}",
    columns_of_row="{}.*",
    fence="",
    most_stages=300,
    templates=TEMPLATES,
    rewritings={"logaddexp": log_of_sum, "erf": lacking("erf", "DuckDB")},
)
