"""Items of the lists inside records, and where records and items name corrective actions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ctpat_policy.kinds import Kind
from ctpat_policy.model import Pointer
from ctpat_policy.references import walk


def list_items(value: Any, steps: list[str]) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    """Every item of the list at a path, with its pointer.

    Items of a list inside a list keep the keys of the outer item, so that a rule sees both.
    """
    found: list[tuple[Pointer, Any, dict[str, Any]]] = [((), value, {})]
    for step in steps:
        inner = ((p, v[step], kept) for p, v, kept in found if isinstance(v, Mapping) and step in v)
        found = []
        for pointer, each, kept in inner:
            if not isinstance(each, list):
                found.append(((*pointer, step), each, kept))
                continue
            for index, item in enumerate(each):
                own = dict(item) if isinstance(item, Mapping) else {"value": item}
                found.append(((*pointer, step, index), item, {**kept, **own}))
    for pointer, _, content in found:
        if pointer and isinstance(pointer[-1], int):
            yield pointer, dict(content)


def mentioned(item: Mapping[str, Any], kind: Kind, pointer: Pointer) -> list[str]:
    """Ids of the corrective actions that one item of a list names."""
    depth = len(pointer)
    at = tuple("*" if isinstance(step, int) else step for step in pointer)
    return [
        name
        for reference in kind.references
        if reference.to == "corrective_action" and reference.path[:depth] == at
        for name, _ in walk(item, reference.path[depth:], ())
    ]


def action_paths(kind: Kind) -> list[tuple[str, ...]]:
    """Where a record names corrective actions for itself, outside its lists' items."""
    return [
        reference.path
        for reference in kind.references
        if reference.to == "corrective_action"
        and reference.path.count("*") <= (reference.path[-1] == "*")
    ]
