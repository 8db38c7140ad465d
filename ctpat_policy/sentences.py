"""One sentence for each keyword of JSON Schema that a document can break, and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import jsonschema

from ctpat_policy.model import Pointer
from ctpat_policy.nearest import nearest

Error = jsonschema.ValidationError
#: Way from the failing value to the place, message, hint.
Words = Iterable[tuple[Pointer, str, str]]

_SHOWN = 60
_NAMED = 12
_KIND = {
    "object": "a mapping (key: value)",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}
_WRITE = {
    "object": "write its keys below it, further in",
    "array": "write each entry on a line of its own, after a dash",
    "string": "put it in quotes",
    "integer": "write digits alone, without quotes",
    "number": "write digits alone, without quotes",
    "boolean": "write true or false, without quotes",
    "null": "write null, or leave the key out",
}
_EXAMPLE = {
    "date": "2026-10-31",
    "date-time": '"2026-10-31T14:05:00-05:00", in quotes and with the offset from UTC',
    "duration": "P3M (three months) or P14D (fourteen days)",
    "uri": "https://example.invalid/page",
}
_BOUND = {
    "minimum": "at least",
    "maximum": "at most",
    "exclusiveMinimum": "more than",
    "exclusiveMaximum": "less than",
}
_SIZE = {
    "minItems": ("at least", "entry", "entries"),
    "maxItems": ("at most", "entry", "entries"),
    "minLength": ("at least", "character", "characters"),
    "maxLength": ("at most", "character", "characters"),
    "minProperties": ("at least", "key", "keys"),
    "maxProperties": ("at most", "key", "keys"),
}
_QUOTED = re.compile(r"'([^']*)'")


def words(error: Error, known: Sequence[str] = ()) -> Words:
    """What is wrong, keyword by keyword; an empty hint where the schema's own text says more.

    `known` are keys that the schema has from elsewhere.
    """
    if error.validator == "unevaluatedProperties":
        return _unevaluated(error, _name(tuple(error.absolute_path)), known)
    return _WORDS.get(str(error.validator), _other)(error, _name(tuple(error.absolute_path)))


def choice(error: Error) -> list[str]:
    """The keys of which one is asked for, where the alternatives say nothing else."""
    branches: Any = error.validator_value
    if any(set(branch) != {"required"} or len(branch["required"]) != 1 for branch in branches):
        return []
    return [branch["required"][0] for branch in branches]


def shown(value: Any) -> str:
    """A value as it may stand in a message: short, on one line."""
    if isinstance(value, Mapping | list):
        return "a list" if isinstance(value, list) else "a mapping"
    plain = {True: "true", False: "false", None: "null"}
    text = plain[value] if value is None or isinstance(value, bool) else str(value)
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _name(pointer: Pointer) -> str:
    """What a person calls the place: its key, or its number in a list."""
    last = pointer[-1] if pointer else "the document"
    if isinstance(last, str):
        return last
    return f"entry {last + 1} of {_name(pointer[:-1])}"


def _required(error: Error, _: str) -> Words:
    missing = _quoted(error.message)[0]
    known = error.schema.get("properties", {}) if isinstance(error.schema, Mapping) else {}
    says = " ".join(known.get(missing, {}).get("description", "").split())
    yield (), f"{missing} is missing", f"add {missing}: {says}" if says else f"add {missing}"


def _dependent(error: Error, _: str) -> Words:
    needs: Any = error.validator_value
    value: Any = error.instance
    for key in (k for k in needs if k in value):
        for missing in (m for m in needs[key] if m not in value):
            yield (), f"{missing} is missing, as {key} is there", f"add {missing}"


def _alternatives(error: Error, name: str) -> Words:
    keys = choice(error)
    if not keys:
        yield from _other(error, name)
    elif error.context:
        yield (), f"{name} lacks {' or '.join(keys)}", "add one of them"
    else:
        yield (), f"{name} has more than one of {', '.join(keys)}", "keep one of them"


def _word(key: str) -> str:
    """A key as it may stand in a sentence; the profile lets no odd one through."""
    return key if key.isprintable() and key.strip() else ascii(key)


def _unknown_keys(error: Error, name: str) -> Words:
    schema: Any = error.schema
    known = list(schema.get("properties", {}))
    patterns = list(schema.get("patternProperties", {}))
    value: Any = error.instance
    for extra in value:
        if extra in known or any(re.search(pattern, extra) for pattern in patterns):
            continue
        listed = f"; known here: {', '.join(known[:_NAMED])}" if known else ""
        hint = _nearest(extra, known) or f"remove it{listed}"
        if patterns and not known:
            hint = f"a key here must match {' or '.join(patterns)}"
        yield (extra,), f"{_word(extra)} is not a key of {name}", hint


def _unevaluated(error: Error, name: str, known: Sequence[str]) -> Words:
    for extra in _quoted(error.message):
        hint = _nearest(extra, known) or "remove it, or move it below data"
        yield (extra,), f"{_word(extra)} is not a key of {name}", hint


def _type(error: Error, name: str) -> Words:
    limit: Any = error.validator_value
    wanted = [limit] if isinstance(limit, str) else limit
    kinds = " or ".join(_KIND[k] for k in wanted)
    empty = error.instance is None
    hint = "write a value, or take the key away" if empty else _WRITE[wanted[0]]
    yield (), f"{name} must be {kinds}, not {shown(error.instance)}", hint


def _enum(error: Error, name: str) -> Words:
    limit: Any = error.validator_value
    hint = _nearest(error.instance, limit) + f"one of: {', '.join(map(shown, limit))}"
    yield (), f"{name} may not be {shown(error.instance)}", hint


def _const(error: Error, name: str) -> Words:
    wanted = shown(error.validator_value)
    yield (), f"{name} must be {wanted}, not {shown(error.instance)}", f"write {wanted}"


def _pattern(error: Error, name: str) -> Words:
    schema: Any = error.schema
    examples = schema.get("examples")
    says = schema.get("description")
    hint = "" if says else f"it must match {error.validator_value}"
    hint = f"for example {examples[0]}" if examples else hint
    yield (), f"{name} has the wrong form: {shown(error.instance)}", hint


def _format(error: Error, name: str) -> Words:
    wanted = str(error.validator_value)
    yield (), f"{name} is no {wanted}: {shown(error.instance)}", f"for example {_EXAMPLE[wanted]}"


def _bound(error: Error, name: str) -> Words:
    how = f"{_BOUND[str(error.validator)]} {error.validator_value}"
    yield (), f"{name} must be {how}, not {shown(error.instance)}", ""


def _size(error: Error, name: str) -> Words:
    way, one, more = _SIZE[str(error.validator)]
    limit = error.validator_value
    yield (), f"{name} needs {way} {limit} {one if limit == 1 else more}", ""


def _unique(error: Error, name: str) -> Words:
    value: Any = error.instance
    for index, item in enumerate(value):
        if item in value[:index]:
            yield (index,), f"{name} has {shown(item)} twice", "keep one of the two"


def _other(error: Error, name: str) -> Words:
    yield (), f"{name} does not fit its schema ({error.validator}): {shown(error.instance)}", ""


_WORDS: Mapping[str, Callable[[Error, str], Words]] = {
    "required": _required,
    "dependentRequired": _dependent,
    "anyOf": _alternatives,
    "oneOf": _alternatives,
    "additionalProperties": _unknown_keys,
    "type": _type,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "format": _format,
    "uniqueItems": _unique,
    **dict.fromkeys(_BOUND, _bound),
    **dict.fromkeys(_SIZE, _size),
}


def _nearest(word: Any, known: Iterable[Any]) -> str:
    near = nearest(str(word), map(str, known))
    return f"did you mean {near}? " if near else ""


def _quoted(message: str) -> list[str]:
    return _QUOTED.findall(message) or ["?"]
