"""Patterns of git's attributes, matched as git matches them, byte by byte.

Git's own matcher (before 2.41) takes for ever on a few stars. Here what follows a star is met at
its first place and never looked for again: of what stars leave to each other the most is best.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

_SPECIAL = re.compile(rb"[*?\[\\]")
_NAMED = re.compile(rb"\[:([^\]]*):\]")
_NEVER = "(?!)"
_SLASH = ord("/")
_DIGITS, _UPPER, _LOWER = range(48, 58), range(65, 91), range(97, 123)
_CLASSES = {
    b"alnum": (*_DIGITS, *_UPPER, *_LOWER),
    b"alpha": (*_UPPER, *_LOWER),
    b"blank": b" \t",
    b"cntrl": (*range(32), 127),
    b"digit": _DIGITS,
    b"graph": range(33, 127),
    b"lower": _LOWER,
    b"print": range(32, 127),
    b"punct": b"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
    b"space": b" \t\n\r",
    b"upper": _UPPER,
    b"xdigit": b"0123456789ABCDEFabcdef",
}
#: What a piece of a pattern is: one byte, a star, folders (`**/`), or anything (`**`).
_BYTE, _STAR, _FOLDERS, _ANYTHING = range(4)
_Piece = tuple[int, str]
_WIDE = {_FOLDERS: "(?:[^/]*/)*?", _ANYTHING: ".*?"}
_NARROW = {_STAR: "[^/]*?"}


class Broken(Exception):  # noqa: N818 - the name says what is wrong
    """A pattern that nothing can match."""


#: Those of some paths that match.
Select = Callable[[Iterable[bytes]], list[bytes]]


class Pattern(NamedTuple):
    """A pattern in the attributes of a folder. Every path that it matches begins with `start`, and
    only such ones may be selected from. `of_folders`: it matches folders alone; `is_plain`: to
    match it costs next to nothing.
    """

    start: bytes
    select: Select
    is_plain: bool
    of_folders: bool


def pattern(text: bytes, folder: bytes) -> Pattern:
    """How a pattern matches files and folders below its own folder, a path that ends in a slash."""
    of_folders = text.endswith(b"/")
    text = text.removesuffix(b"/")
    anywhere = text.removeprefix(b"**/")
    if b"/" not in anywhere:  # such a pattern is about the last step of a path
        return Pattern(folder, *_of_names(anywhere), of_folders)
    text = text.removeprefix(b"/")
    special = _SPECIAL.search(text)
    start = folder + text[: special.start() if special else None]
    if special is None:
        return Pattern(start, lambda paths: [p for p in paths if p == start], True, of_folders)
    # Git looks at the stars only after what stands before them has matched.
    rest, at = _compiled(text[special.start() :], paths=True), len(start)
    return Pattern(start, lambda paths: [p for p in paths if rest(p, at)], False, of_folders)


def _of_names(text: bytes) -> tuple[Select, bool]:
    if not _SPECIAL.search(text):
        below = b"/" + text
        return lambda paths: [p for p in paths if p.endswith(below) or p == text], True
    if text.startswith(b"*") and not _SPECIAL.search(text, 1):
        end = text[1:]
        return lambda paths: [p for p in paths if p.endswith(end)], True
    whole = _compiled(text, paths=False)
    return lambda paths: [p for p in paths if whole(p, p.rfind(b"/") + 1)], False


def _compiled(text: bytes, *, paths: bool) -> Callable[[bytes, int], object]:
    try:
        found = _regex(_pieces(text, paths=paths))
    except Broken:
        found = _NEVER
    return re.compile(found.encode("latin-1"), re.DOTALL).fullmatch


def _regex(pieces: Iterable[_Piece]) -> str:
    """What stands behind `**` is met at its first place, and in it what stands behind a star."""
    return _parts(pieces, _WIDE, lambda part: _parts(part, _NARROW, _bytes))


def _parts(
    pieces: Iterable[_Piece],
    opens: Mapping[int, str],
    inner: Callable[[list[_Piece]], str],
) -> str:
    parts: list[tuple[str, list[_Piece]]] = [("", [])]
    for piece in pieces:
        if piece[0] in opens:
            parts.append((opens[piece[0]], []))
        else:
            parts[-1][1].append(piece)
    *before, last = [start + inner(part) for start, part in parts]
    return "".join(f"(?>{each})" for each in before) + last


def _bytes(pieces: list[_Piece]) -> str:
    return "".join(one for _, one in pieces)


def _pieces(text: bytes, *, paths: bool) -> Iterator[_Piece]:
    """A pattern, taken apart. Raises Broken. `paths`: a star does not match a slash, and two match
    any folders where they stand for a whole step.
    """
    at = 0
    while at < len(text):
        sign, start = text[at : at + 1], at
        at += 1
        if sign == b"*":
            while text[at : at + 1] == b"*":
                at += 1
            is_step = start == 0 or text[start - 1 : start] == b"/"
            if not (paths and is_step and at - start > 1):
                yield _STAR, ""
            elif text[at : at + 1] == b"/":
                yield _FOLDERS, ""
                at += 1
            else:
                ends = at == len(text) or text.startswith(b"\\/", at)
                yield _ANYTHING if ends else _STAR, ""
        elif sign == b"?":
            yield _BYTE, "[^/]"
        elif sign == b"[":
            found, at = _bracket(text, at)
            members = "".join(f"\\x{byte:02x}" for byte in sorted(found - {_SLASH}))
            yield _BYTE, f"[{members}]" if members else _NEVER
        else:
            if sign == b"\\":
                sign, at = text[at : at + 1], at + 1
                if not sign:
                    raise Broken
            yield _BYTE, f"\\x{sign[0]:02x}"


def _bracket(text: bytes, at: int) -> tuple[set[int], int]:
    """The bytes that a set of a pattern matches, and where it ends. Raises Broken."""
    negated = text[at : at + 1] in (b"!", b"^")
    at += negated
    found: set[int] = set()
    before = 0  # the byte that may begin a range
    while True:
        sign, following = text[at : at + 1], text[at + 1 : at + 2]
        if sign == b"-" and before and following not in (b"", b"]"):
            byte, at = _byte(text, at + 1)
            found.update(range(before, byte + 1))
            before = 0
        elif named := _NAMED.match(text, at):
            if named[1] not in _CLASSES:
                raise Broken
            found.update(_CLASSES[named[1]])
            before, at = 0, named.end()
        else:
            before, at = _byte(text, at)
            found.add(before)
        if text[at : at + 1] == b"]":
            return (set(range(256)) - found if negated else found), at + 1


def _byte(text: bytes, at: int) -> tuple[int, int]:
    """A byte of a set, which may stand behind a backslash, and where it ends. Raises Broken."""
    at += text[at : at + 1] == b"\\"
    if at >= len(text):
        raise Broken
    return text[at], at + 1
