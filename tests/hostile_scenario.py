"""A scenario in whose names and title every language of pictures has something to obey."""

import json

TITLE = "<script>alert(1)</script> & \"quotes\" ]]> --> \\N \\input{x} | `x` 'y' \u202e {a} #1; $x$ % ~ ^ \n end"
SCENARIO = f"""\
title: {json.dumps(TITLE)}
inputs: {{größe: 2, 字: -3, λ: 1e-30, a_b: [[1, 2], [3, 4]], unused: 1}}
layers:
  - v_1 = größe * 字 * λ / größe
  - y = sum(a_b @ a_b) * v_1 - sqrt(2)
"""
