"""YAML as a person would type it: comments wrapped above each key, quotes only where needed."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from ctpat_policy.scalars import WORDS

WIDTH = 96
#: Text that every program reads as text without quotes.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9._/-]*", re.ASCII)


def scalar(value: Any) -> str:
    """A value on one line: text, number, true, false, null, or a short list of them."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(scalar, value))}]"
    if value is None or isinstance(value, bool | int):
        return json.dumps(value)
    text = str(value)
    if _PLAIN.fullmatch(text) and text not in WORDS:
        return text
    return json.dumps(text, ensure_ascii=False)


def comment(text: str, indent: int) -> list[str]:
    """Text as comment lines."""
    lead = " " * indent + "# "
    lines = textwrap.wrap(" ".join(text.split()), WIDTH - len(lead), break_on_hyphens=False)
    return [lead + line for line in lines]


def block(text: str, indent: int) -> list[str]:
    """Text as the lines of a folded block, after `>-`."""
    lead = " " * indent
    lines = textwrap.wrap(" ".join(text.split()), WIDTH - indent, break_on_hyphens=False)
    return [lead + line for line in lines]


def commented_out(lines: Iterable[str]) -> Iterator[str]:
    """Lines as comments without a blank, so that taking the # away makes them count."""
    for line in lines:
        text = line.lstrip(" ")
        lead = line[: len(line) - len(text)]
        yield f"{lead}#{text}" if not text.startswith("#") else line
