"""`--jacobian`, `--hessian`, `--hvp` and `--jvp`: what they print, in every format, and what they refuse."""

from __future__ import annotations

import json

import pytest

FRUITS = "scenarios/fruits.yaml"
HESSIAN = """\
x ** 2 * y

name   value   gradient
───────────────────────
out       45          1
───────────────────────
x          3         30
y          5          9

hessian    x   y
────────────────
x         10   6
y          6   0
"""


def product(*options):
    return ("eval", "x ** 2 * y", "x=3", "y=5", *options)


def test_a_hessian_is_a_table_below_the_gradients(printed):
    assert printed(*product("--hessian", "-f", "table")) == HESSIAN


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("tsv", "hessian\tx\ty\nx\t10\t6\ny\t6\t0\n"),
        ("csv", "hessian,x,y\nx,10,6\ny,6,0\n"),
        ("plain", "45\n30 9\n10 6\n6 0\n"),
    ],
)
def test_a_hessian_for_programs(printed, form, text):
    """A row for each input; `plain` has the slides' two lines before it."""
    assert printed(*product("--hessian", "-f", form)) == text


def test_a_hessian_in_markdown_latex_and_json(printed):
    assert "| x | 10 | 6 |" in printed(*product("--hessian", "-f", "markdown"))
    assert r"x & $10$ & $6$ \\" in printed(*product("--hessian", "-f", "latex"))
    found = json.loads(printed(*product("--hessian", "--json")))
    assert found["hessian"] == {"x": {"x": 10.0, "y": 6.0}, "y": {"x": 6.0, "y": 0.0}}


def test_a_hessian_of_the_inputs_that_are_named(printed):
    """In their order; of fruits, the price is linear in each."""
    wanted = "hessian\ttax\tapple\ntax\t0\t2\napple\t2\t0\n"
    assert printed("run", FRUITS, "--hessian", "--gradients", "tax,apple") == wanted


def test_exact_second_derivatives_are_fractions(printed):
    assert printed("eval", "1 / x", "x=3", "--hessian", "--exact", "-f", "plain") == "1/3\n-1/9\n2/27\n"
    found = json.loads(printed("eval", "sum(1 / x)", "x=3,5", "--hessian", "--exact", "--json"))
    assert found["hessian"] == {"x": {"x": [["2/27", "0"], ["0", "2/125"]]}}


def test_a_jacobian_has_a_row_for_each_element(printed):
    assert printed("eval", "x @ w", "x=1,2", "w=[[1,2],[3,4]]", "--jacobian", "--gradients", "x") == (
        "jacobian\tx[0]\tx[1]\nout[0]\t1\t3\nout[1]\t2\t4\n"
    )


def test_the_long_form_has_a_row_for_each_number(printed):
    found = printed("eval", "x @ w", "x=1,2", "w=[[3],[4]]", "--jacobian", "-f", "csv", "--long")
    assert found == 'row,column,value\nout[0],x[0],3\nout[0],x[1],4\nout[0],"w[0,0]",1\nout[0],"w[1,0]",2\n'


def test_a_jacobian_of_a_value_on_the_way(printed):
    assert printed("run", "scenarios/apples.yaml", "--jacobian", "--gradients", "apple_price") == (
        "jacobian\tapple_price\nprice\t1.1\n"
    )


def test_a_matrix_without_numbers_is_no_table(printed):
    """Of an output without elements, and of an input without any."""
    for words in (("x[:0] * y", "x=1,2", "y=3"), ("sum(x) * y", "x=[]", "y=3", "--gradients", "x")):
        for form in ("table", "markdown", "latex"):
            assert "jacobian" not in printed("eval", *words, "--jacobian", "-f", form)
    assert printed("eval", "x[:0] * y", "x=1,2", "y=3", "--jacobian") == "jacobian\tx[0]\tx[1]\ty\n"


def test_products_are_columns(printed):
    """How fast the gradients and the output move when x does."""
    assert printed(*product("--hvp", "x=1", "--jvp", "x=1", "--jvp", "y=2")) == (
        "name\tvalue\tgradient\tjvp\thvp\nout\t45\t1\t48\t-\nx\t3\t30\t-\t10\ny\t5\t9\t-\t6\n"
    )
    assert printed(*product("--hvp", "x=1", "-f", "plain")) == "45\n30 9\n10 6\n"
    assert json.loads(printed(*product("--jvp", "x=1", "--json")))["jvp"] == 30.0


def test_products_of_arrays(printed):
    """A direction is broadcast to its input; in the long form each element has a row."""
    assert printed("eval", "sum(x ** 3)", "x=1,2", "--hvp", "x=1", "-f", "csv", "--long") == (
        "name,index,value,gradient,hvp\nout,,9,1,-\nx,0,1,3,6\nx,1,2,12,12\n"
    )


def test_products_beside_steps(printed):
    """The rows of steps have none."""
    header, *rows = printed(*product("--hvp", "x=1", "--steps")).splitlines()
    assert header.startswith("name\tvalue\tgradient\thvp\tstep\t")
    assert {row.count("\t") for row in rows} == {header.count("\t")}


def test_several_scenarios_in_one_long_table(printed, refusal):
    arguments = ("run", "scenarios/apples.yaml", FRUITS, "--hessian", "--gradients", "tax")
    assert printed(*arguments, "--long") == (
        "row\tcolumn\tvalue\tscenario\ntax\ttax\t0\tscenarios/apples.yaml\ntax\ttax\t0\tscenarios/fruits.yaml\n"
    )
    assert refusal(*arguments) == (
        "error: the matrices of several scenarios are not one table, as tsv is\n"
        "  hint: add --long for a row for each number, or -f json\n"
    )


def test_the_outputs_of_softmax_point_to_the_jacobian(printed):
    """Where a dout of ones adds them up to a constant."""
    hint = "All gradients are 0, as softmax out sums to 1"
    assert hint in printed("eval", "softmax(x)", "x=0,1,2", "-f", "table")
    assert "--jacobian" not in printed("eval", "softmax(x)", "x=0,1,2", "-f", "table", "--jacobian")
    assert "--jacobian" not in printed("eval", "softmax(x)", "x=0,1,2", "-f", "table", "--dout", "1,2,3")


def test_a_kink_is_warned_of(backprop):
    """With the layer and its convention; the numbers are printed all the same."""
    done = backprop("eval", "relu(x) * y", "x=0", "y=3", "--hessian")
    assert (done.returncode, done.stdout) == (0, "hessian\tx\ty\nx\t0\t0\ny\t0\t0\n")
    assert done.stderr == (
        "warning: relu (1) is at a kink, where second derivatives are a convention\n"
        " --> formula:1:1\n"
        "  |\n"
        "1 | relu(x) * y\n"
        "  | ^^^^^^^ at x = 0 the slope is 0 (x <= 0 is off), as in the book\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("eval", "x * x", "x=1,2", "--hessian"),
            (
                "error: second derivatives are of a number; the output is (2,)\n"
                "  hint: weigh its elements with --dout, end with sum or mean, or ask for --jacobian\n"
            ),
        ),
        (
            ("run", "scenarios/apples.yaml", "--hessian", "--gradients", "apple_price"),
            (
                "error: 'apple_price' is the value of a step; second derivatives are with respect to inputs\n"
                "  hint: name inputs with --gradients\n"
            ),
        ),
        (
            ("run", FRUITS, "--hvp", "aple=1"),
            "error: hvp: no input is named 'aple'\n  hint: did you mean 'apple'?\n",
        ),
        (("eval", "sum(x)", "x=1,2", "--jvp", "x=1,2,3"), "error: jvp x is (3,), but x is (2,)\n"),
        (("eval", "x * x", "x=1", "--jvp", "x=a"), "error: expected a number, not 'a'\n"),
        (("eval", "x * x", "x=1", "--hessian", "--jacobian"), "error: --jacobian and --hessian cannot be used"),
        (("eval", "x * x", "--vary", "x=0:1", "--hessian"), "error: --vary and --hessian cannot be used together"),
        (("eval", "x * x", "x=1", "--steps", "--jacobian"), "error: --steps and --jacobian cannot be used together"),
        (("eval", "x * x", "x=1", "--value", "out", "--hvp", "x=1"), "error: --value and --grad print bare numbers"),
        (("eval", "less(x, 1)", "x=0", "--hessian"), "error: no value that is asked for has a gradient\n"),
        (
            ("eval", "sum(x * x)", "x=@big.csv", "--hessian"),
            (
                "error: the Hessian has 4,000 rows and 4,000 columns: more than 10,000,000 numbers\n"
                "  hint: name fewer inputs with --gradients, or ask for a product with it: --hvp NAME=DIRECTION\n"
            ),
        ),
    ],
)
def test_what_is_refused(backprop, tmp_path, arguments, message):
    (tmp_path / "big.csv").write_text("\n".join(map(str, range(4000))))
    done = backprop(*(str(a).replace("@big.csv", f"@{tmp_path}/big.csv") for a in arguments))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(message)


def test_numpy_code_has_a_jacobian_and_no_hessian(printed, refusal, tmp_path):
    """Its backward, which may run only once, is run for each element in a fresh object."""
    (tmp_path / "own.py").write_text(
        "class Once:\n"
        "    def forward(self, x):\n"
        "        self.x = x\n"
        "        return x ** 2\n"
        "    def backward(self, dout):\n"
        "        x, self.x = self.x, None\n"
        "        return 2 * x * dout\n"
    )
    arguments = ("eval", "once(x)", "x=1,2", "--layers", str(tmp_path / "own.py"))
    assert printed(*arguments, "--jacobian") == "jacobian\tx[0]\tx[1]\nout[0]\t2\t0\nout[1]\t0\t4\n"
    message = "error: once out: NumPy code of your own does not run on dual numbers\n"
    assert refusal(*arguments, "--hvp", "x=1", "--dout", "1,1").startswith(message)


def test_second_derivatives_are_checked(printed):
    """`check --second` holds them against differences of the gradients."""
    found = printed("check", "--second", "-e", "x * x * y", "x=2", "y=3", "-v", "-f", "tsv")
    rows = [line.split("\t") for line in found.splitlines()]
    column = rows[0].index("subject")
    verdicts = {row[column]: row for row in rows[1:] if "second" in row}
    assert verdicts.keys() == {"x", "y"}
    assert all("right" in row for row in verdicts.values())


def test_second_derivatives_of_numpy_code_are_not_checked(backprop, tmp_path):
    """A note says so, and all else is checked."""
    (tmp_path / "own.py").write_text(
        "class Own:\n    def forward(self, x):\n        return 3 * x\n"
        "    def backward(self, dout):\n        return 3 * dout\n"
    )
    done = backprop("check", "--second", "-e", "own(x)", "x=2", "--layers", tmp_path / "own.py")
    assert done.returncode == 0
    assert "second derivatives are not checked: own out: NumPy code" in done.stdout.replace("\n", " ")


def test_layers_have_no_second_derivatives_to_check(refusal):
    assert refusal("check", "relu", "--second") == "error: --second applies to scenarios only\n"
