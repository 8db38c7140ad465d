"""Lines of .gitattributes, read as git reads them: what it drops is dropped here, too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

#: Of an attribute: set, unset, unspecified (as if no line spoke of it), or a text.
Value = bool | str | None

#: Git ignores longer lines since 2.39; before it heeded them.
_LONGEST = 2047
_BLANK = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
_MACRO = b"[attr]"
_WORDS = re.compile(rb"[^ \t\r\n]+")
_NAME = re.compile(rb"[A-Za-z0-9_.][A-Za-z0-9_.-]*")
_RESERVED = "builtin_"
_QUOTED = re.compile(rb'"((?:[^"\\]|\\(?:[abfnrtv\\"]|[0-3][0-7][0-7]))*)"')
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_ESCAPES = dict(zip(b"abfnrtv", b"\a\b\f\n\r\t\v", strict=True))


class Line(NamedTuple):
    """One line: the pattern, or the name of a macro, and the attributes that it gives, in order.
    `odd`: why versions of git differ about it; then nothing else of it counts.
    """

    number: int
    pattern: bytes = b""
    is_macro: bool = False
    given: tuple[tuple[str, Value], ...] = ()
    odd: str = ""


def lines(data: bytes, *, macros: bool) -> Iterator[Line]:
    """The lines that git heeds; `macros`: the file may define some, as that at the top may."""
    for number, text in enumerate(data.removeprefix(_BOM).split(b"\n"), 1):
        if b"\0" in text:
            yield Line(number, odd="it holds a NUL byte")
        elif found := _line(number, text.strip(_BLANK), len(text), macros=macros):
            yield found


def _line(number: int, text: bytes, length: int, *, macros: bool) -> Line | None:
    if not text or text.startswith(b"#"):
        return None
    if length > _LONGEST:
        return Line(number, odd=f"it has more than {_LONGEST:,} bytes")
    pattern, rest = _pattern(text)
    is_macro = pattern.startswith(_MACRO) and len(pattern) > len(_MACRO)
    if is_macro:
        pattern = pattern.removeprefix(_MACRO).lstrip(_BLANK)
        pattern = b"".join(_WORDS.findall(pattern)[:1])
        if not macros or not _NAME.fullmatch(pattern):
            return None
    words = [_given(word) for word in _WORDS.findall(rest)]
    if None in words or (pattern.startswith(b"!") and not is_macro):
        return None
    given = tuple(word for word in words if word)
    names = [pattern.decode("latin-1")] if is_macro else []
    if any(name.startswith(_RESERVED) for name in (*names, *(name for name, _ in given))):
        return Line(number, odd=f"a name in it begins with {_RESERVED}")
    return Line(number, pattern.partition(b"\0")[0], is_macro, given)


def _pattern(text: bytes) -> tuple[bytes, bytes]:
    """The pattern of a line, and what follows it; quotes that are none of C belong to it."""
    if quoted := _QUOTED.match(text):
        return _ESCAPE.sub(_unescaped, quoted[1]), text[quoted.end() :]
    word = _WORDS.match(text)
    return (word[0], text[word.end() :]) if word else (b"", b"")


def _unescaped(escape: re.Match[bytes]) -> bytes:
    sign = escape[1]
    if len(sign) == 3:
        return bytes([int(sign, 8)])
    return bytes([_ESCAPES.get(sign[0], sign[0])])


def _given(word: bytes) -> tuple[str, Value] | None:
    """An attribute and its value; None where no attribute can be called so."""
    sign = word[:1] if word[:1] in (b"-", b"!") else b""
    name, equals, value = word.removeprefix(sign).partition(b"=")
    if not _NAME.fullmatch(name):
        return None
    told: Value = value.decode("utf-8", "replace") if equals else True
    return name.decode(), {b"-": False, b"!": None}.get(sign, told)
