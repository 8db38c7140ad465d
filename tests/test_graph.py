"""The shape of a history, told without git, is what git says of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ctpat_policy.trail.repository import open_repository
from ctpat_policy.trail.walk import walk
from tests.company import law
from tests.orderly_trails import ORDERLY
from tests.repositories import TODAY, Trail, fresh

NAMES = (
    "a criss cross",
    "an octopus",
    "a root of its own is merged",
    "a branch for development with requests of its own",
    "main goes on from what a branch had taken over",
)


def lines(trail: Trail, *command: str) -> set[str]:
    """What git says, line by line; nothing where there is nothing to say."""
    return set(trail.git(*command).splitlines())


@pytest.mark.parametrize("name", NAMES)
def test_the_shape_is_what_git_says(tmp_path: Path, name: str) -> None:
    trail = fresh(tmp_path / "trail")
    ORDERLY[name](trail)
    repository = open_repository(trail.root)
    graph = walk(repository, law(), repository.head(), TODAY).graph
    commits = list(graph.brought)

    for one, other in zip(commits, [*commits[3:], *commits[:3]], strict=True):
        left, right = graph.apart(one, other)
        assert set(left) == lines(trail, "rev-list", one, f"^{other}")
        assert set(right) == lines(trail, "rev-list", other, f"^{one}")
        bases = set(graph.bases(one, other))
        assert not bases or bases == lines(trail, "merge-base", "--all", one, other)


@pytest.mark.parametrize("name", NAMES)
def test_a_path_holds_what_git_finds_there(tmp_path: Path, name: str) -> None:
    trail = fresh(tmp_path / "trail")
    ORDERLY[name](trail)
    repository = open_repository(trail.root)
    graph = walk(repository, law(), repository.head(), TODAY).graph
    held = {oid: {e.path: e.blob for e in repository.tree(oid)} for oid in graph.brought}
    paths = {
        p for found in held.values() for p in found if p.startswith(("policies/", "evidence/"))
    }

    for oid, found in held.items():
        for path in paths:
            assert graph.blob(oid, path) == found.get(path, "")
