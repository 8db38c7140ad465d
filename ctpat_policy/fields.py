"""What changed between two versions of a document, field by field. Pure."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_SPACE = re.compile(r"\s+")
_SHOWN = 60
#: What tells the items of a list apart, where they have it.
_KEYS = ("id", "digest", "path", "uri", "name")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field: where (`steps[storage].text`), the old value and the new; None is absent."""

    at: str
    old: Any
    new: Any

    @property
    def rewrites(self) -> bool:
        """Whether something that stood there is gone; otherwise something was only added."""
        return self.old is not None

    def __str__(self) -> str:
        if self.old is None:
            return f"{self.at}: {shown(self.new)} was added"
        if self.new is None:
            return f"{self.at}: {shown(self.old)} was removed"
        return f"{self.at}: from {shown(self.old)} to {shown(self.new)}"


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """Every field that differs; wrapping, blanks and the spelling of accents do not count."""
    return tuple(_differ("", canonical(before), canonical(after)))


def without_approvals(value: Mapping[str, Any]) -> dict[str, Any]:
    """What an approval is about: the document but for its approvals."""
    return {key: item for key, item in value.items() if key != "approvals"}


def content(value: Mapping[str, Any]) -> str:
    """A name for what a document says, approvals apart: equal where nothing that counts differs."""
    text = json.dumps(canonical(without_approvals(value)), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def leaves(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """Every single value with its place; the items of a list share one place."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from leaves(item, f"{at}.{key}" if at else str(key))
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item, f"{at}[]")
    else:
        yield at, value


def canonical(value: Any) -> Any:
    """A value without what wrapping, blanks and composed accents change."""
    if isinstance(value, str):
        return _SPACE.sub(" ", unicodedata.normalize("NFC", value)).strip()
    if isinstance(value, Mapping):
        return {str(key): canonical(item) for key, item in value.items()}
    return [canonical(item) for item in value] if isinstance(value, list) else value


def summary(found: Sequence[FieldChange], most: int = 3) -> str:
    """The first changes in one line, and how many more there are."""
    more = f" and {len(found) - most:,} more" if len(found) > most else ""
    return "; ".join(map(str, found[:most])) + more


def shown(value: Any) -> str:
    """A value in a few words; nothing where there is none."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def part(value: Any, key: str) -> Mapping[str, Any]:
    """A mapping inside a value of which nobody knows the shape; empty where there is none."""
    found = value.get(key) if isinstance(value, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def listed(value: Any, key: str) -> list[Any]:
    """A list inside a value of which nobody knows the shape; empty where there is none."""
    found = value.get(key) if isinstance(value, Mapping) else None
    return found if isinstance(found, list) else []


def text(value: Any, key: str) -> str:
    """A text inside a value of which nobody knows the shape; empty where there is none."""
    found = value.get(key) if isinstance(value, Mapping) else None
    return found if isinstance(found, str) else ""


def _differ(at: str, old: Any, new: Any) -> Iterator[FieldChange]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(k for k in new if k not in old)]:
            yield from _differ(f"{at}.{key}" if at else key, old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _lists(at, old, new)
    elif not _same(old, new):
        yield FieldChange(at, old, new)


def _lists(at: str, old: list[Any], new: list[Any]) -> Iterator[FieldChange]:
    ours, theirs = _named(old), _named(new)
    if ours is not None and theirs is not None:
        for name in [*ours, *(n for n in theirs if n not in ours)]:
            yield from _differ(f"{at}[{name}]", ours.get(name), theirs.get(name))
        if list(ours) != list(theirs) and ours.keys() == theirs.keys():
            yield FieldChange(f"{at} (order)", list(ours), list(theirs))
        return
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    for index in range(max(len(old), len(new)) - start - end):
        mine = old[start + index] if start + index < len(old) - end else None
        other = new[start + index] if start + index < len(new) - end else None
        yield from _differ(f"{at}[{start + index}]", mine, other)


def _named(items: list[Any]) -> dict[str, Any] | None:
    """The items by what tells them apart, words by themselves; None where nothing does."""
    words = {item: item for item in items if isinstance(item, str)}
    if len(words) == len(items):
        return words
    for key in _KEYS:
        found = {str(i[key]): i for i in items if isinstance(i, dict) and i.get(key) is not None}
        if len(found) == len(items):
            return found
    return None


def _common(one: list[Any], other: list[Any]) -> int:
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if not _same(a, b)), min(len(one), len(other)))


def _same(one: Any, other: Any) -> bool:
    """Whether two values are the same in a document, where 1 is not true."""
    return one == other and json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
