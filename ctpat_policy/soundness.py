"""Refuses a law that names what nobody knows, or that passes where there is nothing at all."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import TYPE_CHECKING, Any

from ctpat_policy.criteria import WRITTEN, Clause, Criterion, Test, View
from ctpat_policy.errors import BrokenRule
from ctpat_policy.kinds import SERIES_UNITS, Kind, fields
from ctpat_policy.model import Place
from ctpat_policy.reads import EVIDENCE, all_joins, facts_with_places, source_of

if TYPE_CHECKING:
    from ctpat_policy.catalog import Catalog


def check(catalog: Catalog) -> None:
    """Raise BrokenRule at the first thing that is wrong with the law."""
    schemas, kinds = catalog.schemas, catalog.kinds
    for folder, shape in (("criteria", "criterion.yaml"), ("reference", "reference.yaml")):
        for path, raw in schemas.below(folder):
            schemas.need(path, raw, shape)
    criteria = catalog.criteria
    catalog.definitions.need_to_stand()
    for criterion in criteria.values():
        for rule in criterion.rules():
            rule.need_to_compile()
        _check_criterion(catalog, criterion)
    for kind in kinds.values():
        _check_kind(catalog, kind)
    _check_flows(catalog)


def _check_flows(catalog: Catalog) -> None:
    """Refuse a flow that no profile can have: its event would be taken for a rare one."""
    profile = catalog.schemas.value("security_profile.yaml")["properties"]
    known = {*_site_words(catalog), *profile["practices"]["properties"]}
    for event, flow in catalog.flows.items():
        for word in sorted(flow - known):
            message = f"flow of {event}: no profile has {word}"
            raise BrokenRule(message, Place("reference/register_events.yaml", ("rows",)))


def _site_words(catalog: Catalog) -> set[str]:
    """The activities that a site may have, and what else the profile says of it."""
    profile = catalog.schemas.value("security_profile.yaml")["properties"]
    site = profile["sites"]["items"]["properties"]
    return {*site["activities"]["items"]["enum"], *site}


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
    units = {
        "partner": catalog.schemas.value("business_partner.yaml"),
        **{noun: profile[f"{noun}s"]["items"] for noun in ("site", "system", "lane")},
    }
    facts = units.get(kind.unit, {}).get("properties", {})
    named += [("only_units", name, facts) for name in kind.only_units]
    named += [("except_units", name, facts) for name in kind.except_units]
    named += [("only_with", word, _site_words(catalog)) for word in sorted(kind.only_with)]
    for name, operation in kind.computed.items():
        at = f"computed.{name}"
        if "list" in operation.get("absent", {}):
            named.append((at, operation["absent"]["list"], catalog.lookups["checklists"]))
        if "lookup" in operation:
            named.append((at, operation["lookup"].get("list"), catalog.lookups))
    for key, name, known in named:
        if name not in known:
            raise BrokenRule(f"{key}: there is no {name}", place.inside(*key.split(".")))


def _check_criterion(catalog: Catalog, criterion: Criterion) -> None:
    top = Place(criterion.path.removeprefix("schemas/"))
    for entity in criterion.levels:
        if entity not in catalog.entity_types:
            raise BrokenRule(f"{entity} is no entity type", top.inside("levels", entity))
    if any(c.id == WRITTEN for c in criterion.clauses) != bool(criterion.elements):
        message = "the clause `written` and the elements go together"
        raise BrokenRule(message, top.inside("elements"))
    for other in criterion.reviews:
        if other not in catalog.criteria:
            raise BrokenRule(f"{other} is not in the catalog", top.inside("reviews"))
    for fact, place in facts_with_places(criterion):
        _known(catalog, criterion, fact, place)
    for view in criterion.views.values():
        joins = ((j.source, j.place.inside("from")) for j in all_joins(view.joins))
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
        found = fields(found, name) if found is not None else None
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
    if clause.id == WRITTEN and not clause.tests:
        return
    passing = [_passes_on_nothing(catalog, criterion, test) for test in clause.tests]
    if all(passing) if clause.mode == "all" else any(passing):
        raise BrokenRule(f"clause {clause.id} passes where there is nothing at all", at)


def _passes_on_nothing(catalog: Catalog, criterion: Criterion, test: Test) -> bool:
    source, name, _ = source_of(test.of)
    view = criterion.views.get(name) if source == "views" else None
    if view is None:
        return source in EVIDENCE and bool(test.rule.passes([]))
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
