"""No help and no page of the catalogue is wider than a terminal of 80 columns."""

from __future__ import annotations

import pytest

from backpropcli.catalogue import LAYERS
from backpropcli.catalogue.registry import all_layers
from backpropcli.cli.app import build_app
from backpropcli.cli.commands import COMMANDS
from backpropcli.render import Options
from backpropcli.render.catalogue import CATALOGUE_FORMATS, LAYER_FORMATS


@pytest.mark.parametrize("command", [[], *([name] for name in (*COMMANDS, *LAYERS))], ids=" ".join)
def test_help_fits(command, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    build_app().main([*command, "--help"], prog_name="backprop", standalone_mode=False)
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("spec", all_layers()[0], ids=lambda spec: spec.name)
def test_a_page_of_the_catalogue_fits(spec, width):
    """In 40 columns at least the call and the summary: formulas are broken between their terms only."""
    lines = LAYER_FORMATS["table"].render(spec, Options(width=width)).splitlines()
    assert max(map(len, lines if width == 80 else lines[:3])) <= width


def test_the_catalogue_fits():
    text = CATALOGUE_FORMATS["table"].render(all_layers()[0], Options(width=80))
    assert max(map(len, text.splitlines())) <= 80
