"""Attributes of git that change the bytes of records, join them, or hide their changes."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ctpat_policy.model import INVALID, Finding, Place
from ctpat_policy.trail.chain import Trail

_FOLDERS = ("policies/", "evidence/")
_FILE = ".gitattributes"
_LOCAL = "/.git/info/attributes"
_SET, _UNSET, _UNSPECIFIED = "set", "unset", ""
_BYTES = "checkouts differ from what is committed"
_HIDES = "its changes are hidden from reviewers"
_DROPS = "archives differ from what is committed"
#: Attribute, what it does, and whether a value of it does so.
_Bad = tuple[str, str, Callable[[str], bool]]
_BAD: tuple[_Bad, ...] = (
    ("working-tree-encoding", _BYTES, lambda v: v not in (_SET, _UNSET, "UTF-8")),
    ("eol", _BYTES, lambda v: v == "crlf"),
    ("ident", _BYTES, lambda v: v == _SET),
    ("filter", _BYTES, lambda v: v != _UNSET),
    ("merge", "merges join both sides unseen", lambda v: v not in (_SET, _UNSET, "text", "binary")),
    ("export-ignore", _DROPS, lambda v: v == _SET),
    ("export-subst", _DROPS, lambda v: v == _SET),
)
#: These matter only where people can read the changes.
_BAD_FOR_DOCUMENTS: tuple[_Bad, ...] = (
    ("diff", _HIDES, lambda v: v == _UNSET),
    ("linguist-generated", _HIDES, lambda v: v in (_SET, "true")),
    ("gitlab-generated", _HIDES, lambda v: v in (_SET, "true")),
)
_MACRO = "[attr]"
_BINARY = {"binary": "-diff -merge -text"}
_GLOB = re.compile(r"\*\*/|/\*\*(?=$)|\*+|\?|\[[!^]?\]?[^\]]*\]|\\?.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of an attributes file: what it matches, and the attributes that it gives."""

    file: str
    number: int
    matches: re.Pattern[str]
    given: Mapping[str, str]


def find(trail: Trail) -> Iterator[Finding]:
    """Every line that gives a record such an attribute, with how many it concerns."""
    lines = _lines(trail.surroundings.attributes, trail.surroundings.prefix)
    hit: dict[tuple[str, int, str, str], list[str]] = {}
    for path in trail.surroundings.paths if lines else ():
        if path.startswith(_FOLDERS) and not path.endswith(_FILE):
            for line, name, does in _wrong(trail.surroundings.prefix + path, lines):
                hit.setdefault((line.file, line.number, name, does), []).append(path)
    for (file, number, name, does), paths in sorted(hit.items()):
        more = f" and {len(paths) - 1:,} more" if len(paths) > 1 else ""
        message = f"the attribute {name} holds for {paths[0]}{more}: {does}"
        hint = "take records out of this line; they are plain text that merges and shows as it is"
        place = Place(_from_policies(file, trail.surroundings.prefix), (), number, 1)
        yield Finding("attributes", INVALID, message, place, hint)


def _from_policies(file: str, prefix: str) -> str:
    """A file as all places are named, from the policy repository, which may lie below it."""
    return posixpath.relpath(file, f"/{prefix}") if file.startswith("/") else file


def _wrong(path: str, lines: Sequence[_Line]) -> Iterator[tuple[_Line, str, str]]:
    given = {
        name: (line, v)
        for line in lines
        if line.matches.fullmatch(path)
        for name, v in line.given.items()
    }
    for name, does, is_bad in _BAD + (_BAD_FOR_DOCUMENTS if path.endswith(".yaml") else ()):
        line, value = given.get(name, (None, _UNSPECIFIED))
        if line is not None and value != _UNSPECIFIED and is_bad(value):
            yield line, name, does


def _lines(files: Mapping[str, str], prefix: str) -> list[_Line]:
    """Every line of every file, the one that decides last: deeper files, then the clone's own."""
    found = []
    macros = dict(_BINARY)
    for file in sorted(files, key=lambda f: (f == _LOCAL, f.count("/"), f)):
        base = "" if file == _LOCAL else file[1:] if file.startswith("/") else prefix + file
        folder = base.removesuffix(_FILE)
        for number, text in enumerate(files[file].splitlines(), 1):
            pattern, _, rest = text.strip().partition(" " if " " in text.strip() else "\t")
            if pattern.startswith(_MACRO):
                macros[pattern.removeprefix(_MACRO)] = rest
            elif pattern and not pattern.startswith(("#", "!")):
                matches = re.compile(_regex(pattern.strip('"'), folder), re.DOTALL)
                found.append(_Line(file, number, matches, _given(rest, macros)))
    return found


def _given(text: str, macros: Mapping[str, str], depth: int = 0) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in text.split():
        name, equals, value = word.lstrip("-!").partition("=")
        if word.startswith("-"):
            found[name] = _UNSET
        elif word.startswith("!"):
            found[name] = _UNSPECIFIED
        else:
            found[name] = value if equals else _SET
            if name in macros and not equals and depth < 5:
                found |= _given(macros[name], macros, depth + 1)
    return found


def _regex(pattern: str, folder: str) -> str:
    """A pattern of git as a regular expression over the path from the repository's top."""
    anchored = "/" in pattern.rstrip("/")
    start = re.escape(folder) + ("" if anchored else "(?:.*/)?")
    return start + "".join(_part(m.group()) for m in _GLOB.finditer(pattern.removeprefix("/")))


def _part(glob: str) -> str:
    fixed = {"**/": "(?:.*/)?", "/**": "/.*", "?": "[^/]"}
    if glob in fixed:
        return fixed[glob]
    if glob.startswith("*"):
        return "[^/]*"
    if glob.startswith("[") and len(glob) > 2:
        inner = glob[1:-1].replace("\\", "\\\\")
        return f"[{'^' + inner[1:] if inner[0] in '!^' else inner}]"
    return re.escape(glob.removeprefix("\\") if len(glob) > 1 else glob)
