"""The operators of computed fields: what JSON Schema cannot compute, declared in the kinds.

Each operator takes a scope (the record's data with the fields computed so far) and its own
argument, and returns a value, or MISSING where an operand is absent.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ctpat_policy import clock
from ctpat_policy.dossiers.rows import MISSING, is_number, look, look_all
from ctpat_policy.dossiers.today import Today

_DIGITS = re.compile(r"(\d+)\D*$", re.ASCII)
_Lookups = Mapping[str, Mapping[str, Any]]


def compute(
    declared: Mapping[str, Mapping[str, Any]],
    data: Mapping[str, Any],
    today: Today,
    lookups: _Lookups,
) -> dict[str, Any]:
    """The record's own computed fields; those of list items are made by `compute_item`."""
    found: dict[str, Any] = {}
    if not declared:
        return found
    scope = {**data, "computed": found}
    for name, operation in declared.items():
        if "each" not in operation:
            value = _apply(operation, scope, today, lookups)
            if value is not MISSING:
                found[name] = scope[name] = value
    return found


def compute_item(
    declared: Mapping[str, Mapping[str, Any]],
    path: str,
    item: Mapping[str, Any],
    today: Today,
    lookups: _Lookups,
) -> dict[str, Any]:
    """Computed fields of one item of the list at `path` (below data).

    Where the item knows its record, operands reach that, too: `record.data.known_at`.
    """
    found: dict[str, Any] = {}
    for name, operation in declared.items():
        each = operation.get("each")
        if each and (path == each or path.startswith(each + ".")):
            value = _apply(operation, {**item, **found}, today, lookups)
            if value is not MISSING:
                found[name] = value
    return found


def _apply(
    operation: Mapping[str, Any], scope: Mapping[str, Any], today: Today, lookups: _Lookups
) -> Any:
    for name in operation:
        if name in OPERATORS:  # the catalog has checked that there is one
            return OPERATORS[name](operation, scope, today, lookups)
    return MISSING


def _between(operation: Mapping[str, Any], scope: Mapping[str, Any], _: Today, __: _Lookups) -> Any:
    return _apart(scope, operation["between"], operation["as"])


def _took(operation: Mapping[str, Any], scope: Mapping[str, Any], today: Today, _: _Lookups) -> Any:
    end = _earliest(scope, operation["took"][1])
    if not isinstance(end, str) or not today.has_come(clock.day_of(end)):
        return MISSING  # what is announced for a day to come has not been done
    return _apart(scope, operation["took"], operation["as"])


def _sum(operation: Mapping[str, Any], scope: Mapping[str, Any], _: Today, __: _Lookups) -> Any:
    terms = operation["sum"]
    if isinstance(terms, dict):
        numbers = _listed(scope, terms)
        whole = numbers is not None and all(map(is_number, numbers))
        return sum(numbers or ()) if whole else MISSING
    total = 0
    for term in terms:
        minus = term.startswith("-")
        value = look(scope, term.removeprefix("-"))
        if value is MISSING and minus:
            continue
        if not is_number(value):
            return MISSING
        total += -value if minus else value
    return total


def _same(operation: Mapping[str, Any], scope: Mapping[str, Any], _: Today, __: _Lookups) -> Any:
    first, second = (look(scope, path) for path in operation["same"])
    if first is MISSING or second is MISSING:
        return MISSING
    return isinstance(first, bool) == isinstance(second, bool) and first == second


def _absent(
    operation: Mapping[str, Any], scope: Mapping[str, Any], _: Today, lookups: _Lookups
) -> Any:
    wanted = operation["absent"]
    name = look(scope, wanted["list_from"]) if "list_from" in wanted else wanted["list"]
    points = lookups["checklists"].get(name) if isinstance(name, str) else None
    present = _listed(scope, wanted)
    if points is None or present is None:
        return MISSING
    there = {point for point in present if isinstance(point, str)}
    return [point for point in points if point not in there]


def _lookup(
    operation: Mapping[str, Any], scope: Mapping[str, Any], _: Today, lookups: _Lookups
) -> Any:
    table = lookups[operation["lookup"]["list"]]
    key = look(scope, operation["lookup"]["key"])
    return table.get(key, MISSING) if isinstance(key, str) else MISSING


def _days_left(
    operation: Mapping[str, Any], scope: Mapping[str, Any], today: Today, _: _Lookups
) -> Any:
    wanted = operation["days_left"]
    plain = isinstance(wanted, str)
    day = look(scope, wanted if plain else wanted["of"])
    if not isinstance(day, str):
        return MISSING
    due = clock.day_of(day) if plain else clock.plus(clock.day_of(day), wanted["plus"])
    return clock.days_between(today.itself, due)


def _day(operation: Mapping[str, Any], scope: Mapping[str, Any], _: Today, __: _Lookups) -> Any:
    wanted = operation["day"]
    at = look(scope, wanted["of"])
    if not isinstance(at, str):
        return MISSING
    day = clock.day_of(at)
    if "minus" in wanted:
        return clock.minus(day, wanted["minus"])
    return clock.plus(day, wanted["plus"]) if "plus" in wanted else day


def _share(operation: Mapping[str, Any], scope: Mapping[str, Any], _: Today, __: _Lookups) -> Any:
    part, whole = (look(scope, path) for path in operation["share"])
    if not is_number(part) or not is_number(whole) or whole == 0:
        return MISSING
    return round(100 * part / whole, 2)


def _range(operation: Mapping[str, Any], scope: Mapping[str, Any], _: Today, __: _Lookups) -> Any:
    first, last = (_trailing_number(look(scope, path)) for path in operation["range"])
    return MISSING if first is None or last is None else last - first + 1


def _sequence(
    operation: Mapping[str, Any], scope: Mapping[str, Any], _: Today, __: _Lookups
) -> Any:
    listed = _listed(scope, operation["sequence"])
    if listed is None:
        return MISSING
    numbers = {n for n in listed if isinstance(n, int) and not isinstance(n, bool)}
    # A number far off the scale is itself the finding; never build a list as long as it says.
    highest = min(max(numbers, default=0), len(numbers) + 100)
    return [n for n in range(1, highest + 1) if n not in numbers]


def _duplicates(
    operation: Mapping[str, Any], scope: Mapping[str, Any], _: Today, __: _Lookups
) -> Any:
    listed = _listed(scope, operation["duplicates"])
    if listed is None:
        return MISSING
    counted = Counter(map(str, listed))
    return sorted(value for value, times in counted.items() if times > 1)


def _number(operation: Mapping[str, Any], scope: Mapping[str, Any], _: Today, __: _Lookups) -> Any:
    value = look(scope, operation["number"])
    return len(value) if isinstance(value, list) else MISSING


#: Operator name in a kind's file to its function. A new operator is one function and one line.
OPERATORS: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any], Today, _Lookups], Any]] = {
    "between": _between,
    "took": _took,
    "sum": _sum,
    "same": _same,
    "absent": _absent,
    "lookup": _lookup,
    "days_left": _days_left,
    "day": _day,
    "share": _share,
    "range": _range,
    "sequence": _sequence,
    "duplicates": _duplicates,
    "number": _number,
}
#: Operators whose values are others every day.
DAILY = frozenset({"days_left", "took"})


def _listed(scope: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[Any] | None:
    """A field of every item of a list, None where there is no such list."""
    items = look(scope, wanted["in"])
    if not isinstance(items, list):
        return None
    field = wanted["field"]
    if "." not in field:
        return [item[field] for item in items if isinstance(item, dict) and field in item]
    return list(look_all(items, field))


def _apart(scope: Mapping[str, Any], paths: Sequence[str], unit: str) -> Any:
    first, second = (_earliest(scope, path) for path in paths)
    if first is MISSING or second is MISSING:
        return MISSING
    try:
        if unit == "days":
            return clock.days_between(first, second)
        if unit == "hours":
            return round(clock.hours_between(first, second), 2)
        return second - first
    except (TypeError, ValueError):
        return MISSING


def _earliest(scope: Mapping[str, Any], path: str) -> Any:
    values = list(look_all(scope, path))
    if not values or not all(type(v) is type(values[0]) for v in values):
        return MISSING
    try:
        # Moments in different zones do not sort as text.
        moments = all(isinstance(v, str) and "T" in v for v in values)
        return min(values, key=clock.moment) if moments else min(values)
    except (TypeError, ValueError):
        return MISSING


def _trailing_number(value: Any) -> int | None:
    match = _DIGITS.search(value) if isinstance(value, str) else None
    return int(match[1]) if match else None
