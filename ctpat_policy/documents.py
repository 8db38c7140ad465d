"""Restricted YAML: the bytes of one document become its value, or the first problem in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING, Any, NamedTuple

from ctpat_policy.characters import TAB, decode, position
from ctpat_policy.codes import problem
from ctpat_policy.model import Pointer, Problem

if TYPE_CHECKING:
    from ctpat_policy.parsed import Parser

_DIRECTIVE = re.compile(r"(?:[ ]*(?:#[^\n]*)?\n)*+%")


class Document(NamedTuple):
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
    from ctpat_policy.subset import read  # not loaded where every document is known

    text = decode(data)
    if isinstance(text, Problem):
        return Document(path, None, text)
    if parser == "auto" and (value := read(text, schema_file)) is not None:
        return Document(path, value, None)
    text = text.replace("\t", TAB)
    if "%" in text and (begin := _DIRECTIVE.match(text)):
        where = position(text, begin.end() - 1)
        return Document(path, None, problem("yaml-directive", "a directive (%)", *where))
    from ctpat_policy.parsed import value_of  # PyYAML is slow to import, and rarely needed

    found = value_of(text, schema_file, parser)
    if isinstance(found, Problem):
        return Document(path, None, found)
    return Document(path, found, None)


@lru_cache(maxsize=8)  # criteria come back to the profile, one after the other
def positions(data: bytes) -> Mapping[Pointer, tuple[int, int]]:
    """Line and column, both from 1, of every key (its own place) and list item of a document.

    Of a document that cannot be read, those before the problem. Never raises.
    """
    from ctpat_policy import plain_places

    text = decode(data)
    if isinstance(text, Problem):
        return {}
    found = plain_places.places(text)
    if found is None:
        found = {}
        for pointer, place in _places(text):
            found.setdefault(pointer, place)
    return found


def start(data: bytes) -> tuple[int, int]:
    """Where the content of a document begins; (1, 1) when nothing is known. Never raises."""
    if data[:1].isalpha():
        return 1, 1  # most begin with their first key
    from ctpat_policy import plain_places

    text = decode(data)
    if isinstance(text, Problem):
        return 1, 1
    return plain_places.start(text) or next((place for _, place in _places(text)), (1, 1))


def position_of(data: bytes, pointer: Pointer) -> tuple[int, int]:
    """Where a value stands, or else its nearest ancestor; (1, 1) when nothing is known."""
    return nearest(positions(data), pointer)


def nearest(known: Mapping[Pointer, tuple[int, int]], pointer: Pointer) -> tuple[int, int]:
    """The place of a pointer among `positions`, or that of its nearest ancestor."""
    for length in range(len(pointer), -1, -1):
        if (place := known.get(pointer[:length])) is not None:
            return place
    return 1, 1


def parser_here() -> str:
    """Which parser reads documents here; said without loading it."""
    package = PathFinder.find_spec("yaml")
    where = package.submodule_search_locations if package else None
    return "libyaml" if PathFinder.find_spec("yaml._yaml", where) else "pure"


def _places(text: str) -> Iterator[tuple[Pointer, tuple[int, int]]]:
    from ctpat_policy.parsed import places_of

    return places_of(text)
