"""What computed fields read: an operand that no field has would be absent, and absence passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Schema = Mapping[str, Any]

#: Operator to the dotted paths that it reads. `dossiers.computed` says what each one makes of them.
OPERANDS: Mapping[str, Callable[[Any], Sequence[str]]] = {
    "between": lambda of: of,
    "took": lambda of: of,
    "sum": lambda of: _listed(of) if isinstance(of, Mapping) else [t.removeprefix("-") for t in of],
    "same": lambda of: of,
    "absent": lambda of: [*_listed(of), *([of["list_from"]] if "list_from" in of else ())],
    "lookup": lambda of: [of["key"]],
    "days_left": lambda of: [of if isinstance(of, str) else of["of"]],
    "day": lambda of: [of["of"]],
    "share": lambda of: of,
    "range": lambda of: of,
    "sequence": lambda of: _listed(of),
    "duplicates": lambda of: _listed(of),
    "number": lambda of: [of],
}
#: Operators that compare two operands, no more and no less.
_PAIRS = frozenset({"between", "took", "same", "share", "range"})
_UNITS = {"between": ("days", "hours", "number"), "took": ("days", "hours")}
#: What an item's operand begins with where it reads a field of the item's record.
_OF_RECORD = "record.data."


def wrong(
    declared: Mapping[str, Mapping[str, Any]], bodies: Sequence[Schema], root: Schema
) -> Iterator[tuple[str, str]]:
    """What is wrong with a kind's computed fields: the name of each one, and why.

    `bodies` are the schemas that `data` may follow, `root` the file whose `$defs` they refer to.
    """
    before: set[str] = set()
    for name, operation in declared.items():
        why = _wrong(operation, bodies, root, before)
        if why:
            yield name, why
        before.add(name)


def inside(bodies: Sequence[Schema], path: str, root: Schema) -> list[Schema]:
    """The schemas at a dotted path; lists on the way are passed through."""
    for step in path.split("."):
        bodies = [found for body in bodies for found in _step(body, step, root)]
    return list(bodies)


def _wrong(operation: Any, bodies: Sequence[Schema], root: Schema, before: set[str]) -> str:
    names = [key for key in operation if key in OPERANDS]
    if len(names) != 1 or operation.keys() - {*names, "as", "each"}:
        return f"one operator is needed, out of {', '.join(OPERANDS)}"
    operator = names[0]
    whole: Sequence[Schema] = ()
    if "each" in operation:
        whole, bodies = bodies, _items(inside(bodies, operation["each"], root))
        if not bodies:
            return f"there is no list {operation['each']}"
    if operator in _UNITS and operation.get("as") not in _UNITS[operator]:
        return f"`as` must be one of {', '.join(_UNITS[operator])}"
    try:
        paths = OPERANDS[operator](operation[operator])
    except (KeyError, TypeError, AttributeError):
        return f"{operator} is not written as it should be"
    if operator in _PAIRS and len(paths) != 2:
        return f"{operator} compares two fields"
    for path in paths:
        outer = path.startswith(_OF_RECORD)
        there = inside(whole, path.removeprefix(_OF_RECORD), root) if outer else ()
        if path not in before and not there and not inside(bodies, path, root):
            return f"{operator} reads {path}, which is no field"
    return ""


def _listed(of: Mapping[str, str]) -> list[str]:
    return [of["in"], f"{of['in']}.{of['field']}"]


def _items(bodies: Sequence[Schema]) -> list[Schema]:
    """The items of a list, or of every list in a mapping of lists."""
    found = []
    for body in bodies:
        if "items" in body:
            found.append(body["items"])
        else:
            found += [v["items"] for v in body.get("properties", {}).values() if "items" in v]
    return found


def _step(body: Schema, name: str, root: Schema) -> Iterator[Schema]:
    local = str(body.get("$ref", ""))
    if local.startswith("#/$defs/"):
        yield from _step(root["$defs"][local.removeprefix("#/$defs/")], name, root)
    if isinstance(body.get("items"), Mapping):
        yield from _step(body["items"], name, root)
    found = body.get("properties", {}).get(name)
    if isinstance(found, Mapping):
        yield found
