"""Records of the small law for tests: door checks, gate logs, registers; two sites."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ctpat_policy.dossiers.rows import Row
from tests import small_law
from tests.company import example, patched

OFFICE: dict[str, Any] = {
    "id": "S-2",
    "country": "US",
    "accounts": ["acc"],
    "since": "2015-01-01",
    "staffed": True,
    "headcount": 3,
    "activities": ["office"],
    "languages": ["en"],
    "seal_stock": False,
    "private_vehicles": False,
    "offsite_monitoring": False,
    "land_border": False,
    "paper_documents": False,
    "fence": {"installed": False},
    "gates": {"present": False},
    "cctv": {"installed": False},
    "alarm": {"installed": False},
    "backup_power": {"installed": False},
    "guards": {"employed": "none"},
    "badges": {"issued": False},
    "card_readers": {"installed": False},
}


def site(**patch: Any) -> dict[str, Any]:
    """The dock of the example with some facts changed."""
    return dict(patched(example("security_profile")["sites"][0], patch))


def two_sites(**patch: Any) -> dict[str, Any]:
    """A patch of the profile: the dock, and an office with some facts changed."""
    return {"sites": [site(), {**OFFICE, **patch}]}


def door(day: str = "2026-06-10", /, **patch: Any) -> dict[str, Any]:
    """A patch of a door check of that day."""
    data = {"checked_on": day, **patch.pop("data", {})}
    return {"recorded_on": "2026-06-30", "data": data, **patch}


def log(first: str, last: str, **patch: Any) -> dict[str, Any]:
    """A patch of a gate log of those days."""
    return {"recorded_on": last, "data": {"first": first, "last": last}, **patch}


def ids(rows: list[Row]) -> list[str]:
    """The names of record rows, without their kind."""
    return [row["id"].partition("/")[2] for row in rows]


def spans(rows: list[Row]) -> list[tuple[str, str, str]]:
    """Unit, first and last day of holes."""
    return [(row["unit"], row["from"], row["until"]) for row in rows]


#: The events of a register.
EVENTS = tuple(small_law.load().events)
LOADS = {"each": "records.event_register.data.events.load", "known_by": "load"}


def register(first: str, last: str, events: Mapping[str, Any], **patch: Any) -> dict[str, Any]:
    """A patch of a register that names these events and no other."""
    whole = {**dict.fromkeys(EVENTS), **events}
    data = {"period_from": first, "period_to": last, "events": whole}
    return {"recorded_on": "2026-06-30", "data": data, **patch}
