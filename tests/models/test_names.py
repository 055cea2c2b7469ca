"""Names of models, which may be any text, become names of scenarios."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backpropcli.graph import canonical_name
from backpropcli.models.names import Names
from backpropcli.scenario.names import is_name


@given(st.lists(st.text() | st.sampled_from(["a", "a.", "a_2", "a_", "/", "", "None", "true", "nan", "\u00b2", "1"])))
def test_every_text_has_a_name_of_its_own_that_a_scenario_can_have(texts):
    names = Names()
    found = [names.of(text) for text in texts]
    assert all(is_name(name) and canonical_name(name) == name for name in found)
    assert len(set(found)) == len(set(texts))


def test_10_000_values_of_one_name_are_named_in_proportion_to_their_number(steps):
    def cost(count):
        names = Names()
        return steps(lambda: [names.fresh("a") for _ in range(count)])

    assert cost(2_000) < 2.5 * cost(1_000)
