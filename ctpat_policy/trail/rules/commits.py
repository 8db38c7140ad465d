"""Commits that are odd in themselves, or whose dates cannot be true."""

from __future__ import annotations

from collections.abc import Iterator

from ctpat_policy.model import INVALID, Finding, Place
from ctpat_policy.trail.chain import Step, Trail
from ctpat_policy.trail.commits import Commit, end_of

#: Seconds by which the clocks of honest people differ.
_SKEW = 86400
_LOOK = "ask who made it; dates of a commit are claims, its place in the history is not"


def find(trail: Trail) -> Iterator[Finding]:
    """Odd commits and impossible dates since the policy began."""
    ends = end_of(trail.today) + _SKEW
    dates = {c.id: c.committer.seconds for s in trail.steps for c in _all(s) if c.committer}
    for step in trail.steps[trail.first :]:
        for commit in _all(step):
            if commit.odd or commit.committer is None or commit.author is None:
                message = f"commit {commit.short} cannot be read for certain: {commit.odd}"
                yield Finding("commit-odd", INVALID, message, Place(""), _LOOK)
            elif commit.committer.seconds > ends:
                message = f"commit {commit.short} is dated {commit.committer.day}, in the future"
                yield Finding("commit-in-future", INVALID, message, Place(""), _LOOK)
            elif step.number >= trail.judged_from:
                yield from _order(commit, dates)


def _order(commit: Commit, dates: dict[str, int]) -> Iterator[Finding]:
    assert commit.author is not None
    assert commit.committer is not None
    own = commit.committer
    newest = max((dates[p] for p in commit.parents if p in dates), default=own.seconds)
    if own.seconds + _SKEW < newest:
        message = f"commit {commit.short} is dated {own.day}, before the commit it builds on"
        yield Finding("commit-older-than-parent", INVALID, message, Place(""), _LOOK)
    if commit.author.seconds > own.seconds + _SKEW:
        message = (
            f"commit {commit.short} was written on {commit.author.day}, "
            f"but committed before that, on {own.day}"
        )
        yield Finding("commit-author-later", INVALID, message, Place(""), _LOOK)


def _all(step: Step) -> Iterator[Commit]:
    yield step.commit
    for branch in step.branches:
        for brought in branch:
            yield brought.commit
