"""Commits, parsed from their raw bytes: git's own output hides what is odd about one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import NamedTuple

from ctpat_policy.trail.repository import Repository

_PERSON = re.compile(
    rb"(?P<name>[^<>\n]*?) ?<(?P<email>[^<>\n]*)> (?P<when>[0-9]{1,12}) [+-][0-9]{4}"
)
#: A commit that nothing is odd about, up to its message.
_PLAIN = re.compile(
    rb"tree [0-9a-f]+\n(?:parent [0-9a-f]+\n)*author %(person)s\ncommitter %(person)s\n\n"
    % {b"person": rb"[^<>\n]*<[^<>\n]*> ([0-9]{1,12}) [+-][0-9]{4}"}
)
#: The parents as git reads them: right after the tree, and nowhere else.
_PARENTS = re.compile(rb"tree [^\n]*\n((?:parent [^\n]*\n)*)")
_LATEST = 253402300799  # the last second of the year 9999
_DAY_LONG = 24 * 3600
_FIRST = date(1970, 1, 1).toordinal()
_SIGNATURES = (b"gpgsig", b"gpgsig-sha256")


class Person(NamedTuple):
    """Who a commit says it is by, and when: seconds since 1970, and that day in UTC."""

    name: str
    email: str
    seconds: int

    @property
    def day(self) -> str:
        """The calendar day, UTC."""
        return day_at(self.seconds)


class Seal(NamedTuple):
    """The signature of a commit in its armour, and the bytes that it was made over."""

    armour: bytes
    payload: bytes


class Commit(NamedTuple):
    """One commit. `odd` says what is wrong with its bytes; then its people are not to be used."""

    id: str
    tree: str
    parents: tuple[str, ...]
    author: Person | None
    committer: Person | None
    message: str
    seal: Seal | None = None
    odd: str = ""

    @property
    def subject(self) -> str:
        """The first line of the message."""
        return self.message.partition("\n")[0]

    @property
    def short(self) -> str:
        """The id as people read it."""
        return self.id[:12]

    @property
    def by(self) -> str:
        """Who it says wrote it, as people read it."""
        return self.author.name if self.author else "nobody who can be read"


def day_at(seconds: int) -> str:
    """The calendar day of a second since 1970, UTC."""
    return _calendar(seconds // _DAY_LONG)


def end_of(day: str) -> int:
    """The last second of a calendar day, UTC, since 1970."""
    return int(datetime.combine(date.fromisoformat(day), time.max, UTC).timestamp())


def latest(claims: Iterable[int | None], today: str) -> Iterator[int]:
    """The running maximum of committer dates along a line of commits; none is after today.

    A commit that is dated back does not slip into the past so, and one whose clock ran ahead does
    not take what came after it along into the future. One without a date comes with the one before.
    """
    now, found = end_of(today), 0
    for claim in claims:
        found = found if claim is None else max(found, min(claim, now))
        yield found


def read(repository: Repository, ids: Iterable[str]) -> Iterator[Commit]:
    """Parse commits, in the order asked for."""
    for oid, _, content in repository.objects(ids):
        yield parse(oid, content)


def line(repository: Repository, tip: str) -> Iterator[tuple[str, int | None]]:
    """First-parent commits, oldest first, each with the seconds of its committer date, or none
    where it cannot be dated.
    """
    for oid, _, content in repository.objects(reversed(repository.first_parents(tip))):
        yield oid, seconds(content)


def seconds(content: bytes) -> int | None:
    """The committer date of a commit object."""
    plain = _PLAIN.match(content)
    # To take a commit apart costs ten times as much, and hardly one needs it.
    if plain and b"\0" not in content and max(map(int, plain.groups())) <= _LATEST:
        return int(plain[2])
    committer = parse("", content).committer
    return committer.seconds if committer else None


def parse(oid: str, content: bytes) -> Commit:
    """One commit object. Never raises: what cannot be read is said in `odd`."""
    head, _, message = content.partition(b"\n\n")
    fields: dict[bytes, list[bytes]] = {}
    unsigned, last = [], b""
    for line in head.split(b"\n"):
        if line.startswith(b" ") and last:
            fields[last][-1] += b"\n" + line[1:]
        else:
            last, _, value = line.partition(b" ")
            fields.setdefault(last, []).append(value)
        if last not in _SIGNATURES:
            unsigned.append(line)
    parents = _parents(content)
    odd = _odd(fields, parents, content)
    author, committer = (_person(fields.get(key, [b""])[0]) for key in (b"author", b"committer"))
    if not odd and (author is None or committer is None):
        odd = "its author or committer line cannot be read"
    armour = next((fields[key][0] for key in _SIGNATURES if key in fields), b"")
    payload = b"\n".join(unsigned) + b"\n\n" + message if armour else b""
    return Commit(
        id=oid,
        tree=fields.get(b"tree", [b""])[0].decode("ascii", "replace"),
        parents=tuple(p.decode("ascii", "replace") for p in parents),
        author=None if odd else author,
        committer=None if odd else committer,
        message=message.decode("utf-8", "replace"),
        seal=Seal(armour, payload) if armour else None,
        odd=odd,
    )


def _parents(content: bytes) -> list[bytes]:
    found = _PARENTS.match(content)
    lines = found[1].split(b"\n")[:-1] if found else []
    return [line.removeprefix(b"parent ") for line in lines]


def _odd(fields: dict[bytes, list[bytes]], parents: list[bytes], content: bytes) -> str:
    for key in (b"tree", b"author", b"committer"):
        if len(fields.get(key, ())) != 1:
            return f"it has {len(fields.get(key, ()))} {key.decode()} lines"
    if sum(len(fields.get(key, ())) for key in _SIGNATURES) > 1:
        return "it has more than one signature"
    if fields.get(b"parent", []) != parents:
        return "it has a parent line where git reads none"
    return "it holds a NUL byte" if b"\0" in content else ""


def _person(line: bytes) -> Person | None:
    match = _PERSON.fullmatch(line)
    if match is None or int(match["when"]) > _LATEST:
        return None
    name, email = (match[key].decode("utf-8", "replace").strip() for key in ("name", "email"))
    return Person(name, email, int(match["when"]))


@lru_cache(maxsize=4096)
def _calendar(days: int) -> str:
    return date.fromordinal(_FIRST + days).isoformat()
