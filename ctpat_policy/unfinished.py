"""What a skeleton leaves where a person has to write, TODO or a question, and where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ctpat_policy import documents
from ctpat_policy.model import Pointer

TODO = "TODO"
#: The mark as a word of its own, in capitals: METODO is none, however its accents are written.
_MARK = re.compile(rf"(?<![\w\u0300-\u036f]){TODO}(?![\w\u0300-\u036f])")
#: A procedure with a TODO may be filed: it then proves nothing (see signed.Procedure).
_MAY_HOLD_IT = ("procedure", "security_profile")
_SIGNED = "approvals"
#: A step that is one sentence and asks, as those of a skeleton do, says nothing of what is done.
#: What follows a colon may be what somebody is to ask.
_QUESTION = re.compile(r"(?:[^.!:]|[.!:](?=\S))*\?\s*")


class Unwritten(NamedTuple):
    """Where something is still to be written, as the pointer of a place, and what stands there."""

    at: Pointer
    why: str

    @property
    def key(self) -> Pointer:
        """The pointer of the text itself."""
        return self.at[:-1] if self.at[-1] == TODO else self.at


def todo_in(data: bytes, kind: str, value: Any) -> Pointer | None:
    """Where a document of a kind still holds a TODO that it may not; `data` are its bytes."""
    if TODO.encode() not in data or kind in _MAY_HOLD_IT:
        return None
    return first_todo(value)


def first_todo(value: Mapping[str, Any]) -> Pointer | None:
    """Where a document first holds a TODO, its approvals apart."""
    content = ((key, inner) for key, inner in value.items() if key != _SIGNED)
    return _first(content, ())


def unwritten(signed: Mapping[str, Any]) -> Unwritten | None:
    """What keeps a text that people sign from saying anything; the steps are a procedure's."""
    at = first_todo(signed)
    if at is not None:
        return Unwritten((*at, TODO), "still holds a TODO")
    for index, step in enumerate(signed.get("steps", ())):
        if _QUESTION.fullmatch(step.get("text", "")):
            return Unwritten(
                ("steps", index, "text"), "still holds a question instead of an answer"
            )
    return None


def place_of(data: bytes, at: Pointer) -> tuple[int, int]:
    """Line and column of what is unwritten; of a TODO its own, or its key's on the same line."""
    if at[-1] != TODO:
        return documents.position_of(data, at)
    line, column = documents.position_of(data, at[:-1])
    lines = data.decode("utf-8-sig", "replace").split("\n")
    for number, text in enumerate(lines[line - 1 :], line):
        found = _MARK.search(text, column - 1 if number == line else 0)
        if found and number == line:
            break
        if found and not text.lstrip().startswith("#"):
            return number, found.start() + 1
    return line, column


def _first(items: Iterable[tuple[str | int, Any]], at: Pointer) -> Pointer | None:
    for step, inner in items:
        here = (*at, step)
        found: Pointer | None = None
        if isinstance(inner, str):
            found = here if TODO in inner and _MARK.search(inner) else None
        elif isinstance(inner, Mapping):
            found = _first(inner.items(), here)
        elif isinstance(inner, list):
            found = _first(enumerate(inner), here)
        if found is not None:
            return found
    return None
