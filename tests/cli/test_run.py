"""`backprop run`: scenario files in, numbers out."""

from __future__ import annotations

import json

import pytest

FRUITS = "scenarios/fruits.yaml"
APPLES = "scenarios/apples.yaml"


def test_fruits_print_the_slides_numbers_as_two_lines(backprop):
    assert backprop("run", FRUITS, "-f", "plain").stdout == "715\n110 2.2 3.3 165 650\n"


def test_apples_print_the_slides_numbers(backprop):
    assert backprop("run", APPLES, "-f", "plain").stdout == "220\n2.2 110 200\n"


def test_a_pipe_gets_tab_separated_lines_with_a_header(backprop):
    assert backprop("run", APPLES).stdout.splitlines() == [
        "name\tvalue\tgradient",
        "price\t220\t1",
        "apple\t100\t2.2",
        "apple_num\t2\t110",
        "tax\t1.1\t200",
    ]


def test_one_number_is_printed_for_the_shell(backprop):
    assert backprop("run", FRUITS, "--value", "price").stdout == "715\n"
    assert backprop("run", FRUITS, "--grad", "tax").stdout == "650\n"
    assert backprop("run", FRUITS, "--value", "all_price", "--grad", "all_price").stdout == "650\n1.1\n"


def test_an_unknown_name_is_an_error_with_a_suggestion(backprop):
    done = backprop("run", FRUITS, "--grad", "taxes")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: unknown name 'taxes'\n  hint: did you mean 'tax'?\n"


def test_set_replaces_inputs(backprop):
    done = backprop("run", APPLES, "--set", "tax=2", "--set", "apple=-1e1", "-f", "plain")
    assert done.stdout == "-40\n4 -20 -20\n"


def test_gradients_chooses_and_orders(backprop):
    assert backprop("run", FRUITS, "--gradients", "tax,all_price", "-f", "plain").stdout == "715\n650 1.1\n"


def test_a_gradient_asked_for_twice_is_an_error(backprop):
    done = backprop("run", FRUITS, "--gradients", "tax,tax")
    assert (done.returncode, done.stderr) == (2, "error: 'tax' is given twice\n")


def test_dout_scales_the_gradients(backprop):
    assert backprop("run", APPLES, "--dout", "-2", "-f", "plain").stdout == "220\n-4.4 -220 -400\n"


def test_people_see_twelve_digits_and_full_precision_on_request(backprop):
    assert backprop("run", FRUITS, "--value", "price", "--precision", "full").stdout == "715.0000000000001\n"
    assert backprop("run", FRUITS, "--grad", "orange", "--precision", "3").stdout == "3.3\n"


def test_exact_gives_exact_numbers(backprop):
    done = backprop("run", FRUITS, "--exact", "--json")
    assert json.loads(done.stdout)["gradients"]["orange"] == "33/10"
    assert (
        backprop("run", FRUITS, "--exact", "-f", "plain", "--precision", "full").stdout == "715\n110 2.2 3.3 165 650\n"
    )


def test_steps_tell_every_layer(backprop):
    assert backprop("run", APPLES, "--steps").stdout.splitlines()[-2:] == [
        "apple_price\t200\t1.1\t1\tmul\tapple apple_num\t2 100\t2.2 110\t",
        "price\t220\t1\t2\tmul\tapple_price tax\t1.1 200\t1.1 200\t",
    ]
    table = backprop("run", FRUITS, "--steps", "-f", "table").stdout
    assert [f"({n})" in table for n in range(1, 6)] == [True, True, True, True, False]


def test_json_keeps_every_bit(backprop):
    document = json.loads(backprop("run", FRUITS, "--json").stdout)
    assert document["value"] == (100.0 * 2.0 + 150.0 * 3.0) * 1.1
    assert document["gradients"]["apple"] == 1.1 * 2.0


def test_several_scenarios_in_one_call(backprop):
    done = backprop("run", APPLES, FRUITS, "-f", "plain")
    assert done.stdout == "220\n2.2 110 200\n715\n110 2.2 3.3 165 650\n"
    documents = [json.loads(line) for line in backprop("run", APPLES, FRUITS, "-f", "jsonl").stdout.splitlines()]
    assert [document["source"] for document in documents] == [APPLES, FRUITS]


def test_a_dash_reads_the_scenario_from_stdin(backprop):
    done = backprop("run", "-", "-f", "plain", stdin="{inputs: {x: 3}, layers: [y = x * x]}")
    assert done.stdout == "9\n6\n"


def test_array_files_stand_beside_the_scenario_and_set_files_in_the_working_directory(backprop, tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "x.csv").write_text("1,2\n3,4\n")
    (tmp_path / "x.csv").write_text("10,20\n")
    scenario = folder / "s.yaml"
    scenario.write_text("{inputs: {x: {file: x.csv}}, layers: [y = sum(x * x)]}")
    assert backprop("run", scenario, "--value", "y", cwd=tmp_path).stdout == "30\n"
    assert backprop("run", scenario, "--value", "y", "--set", "x=@x.csv", cwd=tmp_path).stdout == "500\n"


def test_a_column_of_a_table_is_an_input(backprop, tmp_path):
    (tmp_path / "prices.csv").write_text("date,price\n2024-01-01,1/2\n2024-01-02,2\n")
    scenario = tmp_path / "s.yaml"
    scenario.write_text("{inputs: {x: {file: prices.csv, column: price}}, layers: [y = x * x]}")
    assert backprop("run", scenario, "--value", "y").stdout == "[0.25,4]\n"
    assert backprop("run", scenario, "--exact", "--value", "y").stdout == "[0.25,4]\n"
    scenario.write_text(scenario.read_text().replace("price}", "pirce}"))
    done = backprop("run", scenario)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"x: {tmp_path}/prices.csv: no column is named 'pirce'\n --> {tmp_path}/prices.csv:1:1\n" in done.stderr
    assert "did you mean 'price'?" in done.stderr


def test_all_problems_of_all_files_are_told_at_once_and_nothing_is_printed(backprop, tmp_path):
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text("{inputs: {x: 1}, layers: [{type: mull, inputs: [x, x]}, y = x * z]}")
    done = backprop("run", "one.yaml", "two.yaml", str(APPLES), "missing.yaml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("unknown layer type 'mull'") == 2
    assert done.stderr.count("unknown name 'z'") == 2
    assert "error: there is no scenario missing.yaml\n" in done.stderr


def test_an_error_shows_the_line_and_what_to_do(backprop, tmp_path):
    text = "inputs: {a: 1, b: 2}\nlayers:\n  - {type: mull, inputs: [a, b], output: c}\n"
    (tmp_path / "s.yaml").write_text(text)
    assert backprop("run", "s.yaml", cwd=tmp_path).stderr == (
        "error: unknown layer type 'mull'\n"
        " --> s.yaml:3:12\n"
        "  |\n"
        "3 |   - {type: mull, inputs: [a, b], output: c}\n"
        "  |            ^^^^ did you mean 'mul'?\n"
    )


def test_shapes_that_do_not_fit_are_told_with_layer_place_and_shapes(backprop):
    text = "inputs: {a: [1, 2, 3], b: [1, 2]}\nlayers:\n  - {type: mul, inputs: [a, b], output: c}\n"
    done = backprop("run", "-", stdin=text)
    assert done.returncode == 2
    assert done.stderr.startswith("error: mul c: shapes do not fit: x is (3,), y is (2,)\n --> <stdin>:3:")


def test_a_non_finite_value_is_a_warning_with_the_layer_that_made_it(backprop):
    done = backprop("run", "-", "-f", "plain", stdin="inputs: {x: 0}\nlayers:\n  - a = log(x)\n  - y = exp(a)\n")
    assert (done.returncode, done.stdout) == (0, "0\nnan\n")
    assert done.stderr.startswith("warning: log a: the value is not finite\n --> <stdin>:3:")


def test_a_gradient_that_is_inf_times_0_is_told_with_its_place_and_the_layer_to_use(backprop):
    done = backprop("run", "-", "-f", "plain", stdin="inputs: {x: [0, 0]}\nlayers:\n  - y = sqrt(sum(x ** 2))\n")
    assert (done.returncode, done.stdout) == (0, "0\n[nan,nan]\n")
    assert done.stderr == (
        "warning: pow (1): the gradient of 'x' is nan: inf times 0 (dout is inf, the slope is 0)\n"
        " --> <stdin>:3:18\n"
        "  |\n"
        "3 |   - y = sqrt(sum(x ** 2))\n"
        "  |                  ^\n"
        " hint: use norm(x) in place of sqrt(sum(x ** 2)): its gradient is finite here\n"
    )


def test_a_branch_that_is_not_taken_has_no_part_in_the_gradient(backprop):
    """The root's slope at 0 is infinite; x itself is taken."""
    text = "inputs: {taken: 1, x: 0}\nlayers: ['y = where(taken, x, sqrt(x))']\ngradients: [x]\n"
    done = backprop("run", "-", "-f", "plain", stdin=text)
    assert (done.returncode, done.stdout, done.stderr) == (0, "0\n1\n", "")


def test_unused_inputs_and_layers_are_warnings(backprop):
    text = "inputs: {x: 1, w: 2}\nlayers:\n  - a = x * 2\n  - y = x * 3\n"
    done = backprop("run", "-", "-f", "plain", stdin=text)
    assert (done.returncode, done.stdout) == (0, "3\n3 0\n")
    assert done.stderr.count("warning:") == 2


def test_stdin_can_be_read_only_once(backprop):
    done = backprop("run", "-", "-", stdin="{inputs: {x: 1}, layers: [y = x * x]}")
    assert (done.returncode, done.stdout) == (2, "")
    assert "standard input is closed or has already been read" in done.stderr


@pytest.mark.parametrize("format_", ["table", "tsv", "plain", "json", "jsonl", "csv", "markdown", "latex"])
def test_every_format_prints_the_price(backprop, format_):
    done = backprop("run", FRUITS, "-f", format_)
    assert (done.returncode, done.stderr) == (0, "")
    assert "715" in done.stdout


@pytest.mark.parametrize(
    "options",
    [
        ("--json", "-f", "csv"),
        ("--value", "price", "-f", "json"),
        ("--grad", "tax", "--json"),
        ("--value", "price", "--steps"),
    ],
)
def test_options_that_contradict_each_other_are_refused(backprop, options):
    done = backprop("run", FRUITS, *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert options[0] in done.stderr


def test_json_may_be_asked_for_twice(backprop):
    assert backprop("run", FRUITS, "--json", "-f", "json").returncode == 0


def test_of_several_scenarios_every_problem_names_its_own(backprop):
    done = backprop("run", FRUITS, APPLES, "scenarios/chain.yaml", "--set", "orange=1")
    assert (done.returncode, done.stdout) == (2, "")
    assert "error: scenarios/apples.yaml: no input is named 'orange'" in done.stderr
    assert "error: scenarios/chain.yaml: no input is named 'orange'" in done.stderr


def test_of_several_scenarios_every_warning_names_its_own(backprop):
    done = backprop("run", FRUITS, APPLES, "--set", "tax=nan", "-f", "plain")
    assert done.stderr == (
        "warning: scenarios/fruits.yaml: the input 'tax' is not finite\n"
        "warning: scenarios/apples.yaml: the input 'tax' is not finite\n"
    )


@pytest.mark.parametrize("command", [("run",), ("check",), ("check", "--quiet")])
def test_values_that_cannot_be_used_are_shown_where_they_stand(backprop, tmp_path, command):
    (tmp_path / "a.yaml").write_text("inputs: {x: {file: no.npy}}\nlayers: [relu]\n")
    (tmp_path / "b.yaml").write_text("inputs: {x: [1, 2]}\nlayers: [relu]\ndout: [1, 2, 3]\n")
    assert backprop(*command, "a.yaml", "b.yaml", cwd=tmp_path).stderr == (
        "error: x: cannot read no.npy: No such file or directory\n"
        " --> a.yaml:1:13\n"
        "  |\n"
        "1 | inputs: {x: {file: no.npy}}\n"
        "  |             ^^^^^^^^^^^^^^\n"
        "\n"
        "error: dout is (3,), but the output is (2,)\n"
        " --> b.yaml:3:7\n"
        "  |\n"
        "3 | dout: [1, 2, 3]\n"
        "  |       ^^^^^^^^^\n"
    )


def test_a_value_of_the_command_line_is_not_shown_in_the_file(backprop, tmp_path):
    (tmp_path / "a.yaml").write_text("inputs: {x: 1}\nlayers: [relu]\ndout: 1\n")
    for option in ("--set", "x=1e999"), ("--dout", "[1,2]"):
        assert "-->" not in backprop("run", "a.yaml", *option, cwd=tmp_path).stderr
