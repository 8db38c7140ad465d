"""The law as data: criteria, evidence kinds, entity types and dated lists, checked at load."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from ctpat_policy import criteria as criteria_
from ctpat_policy import kinds as kinds_
from ctpat_policy.cache import Cache
from ctpat_policy.compiled import Compiled
from ctpat_policy.criteria import Criterion
from ctpat_policy.definitions import Definitions
from ctpat_policy.errors import BrokenRule
from ctpat_policy.kinds import Kind
from ctpat_policy.model import Place
from ctpat_policy.schemas import Schemas, shipped


class Catalog:
    """Everything below schemas/, typed when it is asked for."""

    def __init__(self, schemas: Schemas) -> None:
        self.schemas = schemas

    @cached_property
    def kinds(self) -> Mapping[str, Kind]:
        """The evidence kinds by their names."""
        shared = kinds_.Shared(*map(self.schemas.value, ("envelope.yaml", "digest.yaml")))
        found = {_stem(path): raw for path, raw in self.schemas.below("evidence")}
        return {name: kinds_.read(name, raw, shared) for name, raw in found.items()}

    @cached_property
    def criteria(self) -> Mapping[str, Criterion]:
        """The criteria by their ids, in the order of their numbers."""
        views = self.schemas.value("views.yaml")
        files = self.schemas.below("criteria")
        return _by_number([criteria_.read(p, raw, self.definitions, views) for p, raw in files])

    @cached_property
    def reference(self) -> Mapping[str, Sequence[Any]]:
        """The rows of the reference lists by their names."""
        return {_stem(path): raw["rows"] for path, raw in self.schemas.below("reference")}

    @cached_property
    def facts(self) -> Mapping[str, Any]:
        """The definitions that rules may name."""
        found: Mapping[str, Any] = self.schemas.value("facts.yaml")["$defs"]
        return found

    @cached_property
    def definitions(self) -> Definitions:
        """The same, to be written out."""
        return Definitions(self.facts)

    @cached_property
    def entity_types(self) -> Mapping[str, Mapping[str, Any]]:
        """The twelve entity types by id."""
        return {row["id"]: row for row in self.reference["entity_types"]}

    @cached_property
    def approvers(self) -> Mapping[str, tuple[str, ...]]:
        """Functions that may approve a kind of document."""
        return {r["document"]: tuple(r["functions"]) for r in self.reference["approvers"]}

    @cached_property
    def events(self) -> Mapping[str, tuple[str, ...]]:
        """Register events, each with the activities of the sites that must name it."""
        return {
            r["event"]: tuple(r.get("activities", ())) for r in self.reference["register_events"]
        }

    @cached_property
    def flows(self) -> Mapping[str, frozenset[str]]:
        """Register events with what cannot be without them: activities, features, practices."""
        return {r["event"]: frozenset(r.get("flow", ())) for r in self.reference["register_events"]}

    @cached_property
    def lookups(self) -> Mapping[str, Mapping[str, Any]]:
        """Reference lists that map a name to a value: checklists and what needs which."""
        return {
            "checklists": {r["name"]: r["points"] for r in self.reference["checklists"]},
            "checklist_for_unit": {
                r["key"]: r["value"] for r in self.reference["checklist_for_unit"]
            },
        }

    @cached_property
    def category_folders(self) -> Mapping[int, str]:
        """Category number to its folder name, such as 06-seal-security."""
        return {r["number"]: r["folder"] for r in self.reference["categories"]}


def load(schemas: Schemas) -> Catalog:
    """The whole catalog, checked. Raises BrokenRule at the first thing that is wrong."""
    catalog = Catalog(schemas)
    if not schemas.checked:
        from ctpat_policy import soundness  # not loaded where the law was checked before

        try:
            soundness.check(catalog)
        except BrokenRule as error:
            raise schemas.located(error) from None
        schemas.remember()
    return catalog


def installed(cache: Cache | None = None) -> Catalog:
    """The law of this installation, which was perhaps checked in an earlier run."""
    return load(Schemas(shipped(), Compiled(cache)))


def _stem(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".yaml")


def _by_number(found: Sequence[Criterion]) -> dict[str, Criterion]:
    """The criteria in order; each file is named by the number of its own one."""
    for criterion in found:
        folder, _, name = criterion.path.removeprefix("schemas/criteria/").partition("/")
        number = criterion.id.removeprefix("MSC-")
        if name != f"{number}.yaml" or not folder.startswith(f"{criterion.category:02}-"):
            place = Place(criterion.path.removeprefix("schemas/"), ("criterion",))
            raise BrokenRule(f"{criterion.id} does not belong into this file", place)
    return {c.id: c for c in sorted(found, key=lambda c: c.number)}
