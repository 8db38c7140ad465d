"""Colours a text for a terminal: headings bold, the words must and should apart. Files get none."""

from __future__ import annotations

import os
import re
import sys

_ALLOWED = ("text",)
_HEADING = re.compile(r"^(?=\S)(?!MSC-|note: )(.+)$", re.MULTILINE)
_LEVEL = re.compile(r"^(MSC-[0-9.]+)( must| should)\b", re.MULTILINE)
_BOLD, _RED, _YELLOW, _PLAIN = "\x1b[1m", "\x1b[31m", "\x1b[33m", "\x1b[0m"


def wanted(name: str) -> bool:
    """Whether standard output is a terminal whose reader did not decline (no-color.org)."""
    if name not in _ALLOWED or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return sys.stdout.isatty()


def coloured(content: bytes) -> bytes:
    """The same text with colours. What documents say can hold no escape of its own by now."""
    text = _HEADING.sub(rf"{_BOLD}\1{_PLAIN}", content.decode())
    return _LEVEL.sub(_level, text).encode()


def _level(found: re.Match[str]) -> str:
    colour = _RED if found[2] == " must" else _YELLOW
    return f"{_BOLD}{found[1]}{_PLAIN}{colour}{found[2]}{_PLAIN}"
