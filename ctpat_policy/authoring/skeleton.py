"""A commented skeleton of a record, a partner or a procedure: what to write, where, and why.

What only a person can know is TODO, and a document with a TODO never passes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ctpat_policy.authoring.fields import Field, fields
from ctpat_policy.authoring.yaml_text import block, comment, commented_out, scalar
from ctpat_policy.catalog import Catalog
from ctpat_policy.criteria import Criterion, Element
from ctpat_policy.kinds import Kind
from ctpat_policy.unfinished import TODO

#: Criteria, each with those of its elements that a procedure is to spell out.
Answered = Sequence[tuple[Criterion, Sequence[Element]]]
#: Keys of the envelope that a skeleton shows though nobody has to fill them in.
_OPTIONAL = ("accounts", "reviewed_by", "reviewed_on", "attachments", "notes")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known before anybody writes: days, and what the record is about.

    `day` is that of what is told; empty when nobody said: a day that is filled in is taken for one.
    `names` holds the only or chosen id of each thing that a field can name (site, partner, ...).
    `events` are those that a register of the place must name.
    """

    today: str
    day: str
    names: Mapping[str, str] = field(default_factory=dict)
    scope: Mapping[str, Any] = field(default_factory=dict)
    accounts: tuple[str, ...] = ()
    events: tuple[str, ...] = ()


def record(law: Catalog, kind: Kind, known: Known, digest: bool = False) -> str:
    """A record of a kind; with `digest`, the one that sums up many."""
    schema = law.schemas.value(kind.schema_path)
    data = schema["properties"]["data"]
    body = (data["then"] if digest else data["else"]) if kind.has_digest else data
    envelope = {f.name: f for f in fields(law.schemas, "envelope.yaml", {"$ref": "envelope.yaml"})}
    wanted = [name for name in schema["required"] if name not in ("schema", "scope", "data")]
    shown = (*wanted, "accounts") if known.accounts else wanted
    optional = [name for name in _OPTIONAL if name not in shown and name in envelope]
    anchors = ("period_to",) if digest else (kind.anchor,)
    lines = [
        *_head(f"{kind.title}: {kind.description}", kind.id),
        f"schema: {kind.id}/1",
        *(_scalars(envelope["accounts"], known.accounts, 0) if known.accounts else ()),
        *comment(envelope["scope"].says, 0),
        f"scope: {_flow(known.scope)}",
        *_lines([envelope[name] for name in wanted], _Values(known, ("recorded_on",)), 0),
        "data:",
        *_lines(fields(law.schemas, kind.schema_path, body), _Values(known, anchors), 2),
        *_optional([envelope[name] for name in optional], _Values(known, ()), 0),
    ]
    return "\n".join(lines) + "\n"


def partner(law: Catalog, known: Known) -> str:
    """A business partner."""
    schema = law.schemas.value("business_partner.yaml")
    found = [f for f in fields(law.schemas, "business_partner.yaml", schema) if f.name != "schema"]
    head = _head(f"{schema['title']}: {schema['description']}", "")
    lines = [*head, "schema: business_partner/1", *_lines(found, _Values(known, ()), 0)]
    return "\n".join(lines) + "\n"


def procedure(law: Catalog, known: Known, title: str, criteria: Answered) -> str:
    """A procedure with one step for each element; `criteria` names them."""
    schema = law.schemas.value("procedure.yaml")
    found = {f.name: f for f in fields(law.schemas, "procedure.yaml", schema)}
    values = {
        "title": title,
        "version": "0.1",
        "owner": known.names.get("person", TODO),
        "sites": [known.names["site"]] if "sites" in known.scope else None,
        "review_every": "P1Y",
    }
    lines = [*_head(f"{schema['title']}: {schema['description']}", ""), "schema: procedure/1"]
    for name, value in values.items():
        if value is not None:
            lines += _scalars(found[name], value, 0)
    steps = _named(criteria)
    lines += [*comment(found["steps"].says, 0), "steps:"]
    for step, criterion, says in steps:
        number = f"{criterion} " if criterion else ""
        lines += [f"  - id: {step}", "    text: >-", *block(f"TODO {number}{says}?", 6)]
    lines += [*comment(found["satisfies"].says, 0), *_satisfies(criteria, steps)]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class _Values:
    """What a field gets: a day where it is the anchor, a known name, else a TODO."""

    known: Known
    anchors: tuple[str, ...]

    def of(self, one: Field) -> Any:
        if one.name == "events" and self.known.events:
            return None
        if one.name in self.anchors and one.schema.get("format") == "date":
            return self.known.today if one.name == "recorded_on" else self.known.day or TODO
        if one.to in self.known.names and one.to != "person":
            return self.known.names[one.to]
        if one.name == "account" and len(self.known.accounts) == 1:
            return self.known.accounts[0]
        return TODO

    def wants(self, one: Field) -> bool:
        return one.required or one.name in self.known.events


def _head(about: str, explain: str) -> Iterator[str]:
    yield from comment(about, 0)
    more = f" `ctpat-policy explain {explain}` says more." if explain else ""
    yield from comment(
        "Replace every TODO. What is commented out is optional, unless its comment says when it is "
        "needed: take the # away to use it." + more,
        0,
    )


def _lines(found: Any, values: _Values, indent: int) -> Iterator[str]:
    wanted = [one for one in found if values.wants(one)]
    for one in wanted:
        yield from _one(one, values, indent)
    yield from _optional([one for one in found if one not in wanted], values, indent)


def _optional(found: list[Field], values: _Values, indent: int) -> Iterator[str]:
    for one in found:
        yield from commented_out(_one(one, values, indent))


def _one(one: Field, values: _Values, indent: int) -> Iterator[str]:
    pad = " " * indent
    yield from comment(one.says, indent)
    needed = [inner for inner in one.inner if values.wants(inner)]
    value = values.of(one)
    if not one.inner:
        yield f"{pad}{one.name}: {scalar([value] if one.listed and value != TODO else value)}"
    elif not needed and not one.listed:
        yield f"{pad}{one.name}:"
        yield from _optional(list(one.inner), values, indent + 2)
    elif one.listed:
        yield f"{pad}{one.name}:"
        first, *rest = list(_lines(one.inner, values, indent + 4))
        yield from _item([first, *rest], indent + 2)
    else:
        yield f"{pad}{one.name}:"
        yield from _lines(one.inner, values, indent + 2)


def _item(lines: list[str], indent: int) -> Iterator[str]:
    """Lines of a mapping as one item of a list: the dash goes before its first key."""
    at = next(i for i, line in enumerate(lines) if not line.lstrip().startswith("#"))
    for index, line in enumerate(lines):
        yield f"{' ' * indent}- {line.lstrip()}" if index == at else line


def _scalars(one: Field, value: Any, indent: int) -> Iterator[str]:
    yield from comment(one.says, indent)
    yield f"{' ' * indent}{one.name}: {scalar(value)}"


def _flow(scope: Mapping[str, Any]) -> str:
    return f"{{{', '.join(f'{key}: {scalar(value)}' for key, value in scope.items())}}}"


def _named(criteria: Answered) -> list[tuple[str, str, str]]:
    """Step id, criterion and question of every element; an id that is taken gets the number."""
    if not criteria:
        return [("first", "", "what is done, by whom, when, and what is written down")]
    taken: set[str] = set()
    steps = []
    for criterion, elements in criteria:
        for element in elements:
            number = criterion.id.removeprefix("MSC-").replace(".", "_")
            name = element.id if element.id not in taken else f"{element.id}_{number}"[:64]
            taken.add(name)
            steps.append((name, criterion.id.removeprefix("MSC-"), element.says))
    return steps


def _satisfies(criteria: Answered, steps: list[tuple[str, str, str]]) -> Iterator[str]:
    if not criteria:
        yield "satisfies: {}"
        return
    yield "satisfies:"
    names = iter(steps)
    for criterion, elements in criteria:
        yield f"  {criterion.id}:"
        for element in elements:
            yield f"    {element.id}: [{next(names)[0]}]"
