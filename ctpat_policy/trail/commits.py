"""Commits, parsed from their raw bytes: git's own output hides what is odd about one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from ctpat_policy.trail.repository import Repository

_PERSON = re.compile(
    rb"(?P<name>[^<>\n]*?) ?<(?P<email>[^<>\n]*)> (?P<when>[0-9]{1,12}) [+-][0-9]{4}"
)
_LATEST = 253402300799  # the last second of the year 9999


@dataclass(frozen=True, slots=True)
class Person:
    """Who a commit says it is by, and when: seconds since 1970, and that day in UTC."""

    name: str
    email: str
    seconds: int

    @property
    def day(self) -> str:
        """The calendar day, UTC."""
        return datetime.fromtimestamp(self.seconds, UTC).date().isoformat()


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit. `odd` says what is wrong with its bytes; then its people are not to be used."""

    id: str
    tree: str
    parents: tuple[str, ...]
    author: Person | None
    committer: Person | None
    message: str
    signed: bool
    odd: str = ""

    @property
    def subject(self) -> str:
        """The first line of the message."""
        return self.message.partition("\n")[0]


def read(repository: Repository, ids: Iterable[str]) -> Iterator[Commit]:
    """Parse commits, in the order asked for."""
    for oid, _, content in repository.objects(ids):
        yield parse(oid, content)


def parse(oid: str, content: bytes) -> Commit:
    """One commit object. Never raises: what cannot be read is said in `odd`."""
    head, _, message = content.partition(b"\n\n")
    fields: dict[bytes, list[bytes]] = {}
    last = b""
    for line in head.split(b"\n"):
        if line.startswith(b" ") and last:
            fields[last][-1] += line
            continue
        last, _, value = line.partition(b" ")
        fields.setdefault(last, []).append(value)
    odd = _odd(fields, message)
    author, committer = (_person(fields.get(key, [b""])[0]) for key in (b"author", b"committer"))
    if not odd and (author is None or committer is None):
        odd = "its author or committer line cannot be read"
    return Commit(
        id=oid,
        tree=fields.get(b"tree", [b""])[0].decode("ascii", "replace"),
        parents=tuple(p.decode("ascii", "replace") for p in fields.get(b"parent", ())),
        author=None if odd else author,
        committer=None if odd else committer,
        message=message.decode("utf-8", "replace"),
        signed=b"gpgsig" in fields or b"gpgsig-sha256" in fields,
        odd=odd,
    )


def _odd(fields: dict[bytes, list[bytes]], message: bytes) -> str:
    for key in (b"tree", b"author", b"committer"):
        if len(fields.get(key, ())) != 1:
            return f"it has {len(fields.get(key, ()))} {key.decode()} lines"
    if b"\0" in message:
        return "its message holds a NUL byte"
    return ""


def _person(line: bytes) -> Person | None:
    match = _PERSON.fullmatch(line)
    if match is None or int(match["when"]) > _LATEST:
        return None
    name, email = (match[key].decode("utf-8", "replace").strip() for key in ("name", "email"))
    return Person(name, email, int(match["when"]))
