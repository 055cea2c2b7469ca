"""README's commands that hand their output to `jq` print what is shown."""

from __future__ import annotations

import pytest
from readme import examples, on_a_terminal


@pytest.mark.parametrize(("command", "output"), [(line, shown) for line, shown in examples() if "| jq" in line])
def test_a_shown_command_prints_what_is_shown(command, output):
    assert on_a_terminal(command) == output
