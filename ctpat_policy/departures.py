"""Whoever has left does nothing here any more; a record that says otherwise cannot be right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ctpat_policy.briefs import named
from ctpat_policy.filing import Filed, Files
from ctpat_policy.kinds import Kind
from ctpat_policy.model import INVALID, NOTE, Finding, Place, Pointer
from ctpat_policy.records import began, brief_of
from ctpat_policy.references import walk

_PERIOD = frozenset({"period_from", "period_to"})
_HINT = (
    "correct the name or the day; whoever only took another post gets stays: true in the profile"
)


def after(files: Files, kinds: Mapping[str, Kind], profile: Mapping[str, Any]) -> Iterator[Finding]:
    """What people are said to have done after their last day in the company."""
    left = {
        named("person", person["id"]): person["until"]
        for person in profile["people"]
        if "until" in person and not person.get("stays")
    }
    for kind in kinds.values() if left else ():
        for filed in files.of(kind.id):
            if not left.keys().isdisjoint(brief_of(filed, kind).names):
                yield from _in_record(filed, kind, left)


def _in_record(filed: Filed, kind: Kind, left: Mapping[str, str]) -> Iterator[Finding]:
    for reference in kind.references:
        if reference.to != "person":
            continue
        for name, pointer in walk(filed.value, reference.path, ()):
            until, day = left.get(named("person", name)), _day(filed, kind, pointer)
            if until and until < day:
                # Of several people one may have left while it went on, before its day.
                severity = NOTE if "*" in reference.path else INVALID
                message = f"{name} left on {until}, yet is said to have done this on {day} or later"
                place = Place(filed.path, pointer)
                yield Finding("person-left", severity, message, place, _HINT)


def _day(filed: Filed, kind: Kind, pointer: Pointer) -> str:
    """The first day on which somebody may have done what a field says: its own (verified_on beside
    verified_by), or else that of the data, or of the record.
    """
    holder: Any = filed.value
    for step in pointer[:-1]:
        holder = holder[step]
    stem, _, by = str(pointer[-1]).rpartition("_")
    own = holder.get(f"{stem}_on") if by == "by" and isinstance(holder, Mapping) else None
    if isinstance(own, str):
        return own
    if pointer[0] != "data":
        return str(filed.value["recorded_on"])
    data, dated = filed.value["data"], brief_of(filed, kind).dated
    if kind.anchor in data and kind.anchor not in _PERIOD:  # what was looked at, not when
        data = {key: value for key, value in data.items() if key not in _PERIOD}
    return began(data, dated)
