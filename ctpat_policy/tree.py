"""From a YAML parser's events to a value, under every limit of the restricted profile.

There is no recursion, and each limit is checked as its event arrives, so that a bomb ends before
it costs anything. The first problem ends the document.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from yaml.events import (
    AliasEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from ctpat_policy.characters import HIDDEN, TAB, name, position
from ctpat_policy.codes import MAX_DEPTH, MAX_KEY, MAX_NODES, MAX_PATTERN, MAX_SCALAR, problem
from ctpat_policy.model import Pointer, Problem
from ctpat_policy.places import places
from ctpat_policy.scalars import NUMBER_STARTS, SAID, WORDS, Refused, hint, number
from ctpat_policy.syntax import MISSING

_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_SCHEMA_KEYS = frozenset({"$ref", "$defs", "$schema"})
_BLOCK = ("|", ">")
#: libyaml reads a # right after the sign of a block as a comment, PyYAML does not.
_GLUED = re.compile(r"[|>][-+0-9]*#")
#: After an unquoted text: whoever wrote `Dock #2` did not mean a comment.
_CUT_OFF = re.compile(rf"[ ]+(?=#+[^#\s{TAB}])")
#: After a plain key libyaml refuses these, PyYAML does not.
_TIGHT = (":[", ":{")
#: PyYAML ends an unquoted text between brackets at a ?, libyaml does not.
_QUESTION = "a text with ? between brackets needs quotes"
#: A text without these signs and shorter than _SMALL holds no tag, anchor, escape, tab or broken
#: limit (a character makes two values at most), so that nobody needs to look for them.
_SIGNS = ("!", "&", "\\", TAB)
_SMALL = MAX_NODES // 2

#: The containers around the open one, and whether it stands in brackets. In a list, the mapping
#: is None and the key is _ITEM.
_Above = list[tuple[dict[str, Any] | None, list[Any], str, bool]]
_ITEM = ""


def build(
    events: Any, text: str, schema_file: bool, again: Callable[[], Any]
) -> dict[str, Any] | Problem:
    """The value of a document, from a parser over `text`, in which TAB stands for each tab.

    Raises what the parser raises. `again` starts another one, to look for an earlier place.
    One long loop on purpose: every scalar of every document runs through it.
    """
    get_event, is_key = events.get_event, _KEY.fullmatch
    get_event()
    if get_event().__class__ is StreamEndEvent:
        return problem("yaml-empty", "the file holds only comments")
    event = get_event()
    if event.__class__ is not MappingStartEvent:
        return _not_a_mapping(event, text)
    careful = len(text) > _SMALL or any(sign in text for sign in _SIGNS)
    if careful and (wrong := _odd(event, text, 1)):
        return wrong
    cut_off = _CUT_OFF.match if " #" in text and _CUT_OFF.search(text) else None
    allowed = _SCHEMA_KEYS if schema_file else frozenset()
    root: dict[str, Any] = {}
    mapping: dict[str, Any] | None = root
    items: list[Any] = []
    key: str | None = None
    flow = bool(event.flow_style)
    above: _Above = []
    nodes = 1
    while True:
        event = get_event()
        kind = event.__class__
        if kind is ScalarEvent:
            scalar = event.value
            if careful:
                nodes += 1
                if wrong := _odd(event, text, nodes):
                    return wrong
                scalar = scalar.replace(TAB, "\t")
            if key is None:
                if (
                    scalar in mapping  # type: ignore[operator]
                    or scalar in WORDS
                    or len(scalar) > MAX_KEY
                    or event.style
                    or not (
                        (scalar.isidentifier() and scalar.isascii())
                        or is_key(scalar)
                        or scalar in allowed
                    )
                ):
                    if flow and not event.style and "?" in scalar:
                        return _at(event, "yaml-syntax", _QUESTION)
                    free = schema_file and bool(above) and above[-1][2] == "patternProperties"
                    if wrong := _bad_key(event, scalar, allowed, free):
                        return wrong
                    if scalar in mapping:  # type: ignore[operator]
                        return _twice(event, again(), _pointer(above, scalar))
                if flow and not event.style:
                    end = event.end_mark
                    if text.startswith(_TIGHT, end.index):
                        return problem("yaml-syntax", MISSING, end.line + 1, end.column + 1)
                key = scalar
                continue
            style = event.style
            if flow and not style and "?" in scalar:
                return _at(event, "yaml-syntax", _QUESTION)
            if not style and (scalar in WORDS or scalar[0] in NUMBER_STARTS):
                if flow and not scalar:
                    return _at(event, "yaml-syntax", MISSING)
                scalar = WORDS[scalar] if scalar in WORDS else number(scalar)
                if scalar.__class__ is Refused:
                    return _refused(event, scalar)
            elif style in _BLOCK and _GLUED.match(text, event.start_mark.index):
                return _at(event, "yaml-syntax", "a comment needs a blank before its #")
            if cut_off and not style and (found := cut_off(text, event.end_mark.index)):
                return _comment(text, found.end())
            if mapping is None:
                items.append(scalar)
            else:
                mapping[key] = scalar
                key = None
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            if careful:
                nodes += 1
                if wrong := _odd(event, text, nodes):
                    return wrong
            if key is None:
                return _at(event, "yaml-complex-key", "a list or a mapping cannot be a key")
            if len(above) == MAX_DEPTH - 1:
                return _at(event, "yaml-depth", f"more than {MAX_DEPTH} levels deep")
            above.append((mapping, items, key, flow))
            flow = event.flow_style
            child: Any = {} if kind is MappingStartEvent else []
            if mapping is None:
                items.append(child)
            else:
                mapping[key] = child
            if kind is MappingStartEvent:
                mapping, key = child, None
            else:
                mapping, items, key = None, child, _ITEM
        elif kind is AliasEvent:
            return _at(event, "yaml-anchor", "an alias (*)")
        elif above:
            mapping, items, key, flow = above.pop()
            if mapping is not None:
                key = None
        else:
            break
    get_event()
    event = get_event()
    if event.__class__ is not StreamEndEvent:
        return _at(event, "yaml-documents", "a second document begins here")
    return root


def _pointer(above: _Above, key: str) -> Pointer:
    steps = [len(items) - 1 if mapping is None else step for mapping, items, step, _ in above]
    return (*steps, key)


def _at(event: Any, code: str, message: str) -> Problem:
    return problem(code, message, event.start_mark.line + 1, event.start_mark.column + 1)


def _shown(scalar: str) -> str:
    line = " ".join(scalar.split())
    return line if len(line) <= 40 else line[:39] + "…"


def _not_a_mapping(event: Any, text: str) -> Problem:
    if isinstance(event, AliasEvent):
        return _at(event, "yaml-anchor", "an alias (*)")
    if isinstance(event, ScalarEvent) and not (event.value or event.style):
        return problem("yaml-empty", "the document is empty")
    if wrong := _odd(event, text, 1):
        return wrong
    what = "a list" if isinstance(event, SequenceStartEvent) else "a single value"
    return _at(event, "yaml-top-level", f"the document is {what}, not keys with values")


def _odd(event: Any, text: str, nodes: int) -> Problem | None:
    """What only a text with one of _SIGNS, or a long one, can get wrong."""
    if nodes > MAX_NODES:
        return _at(event, "yaml-nodes", f"more than {MAX_NODES:,} values")
    if text.startswith(("!", "&"), event.start_mark.index):
        return _property(event, text)
    if event.__class__ is not ScalarEvent:
        return None
    value, style = event.value, event.style
    if len(value) > MAX_SCALAR:
        return _at(event, "yaml-scalar-length", f"a text of {len(value):,} characters")
    if style == '"' and HIDDEN.search(value) and (wrong := _hidden(event, text)):
        return wrong
    if TAB in value and style not in _BLOCK:
        return _tab(event, text)
    return None


def _property(event: Any, text: str) -> Problem:
    """A tag or anchor, of the event or of the key that begins the mapping."""
    if text[event.start_mark.index] == "!":
        return _at(event, "yaml-tag", f"a tag ({_shown(event.tag or '!')})")
    return _at(event, "yaml-anchor", f"an anchor (&{_shown(event.anchor or '')})")


def _hidden(event: Any, text: str) -> Problem | None:
    """Hidden characters written as escapes. An escape may also write TAB, so those are counted."""
    source, value = text[event.start_mark.index : event.end_mark.index], event.value
    if value.count(TAB) == source.count(TAB):
        value = value.replace(TAB, "")
    found = HIDDEN.search(value)
    if found is None:
        return None
    message = f"an escape writes the hidden character {name(found.group())}"
    return _at(event, "yaml-character", message)


def _tab(event: Any, text: str) -> Problem | None:
    """A tab is text in a block, and in quotes that close on the same line."""
    if event.style and event.start_mark.line == event.end_mark.line:
        return None
    place = position(text, text.find(TAB, event.start_mark.index))
    return problem("yaml-tab", "a tab outside quotes", *place)


def _bad_key(event: Any, scalar: str, allowed: frozenset[str], free: bool) -> Problem | None:
    """Why a scalar cannot be a key. `free`: any text can."""
    if not event.style and scalar == "<<":
        return _at(event, "yaml-merge", "a merge key (<<)")
    if event.style and event.style in _BLOCK:
        return _at(event, "yaml-complex-key", "a block of text cannot be a key")
    if not event.style and scalar and scalar in WORDS:
        return _refused(event, Refused.AMBIGUOUS)
    if len(scalar) > (MAX_PATTERN if free else MAX_KEY):
        return _at(event, "yaml-key", f"a key of {len(scalar):,} characters is too long")
    if free and scalar:
        plain = number(scalar) if not event.style and scalar[0] in NUMBER_STARTS else scalar
        return None if plain is scalar else _refused(event, Refused.AMBIGUOUS)
    if _KEY.fullmatch(scalar) or scalar in allowed:
        return None
    return _at(event, "yaml-key", f"{_shown(scalar) or 'nothing'} cannot be a key")


def _comment(text: str, at: int) -> Problem:
    said = _shown(text[at:].partition("\n")[0])
    message = f"{said} is read as a comment, as a # after a blank begins one"
    return problem("yaml-comment", message, *position(text, at))


def _twice(event: Any, events: Any, pointer: Pointer) -> Problem:
    """A key that the mapping already has; both lines are named."""
    first = next((place[0] for found, place in places(events) if found == pointer), 1)
    return _at(event, "yaml-duplicate-key", f"{_shown(event.value)} stands on line {first} already")


def _refused(event: Any, why: Refused) -> Problem:
    found = _at(event, why.value, SAID[why].format(_shown(event.value)))
    return found._replace(hint=hint(event.value) or found.hint)
