"""Objects as `git cat-file --batch` hands them out, each held against its own id.

Git says how large an object is before it says what it holds, and a small file may unpack to more
than a machine can hold: nothing is read that is larger than what was asked for.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from ctpat_policy.errors import NotTrusted

_CHUNK = 1 << 20


class Object(NamedTuple):
    """One object; it has no content where that is larger than was asked for."""

    id: str
    kind: str
    size: int
    content: bytes | None


def objects(process: Any, wanted: Sequence[str], most: int) -> Iterator[Object]:
    """The objects in the order asked for, up to the first that is larger; ends the process.

    Raises NotTrusted when one is missing or is not what its id says: git itself takes whatever
    lies under the name.
    """
    with _fed(process, wanted):
        for oid in wanted:
            kind, size = _header(process, oid)
            if size > most:
                yield Object(oid, kind, size, None)
                return
            content = process.stdout.read(size + 1)[:size]  # a line ends it
            if object_id(kind, content, len(oid)) != oid:
                raise _damaged(oid)
            yield Object(oid, kind, size, content)


def digests(process: Any, wanted: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Id and SHA-256 of each object, however large; ends the process. Raises as `objects` does."""
    with _fed(process, wanted):
        for oid in wanted:
            kind, size = _header(process, oid)
            made, own = hashlib.sha256(), _begun(kind, size, len(oid))
            while size:
                chunk = process.stdout.read(min(size, _CHUNK))
                if not chunk:
                    raise _damaged(oid)
                made.update(chunk)
                own.update(chunk)
                size -= len(chunk)
            process.stdout.read(1)
            if own.hexdigest() != oid:
                raise _damaged(oid)
            yield oid, made.hexdigest()


def object_id(kind: str, content: bytes, length: int) -> str:
    """The id of an object: SHA-1 for 40 digits, SHA-256 for 64."""
    made = _begun(kind, len(content), length)
    made.update(content)
    return str(made.hexdigest())


def _begun(kind: str, size: int, length: int) -> Any:
    head = f"{kind} {size}\0".encode()
    return hashlib.sha256(head) if length == 64 else hashlib.sha1(head, usedforsecurity=False)


def _header(process: Any, oid: str) -> tuple[str, int]:
    header = process.stdout.readline().split()
    if len(header) != 3:
        raise NotTrusted(
            f"the object {oid} is missing from this clone; if it is a partial one, fetch all of it "
            "(actions/checkout: no filter, git fetch --refetch --no-filter)"
        )
    return header[1].decode(), int(header[2])


def _damaged(oid: str) -> NotTrusted:
    return NotTrusted(f"the object {oid} is damaged: it holds something else")


@contextmanager
def _fed(process: Any, wanted: Sequence[str]) -> Iterator[None]:
    """The process while it is told what to hand out; it ends however the reader does."""
    feeder = threading.Thread(target=_feed, args=(process.stdin, wanted), daemon=True)
    feeder.start()
    try:
        yield
    finally:
        process.stdout.close()
        process.stderr.close()
        process.proc.kill()
        process.proc.wait()
        feeder.join()


def _feed(pipe: Any, ids: Sequence[str]) -> None:
    try:
        pipe.write("".join(f"{oid}\n" for oid in ids).encode())
        pipe.close()
    except (BrokenPipeError, ValueError):
        pass  # the reader stopped early
