"""Merges that hide something: a change that neither side made, or a side that was thrown away."""

from __future__ import annotations

from collections.abc import Iterator

from ctpat_policy.model import INVALID, Finding, Place
from ctpat_policy.trail.chain import Step, Trail
from ctpat_policy.trail.merging import reported

_EVIL = "make the change in a commit of its own, so that reviewers see it"
_DISCARDED = "bring the record in with a commit of its own, or say why it was wrong"


def find(trail: Trail) -> Iterator[Finding]:
    """Every merge, on side branches, too, that is not what its parents add up to."""
    known = {(path, blob) for path, blobs in trail.files.items() for _, blob in blobs}
    for step in trail.judged:
        for commit, path, what in reported(trail, step):
            aside = "" if commit is step.commit else f" (it came with {step.told})"
            told = f"commit {commit.short} by {commit.by}" if aside else step.told
            message = f"{told} merges, and {what}{aside}"
            yield Finding("merge-evil", INVALID, message, Place(path), _EVIL)
        yield from _discarded(trail, step, known)


def _discarded(trail: Trail, step: Step, known: set[tuple[str, str]]) -> Iterator[Finding]:
    """What a side branch held at its end and the merge did not take: what never reached the
    first-parent line, or what nobody there had touched since the branch began.
    """
    touched = {change.path for change in step.changes}
    kept = {d.path for d in trail.decided.get(step.commit.id, ()) if d.discards}
    for branch in step.branches:
        last = {c.path: (c.new, b.commit) for b in branch for c in b.changes}
        for path, (blob, commit) in sorted(last.items()):
            new = blob and (path, blob) not in known
            if path not in touched and (new or path in kept):
                message = (
                    f"{step.told} merges commit {commit.short}, but throws away what it did here"
                )
                yield Finding("merge-discarded", INVALID, message, Place(path), _DISCARDED)
