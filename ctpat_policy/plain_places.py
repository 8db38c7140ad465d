"""Where keys and items stand in a document of the plainest form (see subset.py): no parser needed.

Of any other document it says nothing. What places.py would tell is the measure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ctpat_policy.model import Pointer
from ctpat_policy.subset import BRACKETS, COMMENTS, KEY, LINES, read

_START = re.compile(rf"{COMMENTS.pattern}(?=(?:{KEY}):[\ \n])")


def start(text: str) -> tuple[int, int] | None:
    """Line and column of the first key; None when a parser must say."""
    found = _START.match(text)
    return (text.count("\n", 0, found.end()) + 1, 1) if found else None


def places(text: str, schema_file: bool = False) -> dict[Pointer, tuple[int, int]] | None:
    """Line and column of every key and item; None when a parser must say."""
    top = start(text)
    if top is None or read(text, schema_file) is None:
        return None
    return {(): top, **dict(_lines(text))}


def _lines(text: str) -> Iterator[tuple[Pointer, tuple[int, int]]]:
    """As `subset.read` goes through the lines, which has found them in order.

    The open container has the way `pointer`, the next `index` (None: a mapping), and its lines
    begin at the column `here`.
    """
    pointer: Pointer = ()
    index: int | None = None
    here, waiting = 0, ""
    above: list[tuple[Pointer, int | None, int]] = []
    line, counted = 1, 0
    begin = COMMENTS.match(text)
    for match in LINES.finditer(text, begin.end() if begin else 0):
        lead, dash, key, plain, quoted, rare, _, block = match.groups("")
        line += text.count("\n", counted, match.start())
        counted, column = match.start(), len(lead)
        if waiting and (column > here or (dash and column == here)):
            above.append((pointer, index, here))
            pointer, index, here = (*pointer, waiting), 0 if dash else None, column
        while column < here or (column == here and index is not None and not dash):
            pointer, index, here = above.pop()
        place = (line, column + len(dash) + 1)
        at = pointer
        if index is not None:
            at = (*pointer, index)
            yield at, place
            if key:
                above.append((pointer, index + 1, here))
                pointer, index, here = at, None, column + len(dash)
            else:
                index += 1
        if key:
            at = (*pointer, key)
            yield at, place
        waiting = "" if plain or quoted or rare or block else key
        if rare[:1] in ("[", "{"):
            yield from _inside(rare, at, line, match.start(6) - match.start())


def _inside(
    written: str, at: Pointer, line: int, before: int
) -> Iterator[tuple[Pointer, tuple[int, int]]]:
    """The same of what stands in brackets, `before` characters from the margin of that line."""
    pointer: Pointer = ()
    index: int | None = None
    above: list[tuple[Pointer, int | None]] = []
    for match in BRACKETS.finditer(written):
        opening, name, _, _, _, closing = match.groups()
        if closing:
            pointer, index = above.pop()
            continue
        begin = match.start()
        lines = written.count("\n", 0, begin)
        column = begin - written.rfind("\n", 0, begin) if lines else before + begin + 1
        if name:
            at = (*pointer, name)
            yield at, (line + lines, column)
        elif index is not None:
            at = (*pointer, index)
            index += 1
            yield at, (line + lines, column)
        if opening:
            above.append((pointer, index))
            pointer, index = at, 0 if opening == "[" else None
