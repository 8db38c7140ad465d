"""Generates a policy repository of any size: an importer, its partners, two years of records.

Records are the examples of tests/examples with other places and days. `plant` makes one record in
so many invalid or bad news, so that findings are made, too. The same arguments give the same bytes.
"""

from __future__ import annotations

import copy
import itertools
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

EXAMPLES = Path(__file__).parent.parent / "tests" / "examples"
#: Examples name attachments and other records; here they all name one that is there.
_NAMED = re.compile(r"[a-z_]+/r[0-9]+|.*\.(?:png|csv|pdf|txt|jpg|svg)")
#: The site manager, the inspector and the seal custodian of the examples.
_WORKERS = ("P-6", "P-7", "P-8")
_STAND_IN = "seal_certificate/base"
TODAY = date(2026, 6, 30)
FIRST = date(2024, 7, 1)
#: Records of one partner, and kinds of which every site holds one a period of so many days.
PARTNER_KINDS = (
    "partner_screening",
    "partner_questionnaire",
    "partner_membership_check",
    "partner_contract",
)
SITE_KINDS = {
    "container_inspection": 1,
    "seal_verification": 1,
    "seal_log": 30,
    "visitor_log": 30,
    "cargo_pickup_log": 30,
    "cctv_footage_review": 30,
    "perimeter_inspection": 30,
    "lighting_check": 30,
    "staging_area_pest_inspection": 30,
    "yard_control_check": 30,
    "seal_audit": 90,
    "alarm_test": 90,
    "key_control_log": 90,
    "training_session": 14,
    "receiving_count": 7,
    "wpm_check": 7,
}


def generate(folder: Path, documents: int, *, partners: int | None = None, plant: int = 100) -> int:
    """Write about so many documents below `folder`; returns how many were written.

    `partners` is their number (default: one document in twenty); each has two records of its own.
    """
    partners = max(5, documents // 20) if partners is None else partners
    sites = max(2, documents // 1500)
    written = _company(folder, sites, partners)
    rest = itertools.chain(_partner_records(partners), _site_records(sites))
    for index, (kind, name, value) in enumerate(rest):
        if written >= documents:
            break
        if plant and index % plant == plant - 1:
            value["recorded_by"] = "P-404"  # nobody by that name: a finding
        _write(folder / "evidence" / kind / f"{name}.yaml", value)
        written += 1
    return written


def record(kind: str) -> dict[str, Any]:
    """A good record of the first site on the last day."""
    found: dict[str, Any] = _moved(_example(kind), "S-1", "S-1", 0)
    return found


def as_yaml(value: dict[str, Any]) -> str:
    """A document as text."""
    text: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True)
    return text


def _company(folder: Path, sites: int, partners: int) -> int:
    profile = _example("security_profile")
    profile["accounts"][0]["entity_type"] = "importer"
    profile["settings"]["records_from"] = "2026-01-01"
    site = profile["sites"][0]
    # People work at one site each; one man at all of them would make joins of what nobody has.
    workers = [p for p in profile["people"] if p["id"] in _WORKERS]
    profile["people"] += [
        {**copy.deepcopy(worker), "id": f"{worker['id']}-S-{number}"}
        for number in range(1, sites + 1)
        for worker in workers
    ]
    profile["sites"] = [{**copy.deepcopy(site), "id": f"S-{n}"} for n in range(1, sites + 1)]
    _write(folder / "policies" / "security-profile.yaml", profile)
    partner = _example("business_partner")
    for number in range(1, partners + 1):
        own = {
            **partner,
            "name": f"Partner {number}",
            "programme": "ctpat" if number % 2 else "none",
        }
        _write(folder / "policies" / "partners" / f"PT-{number}.yaml", own)
    kind, _, name = _STAND_IN.partition("/")
    _write(folder / "evidence" / kind / f"{name}.yaml", _example(kind))
    return 2 + partners


def _partner_records(partners: int) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for number in range(1, partners + 1):
        member = number % 2 == 1
        kinds = ("partner_membership_check", "partner_screening") if member else PARTNER_KINDS[:2]
        for kind in kinds:
            value = _moved(_example(kind), "PT-1", f"PT-{number}", 0)
            yield kind, f"2026-pt-{number}", value


def _site_records(sites: int) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Newest first, so that a small corpus is the last weeks of the company."""
    for back in range((TODAY - FIRST).days):
        day = TODAY - timedelta(days=back)
        for number in range(1, sites + 1):
            for kind, every in SITE_KINDS.items():
                if back % every == number % every:
                    value = _moved(_example(kind), "S-1", f"S-{number}", back)
                    for worker in _WORKERS:
                        value = _moved(value, worker, f"{worker}-S-{number}", 0)
                    yield kind, f"{day}-s-{number}", value


def _moved(value: Any, old: str, new: str, back: int) -> Any:
    """The example with another place, and every day so many days earlier."""
    if isinstance(value, dict):
        return {k: _moved(v, old, new, back) for k, v in value.items()}
    if isinstance(value, list):
        return [_moved(v, old, new, back) for v in value]
    if not isinstance(value, str):
        return value
    if value == old:
        return new
    if _NAMED.fullmatch(value):
        return _STAND_IN
    if len(value) >= 10 and value[:2] == "20" and value[4:5] == "-" and value[7:8] == "-":
        try:
            moved = date.fromisoformat(value[:10]) - timedelta(days=back)
        except ValueError:
            return value
        return moved.isoformat() + value[10:]
    return f"{value}-{new}-{back}" if value.startswith(("SH-", "BL-", "TR-")) else value


_LOADED: dict[str, dict[str, Any]] = {}


def _example(kind: str) -> dict[str, Any]:
    if kind not in _LOADED:
        loaded: dict[str, Any] = yaml.load(
            (EXAMPLES / f"{kind}.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader
        )
        loaded.pop("attachments", None)
        _LOADED[kind] = loaded
    return copy.deepcopy(_LOADED[kind])


class _Dumper(yaml.CSafeDumper):
    """Quotes every text that begins with a digit, as people are told to."""


def _quoted(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = '"' if text[:1].isdigit() else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _quoted)


def _write(path: Path, value: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(as_yaml(value), encoding="utf-8")
