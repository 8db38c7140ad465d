"""A git repository with a long trail: records come in and change, commit by commit."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

#: 1 July 2024, 12:00 UTC; each commit is an hour later than the one before.
_START = 1_719_835_200
_STEP = 3600


def grow(repository: Path, corpus: Path, commits: int) -> None:
    """Write a bare repository of `commits` commits over the files of `corpus`.

    The first commit brings the policies, the others one record each; when all are there, records
    change one by one.
    """
    subprocess.run(["git", "init", "--quiet", "--bare", "-b", "main", str(repository)], check=True)
    stream = b"".join(_stream(corpus, commits))
    subprocess.run(
        ["git", "-C", str(repository), "fast-import", "--quiet"], input=stream, check=True
    )


def _stream(corpus: Path, commits: int) -> Iterator[bytes]:
    policies = sorted((corpus / "policies").rglob("*.yaml"))
    records = sorted((corpus / "evidence").rglob("*.yaml"))
    yield from _commit(0, [(p.relative_to(corpus), p.read_bytes()) for p in policies])
    for number in range(1, commits):
        turn, index = divmod(number - 1, len(records))
        path = records[index]
        text = path.read_bytes() + (b"# seen again %d\n" % turn if turn else b"")
        yield from _commit(number, [(path.relative_to(corpus), text)])


def _commit(number: int, files: list[tuple[Path, bytes]]) -> Iterator[bytes]:
    when = _START + number * _STEP
    yield b"commit refs/heads/main\nmark :%d\n" % (number + 1)
    yield b"committer P-9 <p-9@test.example> %d +0000\ndata 6\nrecord\n" % when
    if number:
        yield b"from :%d\n" % number
    for path, data in files:
        yield b"M 100644 inline %s\ndata %d\n%s\n" % (path.as_posix().encode(), len(data), data)
