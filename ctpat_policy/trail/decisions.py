"""The paths about which a merge decided something by itself, told by its shape alone.

Whoever merges takes what one side alone changed from that side. All else is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from ctpat_policy import filing
from ctpat_policy.trail.chain import Brought, Decision
from ctpat_policy.trail.graph import Graph

_DELETES = "deletes this file, which all its parents have"
_ADDS = "adds this file, which none of its parents has"
_GOES_BACK = "changes this file, which no commit that it brings in touched"
_DISCARDS = "throws away what it brings in of this file"


#: By merge of the first-parent line, what each further parent brought in.
_Branches = Mapping[str, Sequence[Sequence[Brought]]]
_Known = Mapping[str, Iterable[Decision]]


def decisions(graph: Graph, branches: _Branches) -> dict[str, tuple[Decision, ...]]:
    """By merge, every path that is not simply taken from the only side that touched it."""
    found: dict[str, tuple[Decision, ...]] = {}
    for oid in reversed(list(graph.brought)):
        if len(graph.brought[oid].commit.parents) > 1:
            found[oid] = tuple(_decided(graph, graph.brought[oid], branches.get(oid), found))
    return {oid: decided for oid, decided in found.items() if decided}


class _Arm:
    """What a further parent of a merge brought in, and whether the first had moved meanwhile."""

    def __init__(
        self, graph: Graph, first: str, other: str, branch: Sequence[Brought] | None, known: _Known
    ) -> None:
        self._graph, self._known = graph, known
        self.parents = first, other
        self.right = {*self._touched(self._apart[1] if branch is None else _ids(branch))}

    def moved(self, path: str) -> bool:
        """Whether a commit that only the first parent has touched a path."""
        return self._graph.may_have_moved(path, *self.parents) and path in self._left

    def bases(self, path: str) -> tuple[str, ...]:
        """What a document was where both came from."""
        if filing.expected(path) is None:
            return ()
        return tuple(b for base in self._bases if (b := self._graph.blob(base, path)))

    @cached_property
    def _apart(self) -> tuple[list[str], list[str]]:
        return self._graph.apart(*self.parents)

    @cached_property
    def _left(self) -> set[str]:
        return {*self._touched(self._apart[0])}

    @cached_property
    def _bases(self) -> list[str]:
        return self._graph.bases(*self.parents)

    def _touched(self, commits: Iterable[str]) -> Iterator[str]:
        for oid in commits:
            brought = self._graph.brought[oid]
            if len(brought.commit.parents) > 1:
                yield from (decision.path for decision in self._known[oid])
            else:
                yield from (change.path for change in brought.changes)


def _ids(branch: Iterable[Brought]) -> list[str]:
    return [brought.commit.id for brought in branch]


def _decided(
    graph: Graph, merge: Brought, branches: Sequence[Sequence[Brought]] | None, known: _Known
) -> Iterator[Decision]:
    first, *others = merge.commit.parents
    of: Sequence[Sequence[Brought] | None] = branches or [None] * len(others)
    arms = [_Arm(graph, first, o, b, known) for o, b in zip(others, of, strict=True)]
    for m in merge.merged:
        what = _DELETES if not m.new else _ADDS if not any(m.parents) else ""
        bases = arms[0].bases(m.path) if len(arms) == 1 else ()
        yield Decision(m.path, m.parents, m.new, bases, what)
    mixed = {m.path for m in merge.merged}
    changed = {c.path: c.new for c in merge.changes if c.path not in mixed}
    for arm in arms:
        yield from _chosen(graph, arm, changed, mixed)
    touched = mixed.union(*(arm.right for arm in arms))
    for path in changed.keys() - touched:
        old, new = graph.blob(first, path), changed[path]
        yield Decision(path, (old, new), new, what=_GOES_BACK)


def _chosen(
    graph: Graph, arm: _Arm, changed: Mapping[str, str], mixed: set[str]
) -> Iterator[Decision]:
    """What a further parent touched, and the merge took from one of the two."""
    for path in sorted(arm.right - mixed):
        both = arm.moved(path)
        if path in changed and not both:
            continue
        old, theirs = (graph.blob(parent, path) for parent in arm.parents)
        new = changed.get(path, old)
        if old == theirs or new not in (old, theirs):
            continue
        if not both:
            yield Decision(path, (old, theirs), new, what=_DISCARDS, discards=True)
        elif filing.expected(path) is not None:
            yield Decision(path, (old, theirs), new, arm.bases(path))
