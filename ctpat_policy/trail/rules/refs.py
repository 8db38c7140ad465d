"""Names that mean two things: tags called like branches, tags hung under another name."""

from __future__ import annotations

from collections.abc import Iterator

from ctpat_policy.model import INVALID, Finding, Place
from ctpat_policy.trail.chain import Trail

_TAGS = "refs/tags/"
_BRANCHES = ("refs/heads/", "refs/remotes/")


def find(trail: Trail) -> Iterator[Finding]:
    """Every name by which git would find something else than a reader expects."""
    refs = trail.surroundings.refs
    branches = {
        name.removeprefix(folder): name
        for folder in _BRANCHES
        for name in refs
        if name.startswith(folder)
    }
    for name in refs:
        short = name.removeprefix(_TAGS) if name.startswith(_TAGS) else ""
        short = short or (name.removeprefix("refs/") if name.count("/") == 1 else "")
        if short in branches:
            message = f"{name} is called like {branches[short]}; git would take it for the branch"
            yield Finding("ref-ambiguous", INVALID, message, Place(""), "rename it or delete it")
    for name, inside in trail.surroundings.tags.items():
        if inside != name.removeprefix(_TAGS):
            message = f"{name} holds a tag that was made as {inside}, so a signature on it misleads"
            yield Finding("ref-renamed", INVALID, message, Place(""), "delete it")
