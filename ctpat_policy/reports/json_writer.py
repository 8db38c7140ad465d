"""Writes values of the model as ASCII JSON, indented by one blank, an entry at a time.

The bytes are those of json.dumps, whose quick encoder knows no indent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from io import BytesIO
from json.encoder import encode_basestring_ascii as quoted
from typing import Any

from ctpat_policy.model import names_of
from ctpat_policy.reports import clean

#: Some YAML readers take a key `on` for true.
_KEYS = {"on": "due"}
_CONSTANTS = {"None": "null", "True": "true", "False": "false"}


def written(document: Mapping[str, Any] | Iterable[Any]) -> bytes:
    """A document with a line end; no line of it is a command to a runner."""
    whole = BytesIO()
    whole.writelines(pieces(document))
    return whole.getvalue()


def pieces(document: Mapping[str, Any] | Iterable[Any]) -> Iterator[bytes]:
    """The same piece by piece. Its lists, and those that are its values, may be iterators."""
    for text in _document(document) if isinstance(document, Mapping) else _list(document, "\n"):
        yield clean.json_document(text).encode("ascii")
    yield b"\n"


def entries(value: Any) -> dict[str, Any]:
    """Fields of a value of the model by their keys in JSON, to add to."""
    kind: object = type(value)
    return {key: getattr(value, name) for name, key in _names(kind)}


def _document(document: Mapping[str, Any]) -> Iterator[str]:
    before = "{"
    for key, value in _by_key(document).items():
        yield f"{before}\n {key}"
        if isinstance(value, list | tuple | Iterator) and not _keys_of(value):
            yield from _list(value, "\n ")
        else:
            yield _text(value, "\n ")
        before = ","
    yield "\n}" if document else "{}"


def _list(values: Iterable[Any], margin: str) -> Iterator[str]:
    before = "["
    for value in values:
        yield f"{before}{margin} {_text(value, f'{margin} ')}"
        before = ","
    yield f"{margin}]" if before == "," else "[]"


def _text(value: Any, margin: str) -> str:
    """Text, true, false, null, whole numbers, and lists and mappings of them; the rest as text.
    `margin`: the line end and the blanks before it.
    """
    if isinstance(value, str):
        return quoted(clean.json(value))
    if value is None or isinstance(value, bool):
        return _CONSTANTS[str(value)]
    if isinstance(value, int):
        return int.__repr__(value)
    deeper = f"{margin} "
    if keys := _keys_of(value):
        items = [f"{key}{_text(getattr(value, name), deeper)}" for name, key in keys]
        return _inside("{", items, "}", margin)
    if isinstance(value, list | tuple):
        return _inside("[", [_text(item, deeper) for item in value], "]", margin)
    if isinstance(value, Mapping):
        items = [f"{key}{_text(item, deeper)}" for key, item in _by_key(value).items()]
        return _inside("{", items, "}", margin)
    return quoted(clean.json(str(value)))


def _keys_of(value: Any) -> tuple[tuple[str, str], ...]:
    """Names and keys of a value of the model; none of any other."""
    kind: object = type(value)
    return _keys(kind)


def _inside(left: str, items: list[str], right: str, margin: str) -> str:
    if not items:
        return left + right
    return f"{left}{margin} {f',{margin} '.join(items)}{margin}{right}"


def _by_key(values: Mapping[Any, Any]) -> dict[str, Any]:
    """Two keys that are one once written stand once, as readers differ on which of them counts."""
    return {_key(str(key)): value for key, value in values.items()}


@lru_cache(maxsize=1000)
def _key(key: str) -> str:
    return f"{quoted(clean.json(key))}: "


@cache
def _names(kind: Any) -> tuple[tuple[str, str], ...]:
    return tuple((name, _KEYS.get(name, name)) for name in names_of(kind))


@cache
def _keys(kind: Any) -> tuple[tuple[str, str], ...]:
    return tuple((name, _key(key)) for name, key in _names(kind))
