"""Words a parser's complaint for the person who wrote the document."""

from __future__ import annotations

import yaml

from ctpat_policy.characters import TAB
from ctpat_policy.codes import problem
from ctpat_policy.model import Problem

#: PyYAML takes a missing value between brackets for null, libyaml only where a blank follows.
MISSING = "a value is missing between brackets, or a text with a comma needs quotes"

_UNCLOSED_QUOTES = "these quotes are never closed"
_UNCLOSED_LIST = "this [ is never closed, or a comma is missing in it"
_UNCLOSED_MAPPING = "this { is never closed, or a comma is missing in it"
_BACKSLASH = "a backslash means something else in double quotes; use single quotes"
_DEDENT = "this line is indented unlike the lines that it belongs to"
_SECOND_COLON = "a second colon; a text with ': ' needs quotes"
_FIRST_COLON = (
    "this line is indented further than the one above it, which has its value already; "
    "or it goes on with a text, which needs quotes for its ': '"
)
_NO_COLON = "a key needs a colon and a blank after it"
#: Part of what libyaml or PyYAML says, the code, and what that means to the writer.
_MEANINGS = (
    ("an alias", "yaml-anchor", "an alias (*)"),
    ("an anchor", "yaml-anchor", "an anchor (&)"),
    ("a tag", "yaml-tag", "a tag (!)"),
    ("tag handle", "yaml-tag", "a tag (!)"),
    ("directive", "yaml-directive", "a directive (%)"),
    ("mapping values are not", "yaml-syntax", _SECOND_COLON),
    ("unexpected ':'", "yaml-syntax", MISSING),
    ("expected ':'", "yaml-syntax", _NO_COLON),
    ("unexpected end of stream", "yaml-syntax", _UNCLOSED_QUOTES),
    ("unexpected document", "yaml-syntax", _UNCLOSED_QUOTES),
    ("invalid Unicode character", "yaml-character", "this escape stands for no character"),
    ("unknown escape", "yaml-syntax", _BACKSLASH),
    ("hex", "yaml-syntax", _BACKSLASH),
    ("cannot start any token", "yaml-syntax", "a text that begins so needs quotes"),
    ("block scalar", "yaml-syntax", "write | > |- or >- alone, and the text on the next lines"),
    ("node content", "yaml-syntax", "a value is missing, or needs quotes"),
    ("a flow sequence", "yaml-syntax", _UNCLOSED_LIST),
    ("a flow mapping", "yaml-syntax", _UNCLOSED_MAPPING),
    ("entries are not allowed", "yaml-syntax", "a list needs a line of its own for each -"),
    ("document start", "yaml-syntax", "the document has ended before this line"),
    ("block", "yaml-syntax", _DEDENT),
)
#: Reported where they begin; the parser only notices later, perhaps at the end of the file.
_FROM_START = (_UNCLOSED_QUOTES, _UNCLOSED_LIST, _UNCLOSED_MAPPING, _NO_COLON)


def worded(error: Exception, text: str, line: int) -> Problem:
    """The problem that a parser's exception means; `line` counts when the exception has none."""
    if not isinstance(error, yaml.MarkedYAMLError):  # chr() of an escape, in the pure parser
        return problem("yaml-character", "this escape stands for no character", line, 1)
    code, meaning = _meaning(f"{error.context or ''} {error.problem or ''}")
    mark = error.problem_mark or error.context_mark
    if meaning in _FROM_START:
        mark = error.context_mark or mark
    if mark is None:
        return problem(code, meaning, line, 1)
    at, column = mark.line, mark.column
    lines = [*text.split("\n"), ""]  # the end of a text may be told as a line of its own
    before = lines[at][:column]
    if meaning == _DEDENT and (start := _quote_that_ends(lines[:at], before)) is not None:
        meaning, (at, column) = _UNCLOSED_QUOTES, start
    elif meaning == _SECOND_COLON and ":" not in before:
        meaning, column = _FIRST_COLON, len(before) - len(before.lstrip())
    return _tab(lines, at) or problem(code, meaning, at + 1, column + 1)


def _meaning(said: str) -> tuple[str, str]:
    for part, code, meaning in _MEANINGS:
        if part in said:
            return code, meaning
    return "yaml-syntax", "this is not YAML: " + " ".join(said.split())


def _quote_that_ends(above: list[str], before: str) -> tuple[int, int] | None:
    """Where a double quote begins on a line above that only ends in `before`."""
    if before.count('"') % 2:
        for number in range(len(above) - 1, -1, -1):
            if above[number].count('"') % 2:
                return number, above[number].rindex('"')
    return None


def _tab(lines: list[str], line: int) -> Problem | None:
    """A tab on that line or the one before, which is then the likelier cause."""
    for number in (line, line - 1):
        before, tab, _ = lines[number].partition(TAB) if 0 <= number < len(lines) else ("", "", "")
        if tab and "#" not in before:
            return problem("yaml-tab", "a tab outside quotes", number + 1, len(before) + 1)
    return None
