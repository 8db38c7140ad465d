"""Taking any keyword out of any rule turns some case red; survivors are listed with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import mutants
from tests.clause_cases import cases
from tests.company import law, read_yaml

#: Share of keywords that must be missed when they are gone.
WANTED = 0.98
LISTED = read_yaml(Path(__file__).parent / "mutation_survivors.yaml")["survivors"]
SURVIVORS = {entry["keyword"]: entry["reason"] for entry in LISTED}
BY_CRITERION = {c: [case for case in cases() if case.criterion == c] for c in law().criteria}


@pytest.mark.parametrize("criterion", law().criteria)
def test_no_keyword_of_a_criterion_can_go_unnoticed(criterion: str) -> None:
    own = BY_CRITERION[criterion]
    alive = {m.name for m in mutants.of_criterion(criterion) if mutants.survives(m, own)}

    assert alive - set(SURVIVORS) == set()


@pytest.mark.parametrize("definition", law().facts)
def test_no_keyword_of_a_shared_definition_can_go_unnoticed(definition: str) -> None:
    users = [case for c in mutants.uses(definition) for case in BY_CRITERION[c]]
    mine = [m for m in mutants.of_facts() if m.path[0] == definition]
    alive = {m.name for m in mine if mutants.survives(m, users)}

    assert alive - set(SURVIVORS) == set()


def test_the_survivors_are_few_and_each_has_a_reason() -> None:
    everything = [m.name for c in law().criteria for m in mutants.of_criterion(c)]
    everything += [m.name for m in mutants.of_facts()]

    assert set(SURVIVORS) <= set(everything), "a survivor that no longer exists"
    assert all(len(reason) > 10 for reason in SURVIVORS.values())
    assert len(SURVIVORS) <= (1 - WANTED) * len(everything)
