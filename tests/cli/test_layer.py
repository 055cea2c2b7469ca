"""`backprop <layer>`, `backprop layers`, `backprop schema`."""

from __future__ import annotations

import json
import re

import pytest

from backpropcli.catalogue import LAYERS
from backpropcli.catalogue.registry import layer_spec


def test_relu_on_the_slides_array(backprop):
    document = json.loads(backprop("relu", "--x", "[[1.0, -0.5], [-2.0, 3.0]]", "--json").stdout)
    assert document["value"] == [[1.0, 0.0], [0.0, 3.0]]
    assert document["gradients"]["x"] == [[1.0, 0.0], [0.0, 1.0]]


def test_a_negative_number_is_a_value_not_an_option(backprop):
    assert backprop("relu", "--x", "-1,2,-3", "--dout", "-1", "--grad", "x").stdout == "[0,-1,0]\n"


def test_two_inputs_give_two_gradients(backprop):
    assert backprop("mul", "--x", "3", "--y", "4", "-f", "plain").stdout == "12\n4 3\n"


def test_parameters_are_options(backprop):
    done = backprop("sum", "--x", "[[1, 2], [3, 4]]", "--axis", "0", "--value", "out")
    assert done.stdout == "[4,6]\n"


def test_the_help_writes_a_default_as_it_is_given(backprop):
    """`null` and `true`, as scenario files and options say it, not Python's words."""
    text = backprop("batch_norm", "--help", env={"COLUMNS": "200"}).stdout
    assert "by default null" in text
    assert "by default true" in text
    assert "by default None" not in text


def test_the_help_has_the_formulas(backprop):
    """On one line where they fit, else below their title, a line for each clause or statement."""
    assert (
        "    Math: out = where(x > 0, x, 0)\n    Gradient: dx = where(x > 0, dout, 0)\n"
        in backprop("relu", "-h").stdout
    )
    assert (
        "    Math:\n"
        "      when approximate is tanh:\n"
        "        t = tanh(sqrt(2 / pi) * (x + 0.044715 * x ** 3))\n"
        "        out = x * (1 + t) / 2\n"
        "      otherwise: p = (1 + erf(x / sqrt(2))) / 2; out = x * p\n"
    ) in backprop("gelu", "-h").stdout


def test_a_parameter_of_the_wrong_kind_is_an_error(backprop):
    done = backprop("sum", "--x", "1,2", "--axis", "first")
    assert done.returncode == 2
    assert done.stderr == "error: the parameter axis must be a whole number or null, not 'first'\n"


def test_exact_and_precision_work_on_one_layer(backprop):
    assert backprop("div", "--x", "1", "--y", "3", "--exact", "-f", "plain").stdout == "1/3\n1/3 -1/9\n"
    assert backprop("div", "--x", "1", "--y", "3", "--precision", "3", "--value", "out").stdout == "0.333\n"


def test_an_optional_input_needs_those_before_it(backprop):
    done = backprop("batch_norm", "--x", "[[1, 2], [3, 4]]", "--running_mean", "1,1")
    assert (done.returncode, done.stderr) == (2, "error: --running_mean needs --gamma, the input before it\n")


def test_no_layers_input_or_parameter_is_called_like_an_option(backprop):
    of_layers = {
        "dout",
        "exact",
        "long",
        "value",
        "grad",
        "format",
        "json",
        "output",
        "precision",
        "color",
        "debug",
        "help",
    }
    of_check = set(re.findall(r"--(\w+)", backprop("check", "--help").stdout)) - {"x"}  # x is in its examples
    for name in LAYERS:
        assert not (of_layers | of_check) & {*layer_spec(name).inputs, *layer_spec(name).parameters}


def test_a_missing_input_is_an_error(backprop):
    done = backprop("mul", "--x", "3")
    assert done.returncode == 2
    assert done.stderr == "error: missing option '--y'\n  hint: try 'backprop mul --help'\n"


def test_a_missing_parameter_is_an_error(backprop):
    done = backprop("reshape", "--x", "1,2")
    assert done.returncode == 2
    assert done.stderr == "error: missing option '--shape'\n  hint: try 'backprop reshape --help'\n"


def test_a_parameter_without_a_default_is_said_to_be_required(backprop):
    assert "--shape VALUE  " in backprop("reshape", "--help").stdout
    assert "empty" not in backprop("reshape", "--help").stdout
    assert "reshape(x, shape=...)" in backprop("layers", "reshape", "-f", "tsv").stdout
    assert "shape: a list of whole numbers; required" in backprop("layers", "reshape", "-f", "tsv").stdout
    assert json.loads(backprop("layers", "reshape", "--json").stdout)["parameters"]["shape"] == {
        "expected": "a list of whole numbers"
    }


@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_is_a_command_that_runs_its_sample(backprop, name):
    spec = layer_spec(name)
    sample = spec.cls.samples[0]
    names = list(spec.inputs * len(sample.inputs) if spec.is_variadic else spec.inputs)[: len(sample.inputs)]
    options = [word for key, value in zip(names, sample.inputs, strict=True) for word in (f"--{key}", str(value))]
    parameters = [word for key, value in sample.parameters.items() for word in (f"--{key}", str(value))]
    done = backprop(name, *options, *parameters, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    numbered = [f"{name}{number}" for number, name in enumerate(names, 1)]
    assert list(json.loads(done.stdout)["gradients"]) == (numbered if spec.is_variadic else names)


def test_an_unknown_command_is_an_error_with_a_suggestion(backprop):
    done = backprop("rleu", "--x", "1")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: no command or layer is named 'rleu'\n  hint: did you mean 'relu'?\n"


def test_layers_lists_every_layer(backprop):
    listed = json.loads(backprop("layers", "--json").stdout)
    assert [layer["name"] for layer in listed] == list(LAYERS)


def test_the_catalogue_goes_to_a_file_in_one_of_its_own_formats(backprop, tmp_path):
    """Which are not those of results."""
    backprop("layers", "-o", tmp_path / "layers.md", check=True)
    assert (tmp_path / "layers.md").read_text().startswith("| layer |")
    done = backprop("layers", "-o", tmp_path / "layers.csv")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("hint: use one of .tsv, .json, .md, or choose one with -f\n")


def test_the_catalogue_offers_only_its_own_formats(backprop):
    assert "One of table, tsv, json, markdown;" in backprop("layers", "-h").stdout
    assert backprop("layers", "-f", "latex").stderr == (
        "error: unknown format 'latex'\n  hint: one of table, tsv, json, markdown\n"
    )


def test_layers_explains_one_layer(backprop):
    text = backprop("layers", "sigmoid", "-f", "table").stdout
    assert "out = 1 / (1 + exp(-x))" in text
    assert "section 5.5.2" in text


def test_layers_of_an_unknown_name_is_an_error_with_a_suggestion(backprop):
    done = backprop("layers", "sigmod")
    assert (done.returncode, done.stderr) == (
        2,
        "error: no layer is named 'sigmod' or tells of it\n  hint: did you mean 'sigmoid'?\n",
    )


def test_schema_prints_the_json_schema(backprop):
    document = json.loads(backprop("schema").stdout)
    assert document["$schema"] == "http://json-schema.org/draft-07/schema#"


@pytest.mark.parametrize("arguments", [["-h"], ["run", "-h"], ["eval", "--help"], ["layers", "-h"], ["relu", "-h"], []])
def test_help_is_everywhere(backprop, arguments):
    done = backprop(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: backprop")


def test_help_shows_brackets_as_they_are(backprop):
    assert "'[[1.0, -0.5], [-2.0, 3.0]]'" in backprop("--help").stdout


def test_version(backprop):
    import backpropcli

    assert backprop("--version").stdout == f"backprop {backpropcli.__version__}\n"


@pytest.mark.parametrize(
    "words", [("relu", "--x", "1", "--x", "2"), ("leaky_relu", "--x", "1", "--slope", "1", "--slope", "2")]
)
def test_a_value_that_is_given_twice_is_refused(refusal, words):
    """The last would win without a word."""
    assert refusal(*words) == f"error: {words[-2]} is given twice\n"
