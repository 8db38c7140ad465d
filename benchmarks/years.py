"""A git repository with a long trail: records come in and change, commit by commit."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

_RECORDED = re.compile(rb"^recorded_on: ['\"]?([0-9]{4}-[0-9]{2}-[0-9]{2})", re.MULTILINE)

#: 1 July 2024, 12:00 UTC; each commit is an hour later than the one before.
_START = 1_719_835_200
_STEP = 3600


def grow(repository: Path, corpus: Path, commits: int) -> None:
    """Write a bare repository of `commits` commits over the files of `corpus`.

    The first commit brings the policies, the others one record each; when all are there, records
    change one by one.
    """
    subprocess.run(["git", "init", "--quiet", "--bare", "-b", "main", str(repository)], check=True)
    _import(repository, b"".join(_stream(corpus, commits)))


def grow_by_day(repository: Path, corpus: Path) -> int:
    """Write a bare repository with one commit a day that brings the records of that day.

    The policies come with the first one. Returns the number of commits.
    """
    subprocess.run(["git", "init", "--quiet", "--bare", "-b", "main", str(repository)], check=True)
    days: dict[str, list[tuple[Path, bytes]]] = {}
    for path in sorted((corpus / "evidence").rglob("*.yaml")):
        data = path.read_bytes()
        found = _RECORDED.search(data)
        day = found[1].decode() if found else "9999"
        days.setdefault(day, []).append((path.relative_to(corpus), data))
    policies = [
        (p.relative_to(corpus), p.read_bytes()) for p in (corpus / "policies").rglob("*.yaml")
    ]
    stream: list[bytes] = []
    for number, day in enumerate(sorted(days)):
        files = [*sorted(policies), *days[day]] if not number else days[day]
        noon = datetime.fromisoformat(f"{day}T12:00:00+00:00")
        stream += _commit(number, files, int(noon.timestamp()))
    _import(repository, b"".join(stream))
    return len(days)


def _stream(corpus: Path, commits: int) -> Iterator[bytes]:
    policies = sorted((corpus / "policies").rglob("*.yaml"))
    records = sorted((corpus / "evidence").rglob("*.yaml"))
    first = [(p.relative_to(corpus), p.read_bytes()) for p in policies]
    yield from _commit(0, first, _START)
    for number in range(1, commits):
        turn, index = divmod(number - 1, len(records))
        path = records[index]
        text = path.read_bytes() + (b"# seen again %d\n" % turn if turn else b"")
        yield from _commit(number, [(path.relative_to(corpus), text)], _START + number * _STEP)


def _import(repository: Path, stream: bytes) -> None:
    command = ["git", "-C", str(repository), "fast-import", "--quiet"]
    subprocess.run(command, input=stream, check=True)


def _commit(number: int, files: list[tuple[Path, bytes]], when: int) -> Iterator[bytes]:
    yield b"commit refs/heads/main\nmark :%d\n" % (number + 1)
    yield b"committer P-9 <p-9@test.example> %d +0000\ndata 6\nrecord\n" % when
    if number:
        yield b"from :%d\n" % number
    for path, data in files:
        yield b"M 100644 inline %s\ndata %d\n%s\n" % (path.as_posix().encode(), len(data), data)
