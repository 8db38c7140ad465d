"""Whether parsed JSON has the shape that encoding.py gives a value of the model, to the last item.

What comes from our own cache need not be asked; what comes from a file that anybody may have
written has to be, as reports are written without a second look.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from itertools import product
from types import NoneType, UnionType
from typing import Any, TypeGuard, get_args, get_origin, get_type_hints

from ctpat_policy.model import Report, names_of

_Check = Callable[[Any], bool]
_SCALARS = (str, int, bool, NoneType)


def is_report(found: Any) -> TypeGuard[dict[str, Any]]:
    """Whether these are the plain values of a report by their names."""
    names = names_of(Report)
    if type(found) is not dict or found.keys() != set(names):
        return False
    return _check(Report)([found[name] for name in names])


@cache
def _check(hint: Any) -> _Check:
    """Whether JSON that is of the right type is right inside, too."""
    origin, inner = get_origin(hint), get_args(hint)
    if names_of(hint):
        return _of_object(hint)
    if origin is tuple:  # of any length, as every one in the model
        return _of_list(frozenset(_json_types(inner[0])), _check(inner[0]))
    if origin is Mapping:  # of scalars, or of anything
        return _of_mapping(inner[0], frozenset(_json_types(inner[1])))
    return _always


def _json_types(hint: Any) -> tuple[type, ...]:
    """The types that JSON may have where the model has a type; none of them: whatever it is."""
    if hint is Any:
        return ()
    if get_origin(hint) is UnionType:
        return tuple(kind for one in get_args(hint) for kind in _json_types(one))
    if hint in _SCALARS:
        return (hint,)
    return (dict,) if get_origin(hint) is Mapping else (list,)


def _of_object(kind: Any) -> _Check:
    hints = get_type_hints(kind)
    named = [hints[name] for name in names_of(kind)]
    # One comparison for all fields: a part with a hundred thousand rows takes no longer to check
    # than to parse.
    allowed = frozenset(product(*map(_json_types, named)))
    deeper = [(at, _check(hint)) for at, hint in enumerate(named) if _check(hint) is not _always]

    def check(found: Any) -> bool:
        fits = tuple(map(type, found)) in allowed
        return fits and all(inside(found[at]) for at, inside in deeper)

    return check


def _of_list(allowed: frozenset[type], inside: _Check) -> _Check:
    def check(found: Any) -> bool:
        fits = allowed.issuperset(map(type, found))
        return fits and (inside is _always or all(map(inside, found)))

    return check


def _of_mapping(key: Any, allowed: frozenset[type]) -> _Check:
    def check(found: Any) -> bool:
        named = key is not int or all(name.isascii() and name.isdigit() for name in found)
        return named and (not allowed or allowed.issuperset(map(type, found.values())))

    return check


def _always(_found: Any) -> bool:
    return True
