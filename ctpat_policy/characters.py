"""From the bytes of a document to a text without hidden characters."""

from __future__ import annotations

import re
import unicodedata

from ctpat_policy.codes import MAX_BYTES, problem
from ctpat_policy.model import Problem

_BOM = b"\xef\xbb\xbf"
_OTHER_BOMS = (b"\xff\xfe", b"\xfe\xff")
_POINTERS = ("version https://git-lfs.github.com/spec/", "/annex/objects/")
_PAGES = ("<!doctype html", "<html", "<?xml")
_MARKERS = ("<<<<<<<", "=======", ">>>>>>>")
_MARKER = re.compile(r"^(?:<{7}|={7}|>{7}|\|{7})(?![<=>|])(?: .*)?$", re.MULTILINE)
_INDENTING_TAB = re.compile(r"^ *\t", re.MULTILINE)
_LINE_ENDS = "\r\x85\u2028\u2029"
_PLAIN_BYTES = b"\t\n" + bytes(range(0x20, 0x7F))

#: Everything that hides, reorders or breaks lines unseen: controls, bidirectional marks, fillers,
#: tags, variation selectors but the two of emoji, surrogates, non-characters. Left out, as scripts
#: and emoji need them: U+200C, U+200D, U+FE0E, U+FE0F and the visible signs of class Cf.
_HIDDEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufdd0-\ufdef\ufe00-\ufe0d\ufeff\uffa0"
    "\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "\ud800-\udfff"
) + "".join(chr(plane << 16 | last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))
# The class alone would be searched for at each letter of each word, five times as long.
HIDDEN = re.compile(f"[^\n\t -~](?<=[{_HIDDEN}])")

#: Stands in for tabs while YAML is parsed, as the two parsers treat tabs between tokens
#: differently. It is one of the hidden characters, so that no text can hold it.
TAB = "\ufdd0"


def decode(data: bytes) -> str | Problem:
    """The text of a document without its byte-order mark, or why it cannot be one."""
    if len(data) > MAX_BYTES:
        return problem("yaml-too-large", f"{len(data):,} bytes are too many for a document")
    if data.startswith(_OTHER_BOMS):
        return problem("yaml-encoding", "the file is UTF-16, not UTF-8", 1, 1)
    data = data.removeprefix(_BOM)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        good = data[: error.start].decode("utf-8")
        message = f"byte 0x{data[error.start]:02X} is not UTF-8"
        return problem("yaml-encoding", message, *position(good, len(good)))
    return _odd_file(text) or _odd_characters(text, data) or text


def position(text: str, index: int) -> tuple[int, int]:
    """Line and column of a character, both from 1."""
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def name(character: str) -> str:
    """What to call a character that nobody sees."""
    known = unicodedata.name(character, "") or {"\r": "carriage return"}.get(character, "")
    return f"U+{ord(character):04X}" + (f" ({known.lower()})" if known else "")


def _odd_file(text: str) -> Problem | None:
    """What is not a document at all, although it may well be YAML."""
    if not text or text.isspace():
        return problem("yaml-empty", "the file is empty")
    start = text[:200].lstrip().lower()
    if start.startswith(_POINTERS):
        return problem("yaml-lfs-pointer", "a pointer to content that is not here", 1, 1)
    if start.startswith(_PAGES):
        return problem("yaml-html", "a web page, not a document", 1, 1)
    if any(marker in text for marker in _MARKERS):
        found = _MARKER.search(text.replace("\r\n", "\n"))
        if found:
            place = position(found.string, found.start())
            return problem("yaml-conflict", "a merge conflict is not settled", *place)
    return None


def _odd_characters(text: str, data: bytes) -> Problem | None:
    if not data.translate(None, _PLAIN_BYTES):
        return _odd_tab(text)
    text = text.replace("\r\n", "\n")
    found = HIDDEN.search(text)
    if found is None:
        return _odd_tab(text)
    place = position(text, found.start())
    if found.group() in _LINE_ENDS:
        return problem("yaml-line-end", f"{name(found.group())} ends a line unseen", *place)
    return problem("yaml-character", f"hidden character {name(found.group())}", *place)


def _odd_tab(text: str) -> Problem | None:
    found = _INDENTING_TAB.search(text) if "\t" in text else None
    if found is None:
        return None
    return problem("yaml-tab", "a tab indents this line", *position(text, found.end() - 1))
