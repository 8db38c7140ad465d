"""Names that mean two things: tags called like branches, tags hung under another name."""

from __future__ import annotations

from collections.abc import Iterator

from ctpat_policy.model import INVALID, Finding, Place
from ctpat_policy.trail import refnames
from ctpat_policy.trail.chain import Trail

_TAGS = "refs/tags/"
_RENAME = "rename it or delete it"


def find(trail: Trail) -> Iterator[Finding]:
    """Every name by which git would find something else than a reader expects."""
    refs = trail.surroundings.refs
    for short, (taken, *others) in refnames.shared(refs):
        message = f"{taken} is called like {', '.join(others)}; git would take it for {short}"
        yield Finding("ref-ambiguous", INVALID, message, Place(""), _RENAME)
    for name, short, oid in refnames.like_ids(refs, _commits(trail)):
        message = f"{name} is called like the beginning of commit {oid}; git takes it for {short}"
        yield Finding("ref-ambiguous", INVALID, message, Place(""), _RENAME)
    for name, inside in trail.surroundings.tags.items():
        if inside != name.removeprefix(_TAGS):
            message = f"{name} holds a tag that was made as {inside}, so a signature on it misleads"
            yield Finding("ref-renamed", INVALID, message, Place(""), "delete it")


def _commits(trail: Trail) -> set[str]:
    return {
        oid
        for step in trail.steps
        for oid in (step.commit.id, *(b.commit.id for branch in step.branches for b in branch))
    }
