"""Where a new document belongs and what is known of it: from the profile and the command line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ctpat_policy import documents
from ctpat_policy.authoring.skeleton import Known
from ctpat_policy.catalog import Catalog
from ctpat_policy.errors import UsageError
from ctpat_policy.filing import PROFILE
from ctpat_policy.kinds import Kind
from ctpat_policy.sources import Source
from ctpat_policy.unfinished import TODO

PARTNERS = "policies/partners"
#: Unit of a kind -> the key of its scope.
_SCOPES = {
    "site": "sites",
    "partner": "partners",
    "lane": "lanes",
    "system": "systems",
    "person": "persons",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked for on the command line; empty where nothing was said.

    `partners` are those on file.
    """

    today: str
    day: str = ""
    site: str = ""
    partner: str = ""
    name: str = ""
    partners: tuple[str, ...] = ()


def partners_in(source: Source) -> list[str]:
    """The ids of the partners on file."""
    files = source.files(PARTNERS)
    return [f.path[len(PARTNERS) + 1 : -5] for f in files if f.data is not None]


def profile_of(source: Source) -> Mapping[str, Any]:
    """The security profile as far as it can be read: nothing of it is needed."""
    document = documents.load(source.read(PROFILE) or b"", PROFILE)
    return document.value or {}


def known_of_record(
    law: Catalog, kind: Kind, profile: Mapping[str, Any], asked: Asked
) -> tuple[Known, str]:
    """What is known of a record, and its path. Raises UsageError when its unit is not named."""
    ids = {noun: _ids(profile, f"{noun}s") for noun in ("site", "lane", "system", "account")}
    _check("site", asked.site, ids["site"])
    names = {noun: found[0] for noun, found in ids.items() if len(found) == 1}
    names |= {n: v for n, v in (("site", asked.site), ("partner", asked.partner)) if v}
    unit = _unit(kind, asked)
    batch = takes_batch(kind) and not asked.partner
    if unit in ("site", "partner") and unit not in names and not batch:
        listed = f": {', '.join(ids['site'])}" if unit == "site" and ids["site"] else ""
        raise UsageError(f"{kind.id} is kept for each {unit}; name it with --{unit}{listed}")
    if unit in ("lane", "system", "person", "model", "account") and asked.name in ids.get(
        unit, [asked.name]
    ):
        names |= {unit: asked.name} if asked.name else {}
    scope = _scope(unit, names, asked.site)
    if batch and asked.partners:
        scope["partners"] = list(asked.partners)
    if "company" in _needed_scope(law, kind):
        scope = {"company": True, **scope}
    accounts = (names.get("account", TODO),) if kind.unit == "account" else ()
    word = asked.name or names.get(unit, "") or asked.site or "company"
    stem = re.sub(r"[^a-z0-9._-]+", "-", word.lower())
    path = f"evidence/{kind.id}/{asked.day or asked.today}-{stem}.yaml"
    events = _events(law, profile, names.get("site", "")) if kind.id == "event_register" else ()
    return Known(asked.today, asked.day, names, scope, accounts, events), path


def known_of_procedure(profile: Mapping[str, Any], asked: Asked) -> Known:
    """What is known of a procedure. Its owner is left open where several people could be."""
    _check("site", asked.site, _ids(profile, "sites"))
    names = {"site": asked.site} if asked.site else {}
    scope = {"sites": [asked.site]} if asked.site else {}
    return Known(asked.today, asked.day, names, scope)


def takes_batch(kind: Kind) -> bool:
    """Whether one record may speak for many partners: its data name none."""
    return kind.unit == "partner" and not kind.unit_field


def _unit(kind: Kind, asked: Asked) -> str:
    """What the record is about here: a record that may speak for all sites does, unless named."""
    if kind.unit == "site" and kind.covers == "company" and not asked.site:
        return "company"
    if kind.unit != "any":
        return kind.unit
    return "site" if asked.site else "partner" if asked.partner else "company"


def _scope(unit: str, names: Mapping[str, str], site: str) -> dict[str, Any]:
    """What the record is about; a site that was asked for is always named."""
    here = {"sites": [site]} if site else {}
    if unit == "person" and "person" not in names and "site" in names:
        return {"sites": [names["site"]]}
    if unit in _SCOPES:
        return {_SCOPES[unit]: [names.get(unit, TODO)], **here}
    return here or {"company": True}


def _needed_scope(law: Catalog, kind: Kind) -> Sequence[str]:
    schema = law.schemas.value(kind.schema_path)["properties"].get("scope", {})
    found: Sequence[str] = schema.get("required", ())
    return found


def _events(law: Catalog, profile: Mapping[str, Any], site: str) -> tuple[str, ...]:
    """The events that a register must name: those of the site's activities."""
    sites = [s for s in _items(profile, "sites") if not site or s.get("id") == site]
    done = {str(a) for s in sites for a in _listed(s, "activities")}
    return tuple(e for e, needs in law.events.items() if not needs or done & set(needs))


def _ids(profile: Mapping[str, Any], key: str) -> list[str]:
    """Ids in the profile; a broken profile has none."""
    return [str(i["id"]) for i in _items(profile, key) if "id" in i]


def _items(profile: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    return [each for each in _listed(profile, key) if isinstance(each, Mapping)]


def _listed(holder: Mapping[str, Any], key: str) -> Sequence[Any]:
    """A list of the profile, which may still be empty or broken."""
    found = holder.get(key)
    return found if isinstance(found, list) else ()


def _check(noun: str, name: str, known: Sequence[str]) -> None:
    if name and known and name not in known:
        raise UsageError(f"there is no {noun} {name}; the profile has {', '.join(known)}")
