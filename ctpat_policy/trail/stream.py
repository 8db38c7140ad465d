"""Objects as `git cat-file --batch` hands them out, each held against its own id."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from ctpat_policy.errors import NotTrusted


def objects(process: Any, wanted: Sequence[str]) -> Iterator[tuple[str, str, bytes]]:
    """Id, type and content of each object, in the order asked for; ends the process.

    Raises NotTrusted when one is missing or is not what its id says: git itself takes whatever
    lies under the name.
    """
    feeder = threading.Thread(target=_feed, args=(process.stdin, wanted), daemon=True)
    feeder.start()
    line, read = process.stdout.readline, process.stdout.read
    try:
        for oid in wanted:
            header = line().split()
            if len(header) != 3:
                raise NotTrusted(f"the object {oid} is missing from this clone")
            kind, size = header[1].decode(), int(header[2])
            content = read(size + 1)[:size]  # a line ends it
            if object_id(kind, content, len(oid)) != oid:
                raise NotTrusted(f"the object {oid} is damaged: it holds something else")
            yield oid, kind, content
    finally:
        process.stdout.close()
        process.stderr.close()
        process.proc.kill()
        process.proc.wait()
        feeder.join()


def object_id(kind: str, content: bytes, length: int) -> str:
    """The id of an object: SHA-1 for 40 digits, SHA-256 for 64."""
    head = f"{kind} {len(content)}\0".encode()
    made = hashlib.sha256(head) if length == 64 else hashlib.sha1(head, usedforsecurity=False)
    made.update(content)
    return made.hexdigest()


def _feed(pipe: Any, ids: Sequence[str]) -> None:
    try:
        pipe.write("".join(f"{oid}\n" for oid in ids).encode())
        pipe.close()
    except (BrokenPipeError, ValueError):
        pass  # the reader stopped early
