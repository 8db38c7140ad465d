"""File names and paths that mean the same file on every system, and none outside the repository."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from ctpat_policy.codes import MAX_FOLDER_DEPTH, MAX_NAME_BYTES

#: Names without these questions: what Windows, macOS and Linux all take as it is.
_PLAIN = re.compile(r"(?!\.\Z)[A-Za-z0-9_.](?:[A-Za-z0-9_. -]*[A-Za-z0-9_-])?")
_UNSAFE = re.compile(r'[\\/:*?"<>|]')
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])[ ]*(?:\..*)?")


def wrong_name(name: str) -> str:
    """Why a file or folder cannot be called that; empty when it can."""
    if len(name.encode("utf-8", "surrogatepass")) > MAX_NAME_BYTES:
        return f"a name of more than {MAX_NAME_BYTES} bytes"
    if _DEVICE.fullmatch(name.lower()):
        return "the name of a device on Windows"
    if _PLAIN.fullmatch(name):
        return ""
    if not name.isprintable():
        return "a name with hidden characters"
    if _UNSAFE.search(name):
        return "a name with a character that Windows does not take"
    if name.startswith("-"):
        return "a name that programs take for an option"
    if name.endswith((".", " ")):
        return "a name that Windows changes"
    if not unicodedata.is_normalized("NFC", name):
        return "a name whose accents are split from their letters (not NFC)"
    return ""


def wrong_path(path: str) -> str:
    """Why a path does not name a file below the root; empty when it may. Looks at text only."""
    parts = path.split("/")
    if path.startswith("/") or re.match(r"[A-Za-z]:", path):
        return "an absolute path"
    if "\\" in path:
        return "a path with a backslash"
    if ".." in parts:
        return "a path that leads out of its folder (..)"
    if "" in parts or "." in parts:
        return "a path with an empty step"
    if any(is_git(part) for part in parts):
        return "a path into git's own folder"
    if len(parts) > MAX_FOLDER_DEPTH + 1:
        return f"a path of more than {MAX_FOLDER_DEPTH} folders"
    return next(filter(None, map(wrong_name, parts)), "")


def twins(names: Iterable[str]) -> dict[str, str]:
    """Of the names in one folder, those that some systems cannot tell apart, each with another."""
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        alike[_folded(name)].append(name)
    return {
        name: next(other for other in same if other != name)
        for same in map(sorted, alike.values())
        if len(same) > 1
        for name in same
    }


def visible(name: str) -> str:
    """A name that can be printed, with escapes for what cannot."""
    if name.isprintable():
        return name
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in name)


def is_git(name: str) -> bool:
    """Whether git would take an entry of that name for a repository."""
    return name.lower() in (".git", "git~1")


def _folded(name: str) -> str:
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())
