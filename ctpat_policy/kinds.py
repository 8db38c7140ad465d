"""Evidence kinds: what the files below schemas/evidence say beside their JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ctpat_policy import operands
from ctpat_policy.clock import duration, plus
from ctpat_policy.errors import BrokenRule
from ctpat_policy.model import Place

UNITS = ("company", "site", "system", "partner", "lane", "person", "model", "account", "any")
#: Units whose records make a series wherever one looks; a partner's series is only its own.
SERIES_UNITS = ("company", "account", "site", "system", "lane")
MODELS = ("point", "periodic", "event", "log", "window")
BASES = ("criterion", "law", "document", "custom", "proposal")
DEMANDED_BY = ("criterion", "law", "custom", "proposal")
COVERS = ("company", "anywhere")
PRIVACY = ("none", "personal", "restricted")
FORMS = ("full", "digest", "full_or_digest", "pointer")
#: Intervals that a member may set for itself; the others are CBP's or the statute's.
OWN_BASES = ("custom", "proposal")


class Reference(NamedTuple):
    """A field that names something: path with `*` for list items, and what it names."""

    path: tuple[str, ...]
    to: str


class Kind(NamedTuple):
    """One kind of evidence record."""

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
    first: str | None
    period: tuple[str, str] | None
    trigger: str | None
    #: What calls for a record, where it is no event of the register; for people, as the deadline.
    trigger_says: str
    deadline: str | None
    valid_for: str | None
    expires: str | None
    interval_basis: str
    demanded_by: str
    covers: str
    series_from: str | None
    #: What a site must have or do one of, by the profile, for its records to be possible at all.
    only_with: frozenset[str]
    only_units: Mapping[str, Any]
    except_units: Mapping[str, Sequence[Any]]
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

    def first_due(self, since: str) -> str:
        """The last day for the first record of a unit that began on a day; none is asked before."""
        if self.first:
            return plus(since, self.first)
        return plus(plus(since, self.every or "P0D"), self.grace or "P0D")


class Shared:
    """What every kind has in common: the envelope of a record and the shape of a digest."""

    def __init__(self, envelope: Mapping[str, Any], digest: Mapping[str, Any]) -> None:
        self.digest = digest
        self.in_envelope = tuple(_references(envelope, (), envelope))
        self.in_digest = tuple(_references(digest, ("data",), digest))


def read(name: str, schema: Mapping[str, Any], shared: Shared) -> Kind:
    """One kind from its file. Raises BrokenRule where x-evidence is not as the design asks."""
    top = Place(f"evidence/{name}.yaml")
    facts = schema.get("x-evidence")
    if not isinstance(facts, Mapping):
        raise BrokenRule("x-evidence is missing", top)
    _check(top.inside("x-evidence"), facts)
    has_digest, body = _body(name, top, schema)
    bodies = [body, shared.digest] if has_digest else [body]
    _check_fields(top.inside("x-evidence"), facts, bodies, schema)
    period = facts.get("period")
    references = [
        *_references(body, ("data",), schema),
        *(shared.in_digest if has_digest else ()),
        *shared.in_envelope,
    ]
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
        first=facts.get("first"),
        period=(period[0], period[1]) if period else None,
        trigger=facts.get("trigger"),
        trigger_says=facts.get("trigger_says", ""),
        deadline=facts.get("deadline"),
        valid_for=facts.get("valid_for"),
        expires=facts.get("expires"),
        interval_basis=facts["interval_basis"],
        demanded_by=facts["demanded_by"],
        covers=facts.get("covers", ""),
        series_from=facts.get("series_from"),
        only_with=frozenset(facts.get("only_with", ())),
        only_units=facts.get("only_units", {}),
        except_units=facts.get("except_units", {}),
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


_ALLOWED = {
    "unit": UNITS,
    "model": MODELS,
    "interval_basis": BASES,
    "demanded_by": DEMANDED_BY,
    "covers": COVERS,
    "privacy": PRIVACY,
    "repo_form": FORMS,
}
_NEEDED = ("category", "criteria", "unit", "anchor", "model", "interval_basis", "demanded_by")
_KNOWN = frozenset(
    {*_NEEDED, *_ALLOWED, "unit_field", "every", "grace", "first", "period", "trigger"}
    | {"trigger_says", "deadline", "valid_for", "expires", "series_from", "only_units"}
    | {"only_with", "except_units", "retention", "asked", "computed"}
)
_SPANS = ("every", "grace", "first", "valid_for", "deadline", "retention")


def _check(place: Place, facts: Mapping[str, Any]) -> None:
    """Refuse words that mean nothing: a misspelt `cover` would only make the series shorter."""
    for key in facts:
        if key not in _KNOWN:
            raise BrokenRule(f"{key} is no key of x-evidence", place.inside(key))
    for key in (*_NEEDED, "retention", "privacy", "repo_form", "asked"):
        if key not in facts:
            raise BrokenRule(f"x-evidence lacks {key}", place)
    for key, allowed in _ALLOWED.items():
        if facts.get(key, allowed[0]) not in allowed:
            raise BrokenRule(f"{key} may not be {facts[key]}", place.inside(key))
    if facts["model"] in ("periodic", "log") and "every" not in facts:
        raise BrokenRule(f"a {facts['model']} kind needs `every`", place)
    if facts["model"] == "log" and len(facts.get("period", ())) != 2:
        raise BrokenRule("a log needs `period`, its first and its last day", place)
    for key in _SPANS:
        try:
            duration(facts.get(key) or "P1D")
        except (TypeError, ValueError) as error:
            raise BrokenRule(f"{key}: {error}", place.inside(key)) from None


def _body(name: str, top: Place, schema: Mapping[str, Any]) -> tuple[bool, Mapping[str, Any]]:
    """Whether `data` may have the shape of a digest, too, and the kind's own schema of it."""
    for key in ("title", "description", "properties"):
        if key not in schema:
            raise BrokenRule(f"{key} is missing", top)
    properties, line = schema["properties"], f"{name}/1"
    if properties.get("schema") != {"const": line}:
        raise BrokenRule(f"`schema` must be {{const: {line}}}", top.inside("properties", "schema"))
    if "data" not in properties:
        raise BrokenRule("the kind says nothing about `data`", top.inside("properties"))
    if "then" not in properties["data"]:
        return False, properties["data"]
    if "single" not in schema.get("$defs", {}):
        raise BrokenRule("a kind with a digest needs $defs.single", top)
    return True, schema["$defs"]["single"]


def _check_fields(
    place: Place,
    facts: Mapping[str, Any],
    bodies: Sequence[Mapping[str, Any]],
    root: Mapping[str, Any],
) -> None:
    """Refuse a field that no record has: it would be absent, and absence passes."""
    named = [("anchor", facts["anchor"]), ("expires", facts.get("expires"))]
    for key, field in (*named, *(("period", day) for day in facts.get("period", ()))):
        if field and not operands.inside(bodies, field, root):
            raise BrokenRule(f"{key}: there is no field {field}", place.inside(key))
    for name, why in operands.wrong(facts.get("computed", {}), bodies, root):
        raise BrokenRule(f"{name}: {why}", place.inside("computed", name))


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
