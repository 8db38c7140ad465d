"""Records under all the names that they had: who renames one starts no new life for it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from ctpat_policy.trail.chain import History, Trail, Version


def life(trail: Trail, history: History, before: int | None = None) -> list[Version]:
    """The versions of a record before a step, or all, oldest first, those under names that it had
    earlier among them.
    """
    found: list[Version] = []
    now: History | None = history
    end = len(trail.steps) if before is None else before
    while now is not None:
        here, now = now, None
        for version in reversed(here.versions):
            if version.step < end:
                found.append(version)
                now = _origins(trail).get((here.kind, here.id, version.step))
            if now is not None:
                end = version.step
                break
    return found[::-1]


def later(trail: Trail, history: History) -> History:
    """The record under the name that it has at the tip, or had at its end."""
    while not history.last.blob and history.last.renamed:
        history = trail.histories[history.kind, history.last.renamed]
    return history


def last_day(trail: Trail, history: History, before: int | None = None) -> str:
    """The latest day that any readable version named, before a step or at all: retention counts
    from it, so that nobody shortens it by another date. A day yet to come is none.
    """
    return max(
        min(_day(version), trail.steps[version.step].last_day)
        for version in life(trail, history, before)
        if version.value is not None
    )


def _day(version: Version) -> str:
    assert version.value is not None
    return max(version.dated, str(version.value["recorded_on"]))


@lru_cache(maxsize=1)
def _origins(trail: Trail) -> Mapping[tuple[str, str, int], History]:
    """By kind, new name and step: the record that was renamed."""
    return {
        (history.kind, version.renamed, version.step): history
        for history in trail.histories.values()
        for version in history.versions
        if version.renamed
    }
