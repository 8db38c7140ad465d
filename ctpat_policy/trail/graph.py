"""The shape of a history: where two lines of it parted, and what a path held on any commit.

Nothing here asks git again: who has no merge to judge pays nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from ctpat_policy.trail.chain import Brought

#: What a commit lies behind: the one, the other, or a commit that already lies behind both.
_ONE, _OTHER, _STALE = 1, 2, 4
_BOTH = _ONE | _OTHER


class _Lines(NamedTuple):
    """The history cut into lines of first parents: for each commit its line and how deep it lies
    there, for each line the commit below its end, and what each path became on it, by depth.
    """

    places: dict[str, tuple[int, int]]
    below: list[str]
    touches: dict[tuple[int, str], list[tuple[int, str]]]


class Graph:
    """All commits of a history, children before parents."""

    def __init__(self, brought: Mapping[str, Brought]) -> None:
        self.brought = brought

    def apart(self, one: str, other: str) -> tuple[list[str], list[str]]:
        """The commits that lie behind the one alone, and those behind the other alone."""
        sides: dict[int, list[str]] = {_ONE: [], _OTHER: [], _BOTH: []}
        for oid, mark in self._painted(one, other, lambda mark: mark < _BOTH):
            sides[mark & _BOTH].append(oid)
        return sides[_ONE], sides[_OTHER]

    def bases(self, one: str, other: str) -> list[str]:
        """The best common ancestors of two commits."""
        painted = self._painted(one, other, lambda mark: mark < _STALE)
        return [oid for oid, mark in painted if mark == _BOTH]

    def blob(self, commit: str, path: str) -> str:
        """The blob of a path on a commit; empty where there is none."""
        places, below, touches = self._lines
        while commit:
            line, depth = places[commit]
            known = touches.get((line, path), [])
            at = bisect_left(known, (depth, ""))
            if at < len(known):
                return known[at][1]
            commit = below[line]
        return ""

    def may_have_moved(self, path: str, one: str, other: str) -> bool:
        """Whether a path was touched up to the one since the other parted from it. Only for the
        first-parent line of the tip it is told without a walk; else it may have been.
        """
        (line, depth), known = self._lines.places[one], self._lines.touches.get((0, path), [])
        at = bisect_left(known, (depth, ""))
        return line != 0 or (at < len(known) and known[at][0] < self._parted[other])

    @cached_property
    def _parted(self) -> dict[str, int]:
        """How deep on the first-parent line of the tip the newest commit behind each one lies."""
        found: dict[str, int] = {}
        for oid in reversed(self._ids):
            line, depth = self._lines.places[oid]
            behind = (found[parent] for parent in self.brought[oid].commit.parents)
            found[oid] = min(behind, default=len(self._ids)) if line else depth
        return found

    @cached_property
    def _ids(self) -> list[str]:
        return list(self.brought)

    @cached_property
    def _order(self) -> dict[str, int]:
        return {oid: place for place, oid in enumerate(self.brought)}

    @cached_property
    def _lines(self) -> _Lines:
        lines = _Lines({}, [], {})
        for tip in self.brought:
            commit, line, depth = tip, len(lines.below), 0
            while commit and commit not in lines.places:
                lines.places[commit] = (line, depth)
                for change in self.brought[commit].changes:
                    lines.touches.setdefault((line, change.path), []).append((depth, change.new))
                commit = next(iter(self.brought[commit].commit.parents), "")
                depth += 1
            if depth:
                lines.below.append(commit)
        return lines

    def _painted(
        self, one: str, other: str, matters: Callable[[int], bool]
    ) -> Iterator[tuple[str, int]]:
        """Commits behind either, children first, with their marks, while one that matters waits."""
        marks = {one: _ONE}
        marks[other] = marks.get(other, 0) | _OTHER
        queue = [self._order[oid] for oid in marks]
        heapify(queue)
        waiting = sum(map(matters, marks.values()))
        while queue and waiting:
            oid = self._ids[heappop(queue)]
            mark = marks[oid]
            waiting -= matters(mark)
            yield oid, mark
            for parent in self.brought[oid].commit.parents:
                before = marks.get(parent, 0)
                marks[parent] = before | mark | (_STALE if mark == _BOTH else 0)
                waiting += matters(marks[parent]) - (before and matters(before))
                if not before:
                    heappush(queue, self._order[parent])
