"""What git's raw diffs say, parsed by NUL bytes only: a path may hold anything else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

#: Begins the line of a commit in our own log format.
MARK = b"\x01"
FOLDER = "040000"
#: Modes of plain files; others are links, folders and repositories.
FILES = ("100644", "100755", "100664")

_TREE = re.compile(rb"tree ([0-9a-f]{40}(?:[0-9a-f]{24})?)\n")
_ITEM = re.compile(rb"([0-7]{1,10}) ([^\0/]+)\0(.{20})", re.DOTALL)
_ITEM_SHA256 = re.compile(rb"([0-7]{1,10}) ([^\0/]+)\0(.{32})", re.DOTALL)


class Entry(NamedTuple):
    """One file of a tree: git's mode, its blob id, its path from the policy root."""

    mode: str
    blob: str
    path: str


class Change(NamedTuple):
    """One path that a commit changed against its first parent; absent sides have empty ids."""

    path: str
    old: str
    new: str
    mode: str

    @property
    def kind(self) -> str:
        """added, deleted or modified."""
        return "added" if not self.old else "modified" if self.new else "deleted"


class Merged(NamedTuple):
    """One path that a merge changed to what none of its parents has."""

    path: str
    parents: tuple[str, ...]
    new: str


def entries(raw: bytes, prefix: str) -> list[Entry]:
    """`mode type id TAB path NUL`, again and again."""
    found = []
    for line in raw.split(b"\0"):
        if line:
            facts, _, path = line.partition(b"\t")
            mode, _, blob = facts.decode().split(" ")
            found.append(Entry(mode, blob, text(path).removeprefix(prefix)))
    return found


def tree_of(commit: bytes) -> str:
    """The tree of a commit by its bytes; empty where it begins otherwise."""
    found = _TREE.match(commit)
    return found[1].decode() if found else ""


def tree(raw: bytes, digest: int) -> list[tuple[str, str, str]] | None:
    """Mode, id and name of each entry of a folder, whose ids have so many bytes; None where the
    bytes are no folder, or two entries share a name. Modes are those that git makes of what stands
    there.
    """
    found = (_ITEM_SHA256 if digest == 32 else _ITEM).findall(raw)
    if len({name for _, name, _ in found}) != len(found):
        return None  # git itself takes the one here and the other there
    if sum(len(mode) + len(name) + digest + 2 for mode, name, _ in found) != len(raw):
        return None
    return [(_mode(mode), oid.hex(), text(name)) for mode, name, oid in found]


def changes(raw: bytes, prefix: str) -> list[Change]:
    """`:oldmode newmode oldid newid status NUL path NUL`, again and again."""
    return [_change(facts, path, prefix) for _, facts, path in _tokens(raw) if path is not None]


def log(raw: bytes, prefix: str, beyond: str = "") -> Iterator[tuple[str, list[Change]]]:
    """Commits with their changes below the prefix, as `git log -z --raw` prints them. Elsewhere
    only paths that end in `beyond` count; those begin with a slash, from the top.
    """
    commit, found, below, end = "", list[Change](), path_bytes(prefix), path_bytes(beyond)
    for header, facts, path in _tokens(raw):
        if path is None:
            if commit:
                yield commit, found
            commit, found = header.decode(), []
        elif path.startswith(below):
            found.append(_change(facts, path, prefix))
        elif end and path.endswith(end):
            found.append(_change(facts, b"/" + path, ""))
    if commit:
        yield commit, found


def combined(raw: bytes, prefix: str) -> Iterator[tuple[str, list[Merged]]]:
    """Merges with the paths that differ from every parent, as `git log -z --raw -c` prints them."""
    commit, found, below = "", list[Merged](), path_bytes(prefix)
    for header, facts, path in _tokens(raw):
        if path is None:
            if commit:
                yield commit, found
            commit, found = header.decode(), []
        elif path.startswith(below):
            parents = facts.count(b":")
            ids = [_absent(i) for i in facts.decode().split(" ")[parents + 1 : 2 * parents + 2]]
            name = text(path).removeprefix(prefix)
            found.append(Merged(name, tuple(ids[:-1]), ids[-1]))
    if commit:
        yield commit, found


def text(raw: bytes) -> str:
    """A path; bytes that are no UTF-8 stay told apart."""
    return raw.decode("utf-8", "surrogateescape")


def path_bytes(path: str) -> bytes:
    """The same the other way."""
    return path.encode("utf-8", "surrogateescape")


def _tokens(raw: bytes) -> Iterator[tuple[bytes, bytes, bytes | None]]:
    """A commit as (id, "", None), a change as ("", facts, path): what follows facts is a path."""
    fields = iter(raw.split(b"\0"))
    for field in fields:
        field = field.lstrip(b"\n")
        if field.startswith(b":"):
            yield b"", field, next(fields, b"")
        elif field.startswith(MARK):
            yield field.removeprefix(MARK).strip(), b"", None


@lru_cache(maxsize=64)
def _mode(octal: bytes) -> str:
    mode = int(octal, 8)
    kind = mode & 0o170000
    if kind == 0o100000:
        return "100755" if mode & 0o100 else "100644"
    return {0o040000: FOLDER, 0o120000: "120000"}.get(kind, "160000")


def _change(facts: bytes, path: bytes, prefix: str) -> Change:
    _, mode, old, new, _ = facts.decode().split(" ")
    return Change(text(path).removeprefix(prefix), _absent(old), _absent(new), mode)


def _absent(oid: str) -> str:
    return "" if not oid.strip("0") else oid
