"""Records of what is not there by the profile, such as a camera: one of the two is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ctpat_policy.features import there
from ctpat_policy.kinds import Kind
from ctpat_policy.model import INVALID, Finding, Place
from ctpat_policy.records import NEVER, Record


def told(found: list[Record], kind: Kind, profile: Mapping[str, Any], today: str) -> list[Record]:
    """The records of a kind; those that would count today and cannot be name the site `without`.

    What has run out may tell of what has been taken away since.
    """
    if not kind.only_with:
        return found
    bare = {s["id"] for s in profile["sites"] if kind.only_with.isdisjoint(there(s))}
    return [_told(record, bare, today) for record in found] if bare else found


def findings(found: Iterable[Record], kinds: Mapping[str, Kind]) -> Iterator[Finding]:
    """What to do about each of them."""
    for record in found:
        if record.without:
            what = " or ".join(
                word.replace("_", " ") for word in sorted(kinds[record.kind].only_with)
            )
            message = (
                f"the profile knows of no {what} at {record.without}, of which this record tells, "
                "so it proves nothing"
            )
            hint = "correct the profile, or declare the record void"
            place = Place(record.path, ("scope", "sites"))
            yield Finding("record-unfounded", INVALID, message, place, hint)


def _told(record: Record, bare: set[str], today: str) -> Record:
    if not record.proves or record.until < today:
        return record
    without = next((s for s in record.scope.get("sites", ()) if s in bare), "")
    return record._replace(until=NEVER, without=without) if without else record
