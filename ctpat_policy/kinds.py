"""Evidence kinds: what the files below schemas/evidence say beside their JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ctpat_policy.clock import duration
from ctpat_policy.errors import BrokenRule

UNITS = ("company", "site", "system", "partner", "lane", "person", "model", "account", "any")
MODELS = ("point", "periodic", "event", "log", "window")
BASES = ("criterion", "law", "document", "custom", "proposal")
#: Intervals that a member may set for itself; the others are CBP's or the statute's.
OWN_BASES = ("custom", "proposal")


@dataclass(frozen=True, slots=True)
class Reference:
    """A field that names something: path with `*` for list items, and what it names."""

    path: tuple[str, ...]
    to: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of evidence record (design.md section 2, Evidence)."""

    id: str
    title: str
    description: str
    category: int
    criteria: tuple[str, ...]
    unit: str
    unit_field: str
    anchor: str
    model: str
    every: str | None
    grace: str | None
    period: tuple[str, str] | None
    trigger: str | None
    valid_for: str | None
    expires: str | None
    interval_basis: str
    demanded_by: str
    covers: str
    series_from: str | None
    only_units: Mapping[str, Any]
    retention: str
    privacy: str
    repo_form: str
    asked: str
    computed: Mapping[str, Mapping[str, Any]]
    references: tuple[Reference, ...]
    has_digest: bool

    @property
    def schema_path(self) -> str:
        """Its file below schemas/."""
        return f"evidence/{self.id}.yaml"


def read(name: str, schema: Mapping[str, Any], shared: Mapping[str, Mapping[str, Any]]) -> Kind:
    """One kind from its file. `shared` holds envelope.yaml and digest.yaml.

    Raises BrokenRule where x-evidence is not what the design asks for.
    """
    where = f"schemas/evidence/{name}.yaml"
    facts = schema.get("x-evidence")
    if not isinstance(facts, Mapping):
        raise BrokenRule(f"{where}: x-evidence is missing")
    _check(where, facts)
    period = facts.get("period")
    data = schema["properties"]["data"]
    has_digest = "then" in data
    bodies = [schema["$defs"]["single"], shared["digest.yaml"]] if has_digest else [data]
    references = [r for body in bodies for r in _references(body, ("data",), schema)]
    references += list(_references(shared["envelope.yaml"], (), shared["envelope.yaml"]))
    return Kind(
        id=name,
        title=schema["title"],
        description=schema["description"],
        category=facts["category"],
        criteria=tuple(facts["criteria"]),
        unit=facts["unit"],
        unit_field=facts.get("unit_field", ""),
        anchor=facts["anchor"],
        model=facts["model"],
        every=facts.get("every"),
        grace=facts.get("grace", "P0D" if "every" in facts else None),
        period=(period[0], period[1]) if period else None,
        trigger=facts.get("trigger"),
        valid_for=facts.get("valid_for"),
        expires=facts.get("expires"),
        interval_basis=facts["interval_basis"],
        demanded_by=facts["demanded_by"],
        covers=facts.get("covers", ""),
        series_from=facts.get("series_from"),
        only_units=facts.get("only_units", {}),
        retention=facts["retention"],
        privacy=facts["privacy"],
        repo_form=facts["repo_form"],
        asked=facts["asked"],
        computed=facts.get("computed", {}),
        references=tuple(references),
        has_digest=has_digest,
    )


def fields(schema: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    """The subschema of one field of a mapping or of the items of a list, or None."""
    if "items" in schema:
        schema = schema["items"]
    found = schema.get("properties", {}).get(name)
    return found if isinstance(found, Mapping) else None


def _check(where: str, facts: Mapping[str, Any]) -> None:
    needed = ("category", "criteria", "unit", "anchor", "model", "interval_basis", "demanded_by")
    for key in (*needed, "retention", "privacy", "repo_form", "asked"):
        if key not in facts:
            raise BrokenRule(f"{where}: x-evidence lacks {key}")
    for key, allowed in (("unit", UNITS), ("model", MODELS), ("interval_basis", BASES)):
        if facts[key] not in allowed:
            raise BrokenRule(f"{where}: {key} may not be {facts[key]}")
    if facts["model"] in ("periodic", "log") and "every" not in facts:
        raise BrokenRule(f"{where}: a {facts['model']} kind needs `every`")
    if facts["model"] == "log" and "period" not in facts:
        raise BrokenRule(f"{where}: a log needs `period`")
    for key in ("every", "grace", "valid_for", "retention"):
        try:
            duration(facts.get(key, "P1D"))
        except ValueError as error:
            raise BrokenRule(f"{where}: {key}: {error}") from None


def _references(
    schema: Mapping[str, Any], path: tuple[str, ...], root: Mapping[str, Any]
) -> Iterator[Reference]:
    """Every x-ref below a schema; `$ref`s inside the same file are followed."""
    local = str(schema.get("$ref", ""))
    if local.startswith("#/$defs/"):
        yield from _references(root["$defs"][local.removeprefix("#/$defs/")], path, root)
    if "x-ref" in schema:
        yield Reference(path, schema["x-ref"])
    for name, inner in schema.get("properties", {}).items():
        if isinstance(inner, Mapping):
            yield from _references(inner, (*path, name), root)
    if isinstance(schema.get("items"), Mapping):
        yield from _references(schema["items"], (*path, "*"), root)
