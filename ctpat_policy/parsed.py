"""Documents by PyYAML's parser: what is not plain, and where things stand.

Of PyYAML only the parser's events are used (see tree.py); its constructors never run. A run of
plain documents in which nothing is wrong never loads this.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, Literal

import yaml

from ctpat_policy.characters import TAB
from ctpat_policy.model import Pointer, Problem
from ctpat_policy.places import places
from ctpat_policy.syntax import worded
from ctpat_policy.tree import build

try:
    from yaml._yaml import CParser
except ImportError:  # PyYAML was built without libyaml
    CParser = None  # type: ignore[assignment, misc]

Parser = Literal["auto", "libyaml", "pure"]

#: What libyaml says of more brackets inside each other than it bears.
_TOO_DEEP = "maximum nesting depth"
#: What the parsers raise; the last two leak out of the pure one.
_ERRORS = (yaml.YAMLError, ValueError, OverflowError)


def value_of(text: str, schema_file: bool, parser: Parser) -> dict[str, Any] | Problem:
    """The value of a text in which TAB stands for each tab, or the first problem in it."""
    events = _parser(text, parser)
    try:
        built = build(events, text, schema_file, lambda: _parser(text, parser))
    except _ERRORS as error:
        if parser != "pure" and _TOO_DEEP in str(error):
            # libyaml looks ahead, and since 0.2.6 it gives up before our own limit is met.
            return value_of(text, schema_file, "pure")
        built = worded(error, text, getattr(events, "line", 0) + 1)
    return _inside(built, text) if isinstance(built, Problem) else built


def places_of(text: str) -> Iterator[tuple[Pointer, tuple[int, int]]]:
    """Line and column of every key and item, up to the first problem."""
    with contextlib.suppress(*_ERRORS):
        yield from places(_parser(text.replace("\t", TAB), "auto"))


def _inside(found: Problem, text: str) -> Problem:
    """The same within the text: libyaml complains behind a last line without an end."""
    lines = text.split("\n")
    if found.line <= len(lines):
        return found
    return found._replace(line=len(lines), column=len(lines[-1]) + 1)


def _parser(text: str, parser: Parser) -> Any:
    if parser == "pure" or CParser is None:
        return yaml.SafeLoader(text)
    return CParser(text)
