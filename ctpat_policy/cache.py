"""A content-addressed store on disk: what was read and judged once is not read and judged again.

Values are text (JSON), never pickles; each carries a digest of itself, so that a torn or foreign
entry is as good as none. Nothing here can fail a check: a cache that cannot be used is empty.
Whoever can write the file can forge verdicts, so it belongs to one user, not to a shared runner.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

#: Changes whenever the meaning of stored values does.
FORMAT = 3
#: A file that the user names may be one of another format; its values stay apart.
_TABLE = f"entry_{FORMAT}"
#: A file larger than this is begun anew.
MAX_BYTES = 512 << 20
#: What tells our files from those of others, and where SQLite keeps it.
_MARK, _MARK_AT = b"CTPA", 68
_PATIENCE = 5  # seconds to wait for another run that writes
_AT_ONCE = 500
#: Longer values, such as reports, are packed: they become a twentieth, and faster to write.
_LONG = 4096
#: A packed value that would become larger than this is none of ours.
_LARGEST = 1 << 30


class Cache:
    """One SQLite file. Keys are hexadecimal digests."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._opened: dict[int, sqlite3.Connection | None] = {}

    @property
    def works(self) -> bool:
        """Whether anything is kept at all."""
        return self._database is not None

    @property
    def _database(self) -> sqlite3.Connection | None:
        """The connection of this process: one that was opened by another must not be used, nor
        closed.
        """
        process = os.getpid()
        if process not in self._opened:
            self._opened[process] = _opened(self._path) if self._path is not None else None
        return self._opened[process]

    def get(self, keys: Iterable[str]) -> dict[str, str]:
        """The values that are there and whole, by key."""
        found: dict[str, str] = {}
        if self._database is None:
            return found
        import sqlite3

        with contextlib.suppress(sqlite3.Error):
            for some in _chunks(sorted(keys)):  # neighbours lie on one page of the index
                marks = ",".join("?" * len(some))
                query = f"SELECT key, digest, packed, value FROM {_TABLE} WHERE key IN ({marks})"  # noqa: S608  only marks
                for key, digest, packed, data in self._database.execute(query, some):
                    if isinstance(data, bytes) and _digest(key, data) == digest:
                        text = _text(data, bool(packed))
                        if text is not None:
                            found[key] = text
        return found

    def put(self, values: Mapping[str, str]) -> None:
        """Keep values; what is there already stays, as the same key means the same value."""
        if self._database is None or not values:
            return
        import sqlite3

        rows = (_row(key, value) for key, value in values.items())
        with contextlib.suppress(sqlite3.Error), self._database:
            query = f"INSERT OR REPLACE INTO {_TABLE} VALUES (?, ?, ?, ?)"  # noqa: S608  a constant
            self._database.executemany(query, rows)


class ReadOnly(Cache):
    """A cache that is asked, and keeps nothing new."""

    def __init__(self, cache: Cache) -> None:
        super().__init__(cache._path)

    def put(self, values: Mapping[str, str]) -> None:
        """See Cache: here nothing is kept."""


def default_path() -> Path:
    """Where the user's cache lies: $CTPAT_POLICY_CACHE, or below $XDG_CACHE_HOME or ~/.cache."""
    if own := os.environ.get("CTPAT_POLICY_CACHE"):
        return Path(own)
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(base, "ctpat-policy", f"judged-{FORMAT}.sqlite")


def key_of(*parts: str) -> str:
    """One key from several texts; no two lists of parts have the same."""
    return hashlib.sha256(_joined(parts)).hexdigest()


def keys_of(*parts: str) -> Callable[[bytes], str]:
    """Makes keys from several texts and a content each; what they share is hashed once."""
    start = hashlib.sha256(_joined(parts))

    def key(content: bytes) -> str:
        digest = start.copy()
        digest.update(content)
        return digest.hexdigest()

    return key


def _joined(parts: Iterable[str]) -> bytes:
    return "".join(f"{len(part)}:{part}" for part in parts).encode("utf-8", "surrogatepass")


def blob_id(data: bytes) -> str:
    """The id of a file's content: git's, made with SHA-256, as SHA-1 can be made to collide."""
    return hashlib.sha256(b"blob %d\0" % len(data) + data).hexdigest()


def program_mark() -> str:
    """What tells one state of this program from another, also in a checkout that is worked on.

    A version alone would let a report outlive the mistake that made it.
    """
    here = os.path.dirname(__file__)
    modules = sorted(_modules(here), key=lambda entry: entry.path)
    stats = ((entry.path.removeprefix(here), entry.stat()) for entry in modules)
    return key_of(*(f"{path} {s.st_size} {s.st_mtime_ns}" for path, s in stats))


def _modules(folder: str) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _modules(entry.path)
            elif entry.name.endswith(".py"):
                yield entry


@cache
def program_digest() -> str:
    """A digest of the program itself: equal ones have the same, wherever they are installed."""
    here = Path(__file__).parent
    files = sorted(here.rglob("*.py"))
    return key_of(*(f"{p.relative_to(here).as_posix()} {blob_id(p.read_bytes())}" for p in files))


def _opened(path: Path) -> sqlite3.Connection | None:
    """The database; None where there can be none. One that is full or damaged is begun anew, as it
    holds nothing that cannot be made again; whatever else lies there stays as it is.
    """
    import sqlite3  # not loaded where nothing is kept

    for _ in range(2):
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            size = path.stat().st_size if path.exists() else 0
            if size <= MAX_BYTES:
                return _prepared(sqlite3.connect(path, timeout=_PATIENCE), fresh=not size)
        except sqlite3.OperationalError:
            return None  # another run holds it, say, or nobody may write it
        except sqlite3.DatabaseError:
            pass
        except OSError:
            return None
        if not _is_ours(path):
            return None
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
    return None


def _prepared(database: sqlite3.Connection, fresh: bool) -> sqlite3.Connection:
    if fresh:
        database.execute(f"PRAGMA application_id={int.from_bytes(_MARK, 'big')}")
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=NORMAL")
    database.execute(
        f"CREATE TABLE IF NOT EXISTS {_TABLE}"
        " (key TEXT PRIMARY KEY, digest TEXT NOT NULL, packed INTEGER NOT NULL,"
        " value BLOB NOT NULL)"
    )
    return database


def _is_ours(path: Path) -> bool:
    """Whether a file was begun here, by its first bytes."""
    try:
        with path.open("rb") as file:
            return file.read(_MARK_AT + len(_MARK))[_MARK_AT:] == _MARK
    except OSError:
        return False


def _row(key: str, value: str) -> tuple[str, str, bool, bytes]:
    data = value.encode("utf-8", "surrogatepass")
    packed = len(data) > _LONG
    if packed:
        data = zlib.compress(data, 1)
    return key, _digest(key, data), packed, data


def _text(data: bytes, packed: bool) -> str | None:
    """A stored value as it was put; None when it is damaged."""
    try:
        if packed:
            unpacking = zlib.decompressobj()
            data = unpacking.decompress(data, _LARGEST)
            if not unpacking.eof:
                return None
        return data.decode("utf-8", "surrogatepass")
    except (zlib.error, ValueError):
        return None


def _digest(key: str, data: bytes) -> str:
    return hashlib.sha256(key.encode() + data).hexdigest()[:16]


def _chunks(keys: Iterable[str]) -> Iterator[list[str]]:
    some: list[str] = []
    for key in keys:
        some.append(key)
        if len(some) == _AT_ONCE:
            yield some
            some = []
    if some:
        yield some
