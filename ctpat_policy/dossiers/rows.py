"""Rows: plain JSON that remembers which document it came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from ctpat_policy.clock import FOREVER
from ctpat_policy.model import Place, Pointer


class Row(dict[str, Any]):
    """A mapping for the rules to read, with the place of what it tells."""

    __slots__ = ("_span", "path", "pointer")

    def __init__(self, content: Mapping[str, Any], path: str, pointer: Pointer = ()) -> None:
        super().__init__(content)
        self.path = path
        self.pointer = pointer
        self._span: tuple[str, str] | None = None

    def extended(self, more: Mapping[str, Any]) -> Row:
        """The same row with further keys."""
        row = Row(self, self.path, self.pointer)
        row.update(more)
        return row

    @property
    def span(self) -> tuple[str, str]:
        """The first and the last day of what it tells; a list item holds as long as its record."""
        if self._span is None:
            self._span = _span(self)
        return self._span

    def place(self, rest: Pointer = ()) -> Place:
        """Where a value inside the row stands; what was computed stands at the row itself."""
        if not rest:
            return Place(self.path, self.pointer)
        known = rest if rest[0] == "data" or (self.pointer and rest[0] in self) else ()
        if known and known[0] in ("record", "actions", "computed"):
            known = ()
        return Place(self.path, (*self.pointer, *known))


MISSING: Any = object()


@lru_cache(maxsize=4096)  # all of them stand in the rules
def steps(path: str) -> tuple[str, ...]:
    """The steps of a dotted path."""
    return tuple(path.split("."))


def look(value: Any, path: str) -> Any:
    """The value at a dotted path through mappings, or MISSING."""
    for step in steps(path):
        if not isinstance(value, dict):
            return MISSING
        value = value.get(step, MISSING)
    return value


def look_all(value: Any, path: str) -> Iterator[Any]:
    """Every value at a dotted path; lists on the way are passed through."""
    step, _, rest = path.partition(".")
    if isinstance(value, list):
        for item in value:
            yield from look_all(item, path)
    elif isinstance(value, dict) and step in value:
        if rest:
            yield from look_all(value[step], rest)
        else:
            yield value[step]


def is_number(value: Any) -> bool:
    """Whether a value is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def in_force(row: Row, day: str) -> bool:
    """Whether what a row tells held on that day."""
    start, end = row.span
    return start <= day <= end


def _span(row: Mapping[str, Any]) -> tuple[str, str]:
    holder = row.get("record") or row
    dated = holder.get("dated")
    if dated is not None:
        return dated, holder["until"]
    start = holder.get("since") or holder.get("from") or holder.get("started_on") or ""
    return start, holder.get("until") or holder.get("ended_on") or FOREVER
