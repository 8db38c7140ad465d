"""The mark that a skeleton leaves where a person has to write, and where it still stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ctpat_policy.model import Pointer

TODO = "TODO"
#: A procedure with a TODO may be filed: it then proves nothing (see signed.Procedure).
_MAY_HOLD_IT = ("procedure", "security_profile")


def todo_in(data: bytes, kind: str, value: Any) -> Pointer | None:
    """Where a document of a kind still holds a TODO that it may not; `data` are its bytes."""
    if TODO.encode() not in data or kind in _MAY_HOLD_IT:
        return None
    return _first(value, ())


def _first(value: Any, at: Pointer) -> Pointer | None:
    if isinstance(value, str):
        return at if value == TODO or value.startswith(f"{TODO}:") else None
    items: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, Mapping):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    found = (_first(inner, (*at, step)) for step, inner in items)
    return next((pointer for pointer in found if pointer is not None), None)
