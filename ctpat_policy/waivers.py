"""What a change does to exceptions and corrective actions, which steer verdicts. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ctpat_policy.fields import listed, part, text

#: Kinds of records that excuse or cover gaps, with the field that says until when.
WAIVERS: Mapping[str, str] = {"criterion_exception": "expires", "corrective_action": "due"}
ADDED, EXTENDED, WIDENED, REOPENED = "added", "extended", "widened", "reopened"
DROPPED, SHORTENED, CLOSED, CHANGED = "dropped", "shortened", "closed", "changed"

_DONE = ("verified_closed", "cancelled")


@dataclass(frozen=True, slots=True)
class Waiver:
    """One exception or corrective action that a change touched, with what became of it."""

    path: str
    kind: str
    effects: tuple[str, ...]
    #: What it excuses or covers: clauses of an action, the criterion of an exception.
    about: tuple[str, ...]
    subject: str
    until_before: str
    until_after: str
    #: Whether the judgement finds nothing wrong with it, an approval that is missing included.
    counts: bool


def waiver(path: str, before: Any, after: Any, counts: bool) -> Waiver:
    """What became of one document, by its values before and after (see changes.Touched)."""
    kind = path.split("/")[1]
    ends = [text(part(v, "data"), WAIVERS[kind]) for v in (before, after)]
    shown = before if after is None else after
    return Waiver(
        path=path,
        kind=kind,
        effects=tuple(_effects(before, after, *ends)),
        about=about(shown),
        subject=subject(shown),
        until_before=ends[0],
        until_after=ends[1],
        counts=counts and after is not None,
    )


def about(value: Any) -> tuple[str, ...]:
    """The clauses that an action covers, or the criteria that an action or exception is about."""
    data = part(value, "data")
    found = listed(data, "covers") or listed(data, "criteria") or [text(data, "criterion")]
    return tuple(str(item) for item in found if item)


def subject(value: Any) -> str:
    """The places or partners that it is about, or company."""
    scope = part(value, "scope")
    names = [str(name) for key in scope for name in listed(scope, key)]
    return ", ".join(names) or "company"


def _effects(before: Any, after: Any, end_before: str, end_after: str) -> Iterator[str]:
    if before is None:
        yield ADDED
    elif after is None or ("void" in _keys(after) and "void" not in _keys(before)):
        yield DROPPED
    else:
        found = list(_between(before, after, end_before, end_after))
        yield from found or [CHANGED]


def _between(old: Any, new: Any, end_before: str, end_after: str) -> Iterator[str]:
    if end_after != end_before:
        yield EXTENDED if end_after > end_before else SHORTENED
    if set(_reach(new)) - set(_reach(old)):
        yield WIDENED
    was, now = (text(part(v, "data"), "status") in _DONE for v in (old, new))
    if was != now:
        yield CLOSED if now else REOPENED


def _reach(value: Any) -> Iterator[tuple[str, ...]]:
    """Everything that it excuses or covers, as comparable pieces."""
    data, scope = part(value, "data"), part(value, "scope")
    yield from (("about", name) for name in about(value))
    yield from (("answers", str(name)) for name in listed(data, "answers"))
    yield from (("explains", str(hole)) for hole in listed(data, "explains"))
    yield ("type", text(data, "type"))
    for place, found in scope.items():
        names = found if isinstance(found, list) else [found]
        yield from (("scope", place, str(name)) for name in names)


def _keys(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
