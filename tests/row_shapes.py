"""What the rows of a fact can hold, by the schemas; for tests that look for slips in names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ctpat_policy.catalog import Catalog
from ctpat_policy.criteria import Criterion, Join, View
from ctpat_policy.reads import source_of

Shape = Mapping[str, Any]
#: A shape is a JSON Schema of which only `properties`, `items` and `union` count.
_ROOTS = ("subject", "account", "company", "as_of")


def unknown_fields(catalog: Catalog, criterion: Criterion) -> Iterator[str]:
    """Every dotted name in the rules and views of a criterion that no row holds."""
    shapes = _Shapes(catalog, criterion)
    for clause in criterion.clauses:
        for test in clause.tests:
            yield from _unknown(test.rule.schema, shapes.of(test.of))
    conditions = [criterion.applies, *(c.applies for c in criterion.clauses)]
    for applies in (*conditions, *(e.applies for e in criterion.elements)):
        if applies is not None:
            yield from _unknown(applies.rule.schema, shapes.of(applies.of))
    for view in criterion.views.values():
        rows = [row for fact in view.each for row in shapes.of(fact)]
        if view.only is not None:
            yield from _unknown(view.only.schema, rows)
        if view.unique and not _inside(rows, view.unique):
            yield view.unique
        yield from _unknown_in_joins(view.joins, rows, shapes)


def _unknown_in_joins(joins: Iterable[Join], rows: list[Shape], shapes: _Shapes) -> Iterator[str]:
    for join in joins:
        candidates = shapes.of(join.source)
        for left, _, right in join.where:
            if not _inside(candidates, left):
                yield left
            if right.partition(".")[0] not in _ROOTS and not _inside(rows, right):
                yield right
        if join.at and join.at.partition(".")[0] not in _ROOTS and not _inside(rows, join.at):
            yield join.at
        if join.only is not None:
            yield from _unknown(join.only.schema, candidates)
        of = {"properties": {"of": {"union": rows}}}
        yield from _unknown_in_joins(join.joins, [*candidates, of], shapes)


def _unknown(rule: Shape, rows: list[Shape]) -> Iterator[str]:
    return (name for name in dict.fromkeys(_names(rule)) if not _inside(rows, name))


def _names(rule: Any, under: str = "") -> Iterator[str]:
    """Dotted names of all that a rule speaks of, lists passed through."""
    if isinstance(rule, list):
        for inner in rule:
            yield from _names(inner, under)
    if not isinstance(rule, Mapping):
        return
    for keyword, value in rule.items():
        if keyword == "properties":
            for name, inner in value.items():
                yield f"{under}{name}"
                yield from _names(inner, f"{under}{name}.")
        elif keyword == "required":
            yield from (f"{under}{name}" for name in value)
        elif keyword not in ("const", "enum"):
            yield from _names(value, under)


def _inside(shapes: list[Shape], path: str) -> list[Shape]:
    for step in path.split("."):
        shapes = [found for shape in shapes for found in _step(shape, step)]
    return shapes


def _step(shape: Shape, name: str) -> Iterator[Shape]:
    for other in shape.get("union", ()):
        yield from _step(other, name)
    if isinstance(shape.get("items"), Mapping):
        yield from _step(shape["items"], name)
    found = shape.get("properties", {}).get(name)
    if isinstance(found, Mapping):
        yield found


def _mapping(*names: str, **more: Any) -> dict[str, Any]:
    return {"properties": {**{name: {} for name in names}, **more}}


def _list(*names: str) -> dict[str, Any]:
    return {"items": _mapping(*names)}


def _with(shape: Shape, more: Mapping[str, Any]) -> dict[str, Any]:
    return {"properties": {**shape.get("properties", {}), **more}}


_ACTIONS = _list("id", "state", "due")
_SCOPE = _mapping("company", *(["sites", "partners", "lanes", "shipments", "persons", "systems"]))
_PROCEDURE = ("id", "title", "version", "owner", "approved_on", "trouble", "review_due")


class _Shapes:
    """The shapes of the rows of one criterion's facts."""

    def __init__(self, catalog: Catalog, criterion: Criterion) -> None:
        self.catalog, self.criterion = catalog, criterion

    def of(self, fact: str) -> list[Shape]:
        """One shape for each form that a row of the fact may have."""
        return [shape.get("items", shape) for shape in self._of(fact)]

    def _of(self, fact: str) -> list[Shape]:
        source, name, rest = source_of(fact)
        if source in ("records", "current"):
            rows = self.records(name)
            return self.items(name, rows, rest) if rest else rows
        if source == "views":
            return self.view(self.criterion.views[name])
        if source == "holes":
            return [_mapping("kind", "unit", "from", "until", "remark")]
        if source == "reference":
            return [self.reference(name)]
        if source == "written":
            return [_mapping("element", "says", *_PROCEDURE)]
        top: Shape = self.profile()
        if source in ("subject", "account"):
            top = self.subject() if source == "subject" else self.profile("accounts")
        return _inside([top], ".".join((name, *rest))) if name else [top]

    def records(self, name: str) -> list[Shape]:
        """Record rows of a kind: one shape for each that its data may have."""
        kind = self.catalog.kinds[name]
        root = self.catalog.schemas.value(kind.schema_path)
        bodies = [_inline(root["properties"]["data"], root)]
        if kind.has_digest:
            digest = self.catalog.schemas.value("digest.yaml")
            bodies = [_inline(root["$defs"]["single"], root), digest]
        computed = _mapping(*(n for n, of in kind.computed.items() if "each" not in of))
        shared = {"scope": _SCOPE, "actions": _ACTIONS, "computed": computed}
        state = ("state",) if name == "corrective_action" else ()
        names = ("id", "kind", "dated", "until", "accounts", *state)
        return [_mapping(*names, **shared, data=body) for body in bodies]

    def items(self, name: str, rows: list[Shape], path: tuple[str, ...]) -> list[Shape]:
        """Rows of list items, with the keys of the outer items."""
        outer: dict[str, Any] = {}
        for depth in range(1, len(path) + 1):
            for found in _inside(rows, ".".join(path[:depth])):
                outer |= found.get("items", {}).get("properties", {})
        below = ".".join(path[1:])
        computed = [
            made
            for made, of in self.catalog.kinds[name].computed.items()
            if (each := of.get("each")) and (below == each or below.startswith(f"{each}."))
        ]
        own = {"value": {}, "dated": {}, "actions": _ACTIONS, "computed": _mapping(*computed)}
        return [_with({"properties": outer}, {**own, "record": row}) for row in rows]

    def view(self, view: View) -> list[Shape]:
        """Rows of a view: those of its facts, with what is joined."""
        joined = self.joined(view.joins)
        return [_with(row, joined) for fact in view.each for row in self.of(fact)]

    def joined(self, joins: Iterable[Join]) -> dict[str, Any]:
        """The joined lists by name."""
        found: dict[str, Any] = {}
        for join in joins:
            more = self.joined(join.joins)
            found[join.name] = {"union": [_with(row, more) for row in self.of(join.source)]}
        return found

    def reference(self, name: str) -> Shape:
        """The keys of the rows of a list."""
        rows = [row for row in self.catalog.reference[name] if isinstance(row, Mapping)]
        return _mapping("value", *{key for row in rows for key in row})

    def profile(self, part: str = "") -> Shape:
        """The company, or the items of one of its lists."""
        profile = self.catalog.schemas.value("security_profile.yaml")
        if part:
            return self.item(profile, part)
        lists = {
            name: {"items": self.item(profile, name)} for name in ("sites", "lanes", "systems")
        }
        more = {"partners": {"items": self.partner()}, "id": {}, **lists}
        return _with(_inline(profile, profile), more)

    def item(self, profile: Shape, part: str) -> Shape:
        """An item of a list of the profile; a new one with the kinds that are not due yet."""
        shape = _inline(profile["properties"][part]["items"], profile)
        return _with(shape, {"awaits": {}})

    def partner(self) -> Shape:
        """A business partner."""
        raw = self.catalog.schemas.value("business_partner.yaml")
        return _with(_inline(raw, raw), {"id": {}})

    def subject(self) -> Shape:
        """What one verdict is about."""
        if self.criterion.scope == "partner":
            return self.partner()
        return self.profile("sites" if self.criterion.scope == "site" else "")


def _inline(node: Any, root: Shape) -> Any:
    """A schema with the definitions of its own file written out."""
    if isinstance(node, list):
        return [_inline(item, root) for item in node]
    if not isinstance(node, Mapping):
        return node
    local = str(node.get("$ref", ""))
    if local.startswith("#/$defs/"):
        rest = {key: value for key, value in node.items() if key != "$ref"}
        return _inline({**root["$defs"][local.removeprefix("#/$defs/")], **rest}, root)
    return {k: v if k == "x-evidence" else _inline(v, root) for k, v in node.items()}
