"""Restricted YAML: the bytes of one document become its value, or the first problem in it.

Of PyYAML only the parser's events are used (see tree.py); its constructors never run.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import yaml

from ctpat_policy.characters import TAB, decode, position
from ctpat_policy.codes import problem
from ctpat_policy.model import Pointer, Problem
from ctpat_policy.places import places
from ctpat_policy.subset import read
from ctpat_policy.syntax import worded
from ctpat_policy.tree import build

try:
    from yaml._yaml import CParser
except ImportError:  # PyYAML was built without libyaml
    CParser = None  # type: ignore[assignment, misc]

#: Which parser reads documents here.
PARSER = "pure" if CParser is None else "libyaml"
Parser = Literal["auto", "libyaml", "pure"]

_DIRECTIVE = re.compile(r"(?:[ ]*(?:#[^\n]*)?\n)*+%")
#: What the parsers raise; the last two leak out of the pure one.
_ERRORS = (yaml.YAMLError, ValueError, OverflowError)


@dataclass(frozen=True, slots=True)
class Document:
    """One document: its value, or the problem that kept it from being read."""

    path: str
    value: dict[str, Any] | None
    problem: Problem | None


def load(data: bytes, path: str, *, schema_file: bool = False, parser: Parser = "auto") -> Document:
    """Read one document; never raises, whatever the bytes are.

    `schema_file` allows the keys `$ref $defs $schema`, and any text as a key directly below
    `patternProperties`. `parser` is for tests: all give the same values. "auto" reads a plain
    document without a parser (see subset.py), and any other with the faster one.
    """
    text = decode(data)
    if isinstance(text, Problem):
        return Document(path, None, text)
    if parser == "auto" and (value := read(text, schema_file)) is not None:
        return Document(path, value, None)
    text = text.replace("\t", TAB)
    if "%" in text and (found := _DIRECTIVE.match(text)):
        where = position(text, found.end() - 1)
        return Document(path, None, problem("yaml-directive", "a directive (%)", *where))
    events = _parser(text, parser)
    try:
        built = build(events, text, schema_file, lambda: _parser(text, parser))
    except _ERRORS as error:
        built = worded(error, text, getattr(events, "line", 0) + 1)
    if isinstance(built, Problem):
        return Document(path, None, _inside(built, text))
    return Document(path, built, None)


def positions(data: bytes) -> Mapping[Pointer, tuple[int, int]]:
    """Line and column, both from 1, of every key (its own place) and list item of a document.

    Of a document that cannot be read, those before the problem. Never raises.
    """
    found: dict[Pointer, tuple[int, int]] = {}
    for pointer, place in _places(data):
        found.setdefault(pointer, place)
    return found


def start(data: bytes) -> tuple[int, int]:
    """Where the content of a document begins; (1, 1) when nothing is known. Never raises."""
    return next((place for _, place in _places(data)), (1, 1))


def position_of(data: bytes, pointer: Pointer) -> tuple[int, int]:
    """Where a value stands, or else its nearest ancestor; (1, 1) when nothing is known."""
    return nearest(positions(data), pointer)


def nearest(known: Mapping[Pointer, tuple[int, int]], pointer: Pointer) -> tuple[int, int]:
    """The place of a pointer among `positions`, or that of its nearest ancestor."""
    for length in range(len(pointer), -1, -1):
        if (place := known.get(pointer[:length])) is not None:
            return place
    return 1, 1


def _places(data: bytes) -> Iterator[tuple[Pointer, tuple[int, int]]]:
    text = decode(data)
    if isinstance(text, Problem):
        return
    with contextlib.suppress(*_ERRORS):
        yield from places(_parser(text.replace("\t", TAB), "auto"))


def _inside(found: Problem, text: str) -> Problem:
    """The same within the text: libyaml complains behind a last line without an end."""
    lines = text.split("\n")
    if found.line <= len(lines):
        return found
    return replace(found, line=len(lines), column=len(lines[-1]) + 1)


def _parser(text: str, parser: Parser) -> Any:
    if parser == "pure" or CParser is None:
        return yaml.SafeLoader(text)
    return CParser(text)
