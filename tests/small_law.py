"""A small law for tests of the engine: three made-up kinds, one made-up criterion, real lists.

Tests change it by JSON merge patches, in memory (`SmallLaw`) or in a folder (`folder`).
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ctpat_policy import catalog, program, schemas
from ctpat_policy.assess import judge
from ctpat_policy.catalog import Catalog
from ctpat_policy.dossiers.facts import Dossier, company_facts, subjects
from ctpat_policy.dossiers.ledger import Ledger
from ctpat_policy.filing import PROFILE, Filed, Files
from ctpat_policy.model import ClauseResult
from ctpat_policy.program import Programme
from tests import company
from tests.company import NoFiles, dump, example, patched

DOOR_CHECK = "evidence/door_check.yaml"
GATE_LOG = "evidence/gate_log.yaml"
LOAD_SHEET = "evidence/load_sheet.yaml"
CRITERION = "criteria/09-physical-security/9.4.yaml"
DRAFT = "https://json-schema.org/draft/2020-12/schema"

_TEXT = {"type": "string"}
_DAY = {"type": "string", "format": "date"}
_COUNT = {"type": "integer", "minimum": 0}


def _kind(name: str, data: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "$schema": DRAFT,
        "title": name.replace("_", " ").capitalize(),
        "description": "A made-up kind.",
        "allOf": [{"$ref": "../envelope.yaml"}],
        "required": ["schema", "scope", "recorded_on", "recorded_by", "data"],
        "properties": {"schema": {"const": f"{name}/1"}, "data": data},
        "unevaluatedProperties": False,
        "x-evidence": {
            "category": 9,
            "criteria": ["MSC-9.4"],
            "unit": "site",
            "interval_basis": "custom",
            "demanded_by": "custom",
            "retention": "P5Y",
            "privacy": "none",
            "repo_form": "full",
            "asked": "May we see it?",
            **facts,
        },
    }


_DOOR = {
    "type": "object",
    "required": ["checked_on"],
    "additionalProperties": False,
    "properties": {
        "checked_on": _DAY,
        "site": {**_TEXT, "x-ref": "site"},
        "checker": {**_TEXT, "x-ref": "person"},
        "doors": _COUNT,
        "open": _COUNT,
        "shut": _COUNT,
        "expires_on": _DAY,
        "countries": {"type": "array", "items": _TEXT},
        "action": {**_TEXT, "x-ref": "corrective_action"},
        "points": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "point": _TEXT,
                    "ok": {"type": "boolean"},
                    "site": {**_TEXT, "x-ref": "site"},
                    "dated": _DAY,
                    "due": _DAY,
                    "action": {**_TEXT, "x-ref": "corrective_action"},
                    "parts": {"type": "array", "items": _TEXT},
                },
            },
        },
    },
}
_LOG = {
    "type": "object",
    "required": ["first", "last"],
    "additionalProperties": False,
    "properties": {"first": _DAY, "last": _DAY, "visitors": _COUNT},
}
_SHEET = {
    "type": "object",
    "required": ["loaded_on", "shipment"],
    "additionalProperties": False,
    "properties": {"loaded_on": _DAY, "shipment": _TEXT, "ok": {"type": "boolean"}},
}
_BASE: Mapping[str, Any] = {
    DOOR_CHECK: _kind(
        "door_check",
        _DOOR,
        {"anchor": "checked_on", "model": "periodic", "every": "P1M", "grace": "P14D"}
        | {"valid_for": "P2M", "expires": "expires_on"},
    ),
    GATE_LOG: _kind(
        "gate_log",
        _LOG,
        {"anchor": "last", "model": "log", "every": "P1M", "grace": "P10D"}
        | {"valid_for": "P2M", "period": ["first", "last"]},
    ),
    LOAD_SHEET: _kind(
        "load_sheet",
        {
            "if": {"required": ["count", "not_ok"]},
            "then": {"$ref": "../digest.yaml"},
            "else": {"$ref": "#/$defs/single"},
        },
        {"anchor": "loaded_on", "model": "event", "trigger": "load", "repo_form": "full_or_digest"},
    )
    | {"$defs": {"single": _SHEET}},
    CRITERION: {
        "schema": "criterion/1",
        "criterion": "MSC-9.4",
        "title": "Doors",
        "requirement": "Doors are looked at.",
        "levels": {"consolidator": [{"level": "must", "basis": "confirmed"}]},
        "scope": "site",
        "review_within": "P1Y",
        "elements": {},
        "clauses": [
            {
                "id": "checked",
                "level": "must",
                "all": [
                    {
                        "of": "current.door_check",
                        "rule": {"minItems": 1},
                        "gap": "no current check of the doors of <id>",
                    }
                ],
            }
        ],
        "remedy": "Look at the doors.",
        "asks": "Who looks at the doors?",
    },
}
#: Shipped kinds that steer verdicts; the criteria that read them are left out here.
_SHIPPED = ("event_register", "corrective_action", "criterion_exception")


@cache
def base() -> Path:
    """A folder with the small law, made once; never change it."""
    made = Path(tempfile.mkdtemp(prefix="small-law-"))
    shipped = schemas.shipped()
    for file in (*shipped.glob("*.yaml"), *shipped.glob("reference/*.yaml")):
        _put(made, file.relative_to(shipped).as_posix(), company.read_yaml(file))
    for name in _SHIPPED:
        value = company.read_yaml(shipped / "evidence" / f"{name}.yaml")
        value["x-evidence"]["criteria"] = []
        _put(made, f"evidence/{name}.yaml", value)
    for path, value in _BASE.items():
        _put(made, path, value)
    return made


def folder(into: Path, patches: Mapping[str, Any] | None = None) -> Path:
    """A copy of the small law, each file named in `patches` changed by its merge patch."""
    made = shutil.copytree(base(), into / "schemas")
    for path, patch in (patches or {}).items():
        old = company.read_yaml(made / path) if (made / path).is_file() else {}
        _put(made, path, patched(old, patch))
    return made


def load(patches: Mapping[str, Any] | None = None) -> Catalog:
    """The small law, changed by merge patches; the same value for the same patches."""
    return _load(json.dumps(patches or {}))


@cache
def _load(patches: str) -> Catalog:
    with tempfile.TemporaryDirectory() as made:
        return catalog.load(schemas.Schemas(folder(Path(made), json.loads(patches))))


def _put(made: Path, path: str, value: Any) -> None:
    (made / path).parent.mkdir(parents=True, exist_ok=True)
    plain = json.loads(json.dumps(value))  # what stands in two places must not become an anchor
    (made / path).write_text(dump(plain), encoding="utf-8")


class SmallLaw:
    """A small law with a company under it: facts and verdicts as a test wants them."""

    def __init__(
        self, patches: Mapping[str, Any] | None = None, *, views: Any = None, scope: str = "site"
    ) -> None:
        changed = dict(patches or {})
        criterion = {"scope": scope, **({"views": views} if views else {})}
        changed[CRITERION] = patched(changed.get(CRITERION, {}), criterion)
        self.catalog = load(changed)

    def programme(
        self,
        records: Mapping[str, Iterable[Mapping[str, Any]]] | None = None,
        *,
        today: str = company.TODAY,
        profile: Mapping[str, Any] | None = None,
        procedures: Iterable[Mapping[str, Any]] = (),
        partners: Iterable[Mapping[str, Any]] = ({},),
        real_today: str = "",
    ) -> Programme:
        """A linked programme; every document must fit its schema."""
        value = patched(example("security_profile"), profile or {})
        found = {
            "security_profile": [Filed(PROFILE, "security_profile", "security-profile", value)]
        }
        found["procedure"] = [company.filed_procedure(i, p) for i, p in enumerate(procedures, 1)]
        found["business_partner"] = [company.filed_partner(i, p) for i, p in enumerate(partners, 1)]
        for kind, patches in (records or {}).items():
            found[kind] = [self._record(kind, i, p) for i, p in enumerate(patches, 1)]
        for filed in (f for many in found.values() for f in many):
            core = filed.path.startswith("policies/")
            path = f"{filed.kind}.yaml" if core else f"evidence/{filed.kind}.yaml"
            assert self.catalog.schemas.violations(path, filed.value) == [], filed.path
        made = Files(documents=found, count=1)
        built = program.build(made, self.catalog, NoFiles(), today, real_today or today)
        assert built is not None
        return built

    def dossier(self, programme: Programme, subject: str = "", account: int = 0) -> Dossier:
        """The dossier of the criterion for one subject (default: the first one)."""
        ledger = Ledger(self.catalog, programme, programme.profile["accounts"][account])
        facts = company_facts(ledger)
        criterion = self.catalog.criteria["MSC-9.4"]
        found = {s.id: s for s in subjects(ledger, criterion, facts)}
        return Dossier(ledger, criterion, found[subject or next(iter(found))], facts)

    def clause(self, programme: Programme, subject: str = "", clause: str = "") -> ClauseResult:
        """What becomes of one clause (default: the first one)."""
        dossier = self.dossier(programme, subject)
        clauses = {c.id: c for c in dossier.criterion.clauses}
        return judge(dossier, clauses[clause or next(iter(clauses))])

    def _record(self, kind: str, index: int, patch: Mapping[str, Any]) -> Filed:
        if kind == "corrective_action":  # of its one criterion
            patch = {**patch, "data": {"criteria": ["MSC-9.4"], **patch.get("data", {})}}
        if kind in _SHIPPED:
            return company.filed_record(kind, index, patch)
        value = dict(patch)
        name = value.pop("id", f"r{index}")
        whole = {
            "schema": f"{kind}/1",
            "scope": {"sites": ["S-1"]},
            "recorded_on": company.TODAY,
            "recorded_by": "P-2",
            **value,
        }
        return Filed(f"evidence/{kind}/{name}.yaml", kind, name, whole)
