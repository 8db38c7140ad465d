"""The fast way through a document of the plainest form; of any other it says nothing.

One regular expression splits the text into lines, and a loop over them builds the value that
tree.py would. Whatever is unusual, wrong or merely large is left to tree.py, which alone reports.
"""

from __future__ import annotations

import re
from sys import intern
from typing import Any

from ctpat_policy.codes import MAX_NODES
from ctpat_policy.scalars import NUMBER_STARTS, WORDS, Refused, number

#: A character makes two values at most, so that a shorter text breaks no limit but the depth.
_SMALL = MAX_NODES // 2
#: Levels of lines, and of brackets on one line; together they stay below MAX_DEPTH.
_MOST_LINES, _MOST_BRACKETS = 16, 12

# No group that is captured stands in a possessive one: early releases of Python 3.11 fail there.
KEY = r"[A-Za-z_][A-Za-z0-9_.-]{0,127}+|\$(?:ref|defs|schema)"
#: What an unquoted text begins with, and an unquoted number or date.
_LETTER = r"[^\ \n?:,\[\]{}\#&*!|>'\"%@`0-9+.\-]"
_DIGIT = r"(?:[0-9+.]|-(?=[^\ \n:,\[\]{}]))"
#: The rest of either. A colon or a # within a word is text.
_REST = r"[^\ \n:]*+(?::[^\ \n:]++)*(?:\ ++[^\ \n:\#][^\ \n:]*+(?::[^\ \n:]++)*)*"
_NOTHING = r"(?:\ *+(?:\#[^\n]*+)?\n)*"
COMMENTS = re.compile(_NOTHING)
LINES = re.compile(
    rf"""
    (\ *+) (-\ ++)? (?: ({KEY}) :(?=[\ \n]) )?
    (?: \ *+ (?:
        ( {_LETTER}[^\n:\#]*+(?<!\ )(?=\n) | {_LETTER}{_REST} )
      | "([^"\\\n]++)"
      | ( {_DIGIT}{_REST} | [\[{{][^\n]*+(?:(?<=[,\[{{])\n\ ++[^\n]*+)* | '[^'\n]*+' | "" )
      | >-\n (\ ++) ( [^\ \n][^\n]*+ (?:\n\7[^\ \n][^\n]*+)* )
        (?= \n++ (?: \Z | (?!\7)\ *+[^\ \n] ) )
    ))?
    (?: \ ++ (?:\#++(?:\ [^\n]*+)?+)? )? \n {_NOTHING}
  | [\s\S]++   # what is none takes the rest with it, and has no key
    """,
    re.VERBOSE,
)
_WORDS = r"[^\ \n,\[\]{}?:]*+(?:\ ++[^\ \n,\[\]{}?:\#][^\ \n,\[\]{}?:]*+)*"
BRACKETS = re.compile(
    rf"""
    ([\[{{]) [\ \n]*+
  | ({KEY}) :\ ++ (?![\],}}])
  | (?: ( {_LETTER}{_WORDS} ) | ( (?:[0-9+.]|-(?=[0-9])){_WORDS} )
      | ( "[^"\\\n]*+" | '[^'\n]*+' ) | ( [\]}}] )
    ) \ *+ (?: ,[\ \n]*+(?![\],}}]|\Z) | (?=[\]}}]) | (?:(?<=\ )\#[^\n]*+)?\Z )
  | [\s\S]++
    """,
    re.VERBOSE,
)


def read(text: str, schema_file: bool = False) -> dict[str, Any] | None:
    """The value of a text that `characters.decode` let pass, or None: tree.py must read it.

    `schema_file` as for `documents.load`. Never raises.
    """
    if len(text) > _SMALL or "\t" in text or "\r" in text or ("$" in text and not schema_file):
        return None
    begin = COMMENTS.match(text)
    return _tree(LINES.findall(text, begin.end() if begin else 0))


def _tree(lines: list[tuple[str, ...]]) -> dict[str, Any] | None:
    root: dict[str, Any] = {}
    mapping: Any = root  # None in a list
    items: Any = None
    above: list[tuple[Any, Any, int]] = []
    here, waiting = 0, ""  # the column of the open container; a key without a value so far
    for lead, dash, name, text, quoted, rare, deep, block in lines:
        column = len(lead)
        key = intern(name)  # thousands of documents have the same few
        if dash or column != here or mapping is None:
            if waiting and (column > here or (dash and column == here)):
                above.append((mapping, items, here))
                child: Any = [] if dash else {}
                mapping[waiting] = child
                mapping, items, here = None if dash else child, child, column
            while column < here or (column == here and mapping is None and not dash):
                mapping, items, here = above.pop()
            if column != here or (dash and mapping is not None) or len(above) > _MOST_LINES:
                return None
            if dash and key:
                above.append((mapping, items, here))
                mapping, here = {}, column + len(dash)
                items.append(mapping)
        value: Any = quoted or WORDS.get(text, text)
        if rare:
            value = number(rare) if rare[0] in NUMBER_STARTS else _one_line(rare)
        elif block:
            value = block.replace("\n" + deep, " ") if len(deep) > here else Refused.AMBIGUOUS
        if value.__class__ is Refused:
            return None
        waiting = "" if text or value is not None else key
        if mapping is None:
            if value is None and not text:
                return None
            items.append(value)
        elif key in mapping or key in WORDS:
            return None
        else:
            mapping[key] = value
    return root or None


def _one_line(written: str) -> Any:
    """The value of brackets or quotes; Refused when it is not for us to say."""
    if written[0] not in "[{":
        return written[1:-1]
    top: list[Any] = []  # holds the one value in the end
    mapping: Any = None
    items: Any = top
    above: list[tuple[Any, Any]] = []
    key = ""
    for opening, name, text, digits, quoted, closing in BRACKETS.findall(written):
        if name:
            if mapping is None or key or name in mapping or name in WORDS:
                return Refused.AMBIGUOUS
            key = name
            continue
        if closing:
            if key or not above or (closing == "}") is (mapping is None):
                return Refused.AMBIGUOUS
            mapping, items = above.pop()
            continue
        if opening:
            value: Any = [] if opening == "[" else {}
        elif text:
            value = WORDS.get(text, text)
        else:
            value = quoted[1:-1] if quoted else number(digits) if digits else Refused.AMBIGUOUS
        deep = len(above) == _MOST_BRACKETS
        if value.__class__ is Refused or deep or (mapping is not None and not key):
            return Refused.AMBIGUOUS
        if mapping is None:
            items.append(value)
        else:
            mapping[intern(key)], key = value, ""
        if opening:
            above.append((mapping, items))
            mapping, items = (None, value) if opening == "[" else (value, None)
    return top[0] if len(top) == 1 and not above else Refused.AMBIGUOUS
