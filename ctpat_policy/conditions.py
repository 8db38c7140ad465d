"""When a field is needed that may be left out elsewhere: the conditions of a schema in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ctpat_policy.model import Pointer


def needed(schema: Mapping[str, Any]) -> dict[str, str]:
    """Fields of a mapping that only a condition asks for, each with when: `where`, or `unless`."""
    found: dict[str, list[str]] = {}
    for one in (schema, *schema.get("allOf", ())):
        for name, when in _conditional(one):
            found.setdefault(name, []).append(when)
    return {name: ", or ".join(dict.fromkeys(whens)) for name, whens in found.items()}


def worded(condition: Mapping[str, Any]) -> str:
    """What an `if` asks about, such as `result is accepted or rejected`; empty where that is
    more than a few words.
    """
    says = [_said(name, rule) for name, rule in condition.get("properties", {}).items()]
    return " and ".join(says) if all(says) else ""


def listed(words: Sequence[Any]) -> str:
    """Words of which one is meant."""
    plain = [str(word).lower() if isinstance(word, bool) else str(word) for word in words]
    return " or ".join([*([", ".join(plain[:-1])] if plain[1:] else []), plain[-1]])


def described(schema: Mapping[str, Any], pointer: Pointer) -> str:
    """What a schema says of the value at a pointer, as far as the schema's own file says it."""
    found = [schema]
    for step in pointer:
        found = [inner for one in found for inner in _below(schema, one, step)]
    return next((" ".join(one["description"].split()) for one in found if "description" in one), "")


def _below(root: Mapping[str, Any], one: Any, step: str | int) -> Iterator[Mapping[str, Any]]:
    """Everything that is said of one key, or of the items."""
    if not isinstance(one, Mapping):
        return
    if one.get("$ref", "").startswith("#/"):
        target: Any = root
        for name in one["$ref"].split("/")[1:]:
            target = target[name]
        yield from _below(root, target, step)
    inner = one.get("items") if isinstance(step, int) else one.get("properties", {}).get(step)
    if isinstance(inner, Mapping):
        yield inner
    for part in (*one.get("allOf", ()), one.get("then"), one.get("else")):
        yield from _below(root, part, step)


def _conditional(schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    when = worded(schema.get("if", {}))
    for branch, says in (("then", "where"), ("else", "unless")):
        for name in schema.get(branch, {}).get("required", ()) if when else ():
            yield name, f"{says} {when}"
    for name, needs in schema.get("dependentRequired", {}).items():
        yield from ((other, f"where {name} is there") for other in needs)


def _said(name: str, rule: Mapping[str, Any]) -> str:
    if "const" in rule or "enum" in rule:
        return f"{name} is {listed(rule.get('enum') or [rule['const']])}"
    return f"{name} is at least {rule['minimum']}" if "minimum" in rule else ""
