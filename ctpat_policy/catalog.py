"""The law as data: criteria, evidence kinds, entity types and dated lists, checked at load."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any

from ctpat_policy import criteria as criteria_
from ctpat_policy import kinds as kinds_
from ctpat_policy.cache import Cache
from ctpat_policy.compiled import Compiled
from ctpat_policy.criteria import Clause, Criterion, Join, Test, View
from ctpat_policy.definitions import Definitions
from ctpat_policy.errors import BrokenRule
from ctpat_policy.kinds import SERIES_UNITS, Kind
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
        try:
            _check_all(catalog)
        except BrokenRule as error:
            raise schemas.located(error) from None
        schemas.remember()
    return catalog


def installed(cache: Cache | None = None) -> Catalog:
    """The law of this installation, which was perhaps checked in an earlier run."""
    return load(Schemas(shipped(), Compiled(cache)))


def _check_all(catalog: Catalog) -> None:
    schemas, kinds = catalog.schemas, catalog.kinds
    for folder, shape in (("criteria", "criterion.yaml"), ("reference", "reference.yaml")):
        for path, raw in schemas.below(folder):
            schemas.need(path, raw, shape)
    criteria = catalog.criteria
    catalog.definitions.need_to_stand()
    for criterion in criteria.values():
        for rule in criterion.rules():
            rule.need_to_compile()
        _check(catalog, criterion)
    for kind in kinds.values():
        _check_kind(catalog, kind)


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


@lru_cache(maxsize=4096)
def source_of(fact: str) -> tuple[str, str, tuple[str, ...]]:
    """Split a fact's path into its source, the name in it, and the rest."""
    source, _, rest = fact.partition(".")
    name, _, inner = rest.partition(".")
    return source, name, tuple(inner.split(".")) if inner else ()


def kinds_read(criterion: Criterion) -> set[str]:
    """The evidence kinds whose records a criterion reads."""
    read: set[str] = set()
    for fact in _facts_of(criterion):
        source, name, _ = source_of(fact)
        if source in ("current", "records", "holes"):
            read.add(name)
    if any(view.known_by for view in criterion.views.values()):
        read.add("event_register")
    return read


def kinds_read_whole(criterion: Criterion, kinds: Mapping[str, Kind]) -> set[str]:
    """Those of them of which a dossier may see every record, not only those that its subject sees:
    all for the company, else the series of other units than its subject.
    """
    if criterion.scope == "company":
        return kinds_read(criterion)
    sources = map(source_of, _facts_of(criterion))
    series = {name for source, name, _ in sources if source == "holes"}
    if any(view.known_by for view in criterion.views.values()):
        series.add("event_register")
    return {kind for kind in series if kinds[kind].unit != criterion.scope}


def reads_partners(criterion: Criterion) -> bool:
    """Whether a dossier may see every business partner, not only its subject."""
    return criterion.scope == "company" or any(
        fact.startswith("company.partners") for fact in _facts_of(criterion)
    )


def _facts_of(criterion: Criterion) -> list[str]:
    return [fact for fact, _ in _facts_with_places(criterion)]


def _facts_with_places(criterion: Criterion) -> Iterator[tuple[str, Place]]:
    """Every fact that a criterion reads, and where it says so."""
    conditions = [criterion.applies, *(c.applies for c in criterion.clauses)]
    for condition in (*conditions, *(e.applies for e in criterion.elements)):
        if condition is not None:
            yield condition.of, condition.rule.place
    for test in (t for c in criterion.clauses for t in c.tests):
        yield test.of, test.rule.place
    for view in criterion.views.values():
        for fact in view.each:
            yield fact, view.place.inside("each")
        for join in _all_joins(view.joins):
            yield join.source, join.place.inside("from")


def _all_joins(joins: Sequence[Join]) -> list[Join]:
    return [each for join in joins for each in (join, *_all_joins(join.joins))]


def _check_kind(catalog: Catalog, kind: Kind) -> None:
    """Refuse what a kind names and nothing else knows."""
    place = Place(kind.schema_path, ("x-evidence",))
    profile = catalog.schemas.value("security_profile.yaml")["properties"]
    named: list[tuple[str, str, Container[str]]]
    named = [("criteria", c, catalog.criteria) for c in kind.criteria]
    named += [("trigger", kind.trigger, catalog.events)] if kind.trigger else []
    if kind.series_from:
        sites = profile["sites"]["items"]["properties"]
        named.append(("series_from", kind.series_from, sites))
    for name, operation in kind.computed.items():
        at = f"computed.{name}"
        if "list" in operation.get("absent", {}):
            named.append((at, operation["absent"]["list"], catalog.lookups["checklists"]))
        if "lookup" in operation:
            named.append((at, operation["lookup"].get("list"), catalog.lookups))
    for key, name, known in named:
        if name not in known:
            raise BrokenRule(f"{key}: there is no {name}", place.inside(*key.split(".")))


def _check(catalog: Catalog, criterion: Criterion) -> None:
    top = Place(criterion.path.removeprefix("schemas/"))
    for entity in criterion.levels:
        if entity not in catalog.entity_types:
            raise BrokenRule(f"{entity} is no entity type", top.inside("levels", entity))
    if any(c.id == criteria_.WRITTEN for c in criterion.clauses) != bool(criterion.elements):
        message = "the clause `written` and the elements go together"
        raise BrokenRule(message, top.inside("elements"))
    for other in criterion.reviews:
        if other not in catalog.criteria:
            raise BrokenRule(f"{other} is not in the catalog", top.inside("reviews"))
    for fact, place in _facts_with_places(criterion):
        _known(catalog, criterion, fact, place)
    for view in criterion.views.values():
        joins = ((j.source, j.place.inside("from")) for j in _all_joins(view.joins))
        for fact, place in (*((fact, view.place.inside("each")) for fact in view.each), *joins):
            if source_of(fact)[0] == "views":
                raise BrokenRule("a view cannot be made of views", place)
        if view.known_by and view.known_by not in catalog.events:
            message = f"{view.known_by} is no register event"
            raise BrokenRule(message, view.place.inside("known_by"))
    for index, clause in enumerate(criterion.clauses):
        _fails_on_nothing(catalog, criterion, clause, top.inside("clauses", index))


_COMPANY = ("member", "practices", "sites", "lanes", "systems", "partners", "people", "settings")
_WRITTEN = ("procedures", "uncovered", "overdue", "unapproved")


def _known(catalog: Catalog, criterion: Criterion, fact: str, place: Place) -> None:
    """Refuse a fact that no dossier holds: it would be absent, and absence passes."""
    source, name, rest = source_of(fact)
    if source in ("current", "records"):
        known = name in catalog.kinds and _has_field(catalog, name, rest)
    elif source == "holes":
        known = name in catalog.kinds and not rest
        if known and not _has_series(catalog.kinds[name], criterion.scope):
            message = f"{name} has no series at the scope {criterion.scope}, so it has no holes"
            raise BrokenRule(message, place)
    elif source == "reference":
        known = name in catalog.reference
    elif source == "views":
        known = name in criterion.views
    elif source == "written":
        known = name in _WRITTEN
    elif source == "company":
        known = name in _COMPANY and (
            name != "practices" or not rest or _practice(catalog, rest[0])
        )
    elif source == "subject":
        known = name in ("", "id") or _subject_field(catalog, criterion.scope, (name, *rest))
    elif source == "account":
        known = (
            name
            in catalog.schemas.value("security_profile.yaml")["properties"]["accounts"]["items"][
                "properties"
            ]
        )
    else:
        known = fact == "as_of"
    if not known:
        raise BrokenRule(f"no dossier holds the fact {fact}", place)


def _has_series(kind: Kind, scope: str) -> bool:
    """Whether records of a kind can leave holes in what a criterion of that scope looks at."""
    if kind.model not in ("periodic", "log"):
        return False
    return kind.unit in SERIES_UNITS or kind.unit == scope == "partner"


def _has_field(catalog: Catalog, kind: str, path: tuple[str, ...]) -> bool:
    if not path:
        return True
    schema = catalog.schemas.value(f"evidence/{kind}.yaml")
    bodies = [schema.get("$defs", {}).get("single"), schema["properties"]["data"]]
    return path[0] == "data" and any(b is not None and _path_in(b, path[1:]) for b in bodies)


def _path_in(schema: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    found: Mapping[str, Any] | None = schema
    for name in path:
        found = kinds_.fields(found, name) if found is not None else None
    return found is not None


def _practice(catalog: Catalog, name: str) -> bool:
    profile = catalog.schemas.value("security_profile.yaml")
    return name in profile["properties"]["practices"]["properties"]


def _subject_field(catalog: Catalog, scope: str, path: tuple[str, ...]) -> bool:
    if scope == "partner":
        return _path_in(catalog.schemas.value("business_partner.yaml"), path)
    if scope == "site":
        profile = catalog.schemas.value("security_profile.yaml")
        return _path_in(profile["properties"]["sites"], path)
    return path[0] in _COMPANY


def _fails_on_nothing(catalog: Catalog, criterion: Criterion, clause: Clause, at: Place) -> None:
    """Each clause must fail, or be unknown, where there is nothing at all."""
    if clause.id == criteria_.WRITTEN and not clause.tests:
        return
    passing = [_passes_on_nothing(catalog, criterion, test) for test in clause.tests]
    if all(passing) if clause.mode == "all" else any(passing):
        raise BrokenRule(f"clause {clause.id} passes where there is nothing at all", at)


def _passes_on_nothing(catalog: Catalog, criterion: Criterion, test: Test) -> bool:
    source, name, _ = source_of(test.of)
    view = criterion.views.get(name) if source == "views" else None
    if view is None:
        return source in ("current", "records", "holes") and bool(test.rule.passes([]))
    if view.known_by:
        return False
    return bool(test.rule.passes(_rows_on_nothing(catalog, view)))


def _rows_on_nothing(catalog: Catalog, view: View) -> list[Any]:
    rows = []
    for fact in view.each:
        source, name, _ = source_of(fact)
        if source == "reference":
            empty: dict[str, Any] = {join.name: [] for join in view.joins}
            rows += [
                {**row, **empty} for row in catalog.reference[name] if isinstance(row, Mapping)
            ]
    return [row for row in rows if view.only is None or view.only.passes(row)]
