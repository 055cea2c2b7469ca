"""An input that is used as labels, indices or a mask has no gradient, which is not the same as a gradient of zero."""

from __future__ import annotations

import json

EMBEDDING = ("embedding", "--w", "[[1, 2], [3, 4]]", "--indices", "1,1")


def test_its_gradient_is_left_blank(backprop):
    assert backprop(*EMBEDDING).stdout.splitlines()[-1] == "indices\t[1, 1]\t-"
    assert backprop(*EMBEDDING, "-f", "plain").stdout.splitlines()[-1] == "[[0,0],[2,2]] -"
    assert json.loads(backprop(*EMBEDDING, "--json").stdout)["gradients"] == {"w": [[0, 0], [2, 2]], "indices": None}
    assert backprop(*EMBEDDING, "-f", "table").stdout.splitlines()[-1].split() == ["indices", "[1,", "1]"]


def test_asking_for_it_alone_is_an_error(backprop):
    done = backprop(*EMBEDDING, "--grad", "indices")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: the output has no gradient with respect to 'indices'\n"


def test_an_input_without_influence_has_gradient_zero(backprop):
    assert backprop("eval", "x * 2", "x=1", "w=5", "--grad", "w").stdout == "0\n"


def test_check_looks_at_the_other_gradients(backprop):
    text = '{inputs: {w: [1, 2], i: [1]}, layers: ["y = sum(embedding(w, i))"], expect: {gradients: {w: [0, 1]}}}'
    assert backprop("check", "-", "-f", "tsv", stdin=text).returncode == 0


def test_an_answer_for_it_is_wrong(backprop):
    text = '{inputs: {w: [1, 2], i: [1]}, layers: ["y = sum(embedding(w, i))"], expect: {gradients: {i: [0]}}}'
    done = backprop("check", "-", "-f", "tsv", stdin=text)
    assert done.returncode == 1
    assert "the output has no gradient with respect to it" in done.stdout
