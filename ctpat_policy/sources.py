"""Where bytes come from: the work tree now. What is wrong with a file is a value, never raised."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from errno import ELOOP
from itertools import islice
from pathlib import Path
from typing import NamedTuple, Protocol

from ctpat_policy.astray import strays
from ctpat_policy.codes import MAX_ATTACHMENT, MAX_BYTES, problem
from ctpat_policy.model import Problem
from ctpat_policy.names import visible, wrong_path
from ctpat_policy.walking import DOCUMENT, is_meant, unreadable, walk

_POINTERS = (b"version https://git-lfs.github.com/spec/", b"/annex/objects/")
_CHUNK = 1 << 20
#: Never follow a link, never wait for a pipe. Windows knows neither flag, and needs O_BINARY.
_FLAGS = os.O_RDONLY | sum(
    getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY")
)


class SourceFile(NamedTuple):
    """One file below a folder. Only documents (.yaml) have data; a problem may name a folder."""

    path: str
    data: bytes | None
    problem: Problem | None


class Source(Protocol):
    """A repository's files at one moment. Paths are relative to its root, with `/`."""

    def files(self, under: str) -> Iterator[SourceFile]:
        """Every file below a folder, sorted by path; nothing when there is no such folder."""

    def astray(self) -> Iterator[SourceFile]:
        """What may be a document beside policies/ and evidence/, where nothing is read."""

    def read(self, path: str) -> bytes | None:
        """The bytes of one document, or None when it cannot be read under the same rules."""

    def attachment_problem(self, path: str) -> Problem | None:
        """Why a file cannot be an attachment; None when it can."""

    def attachment_digest(self, path: str) -> tuple[str, int] | Problem:
        """SHA-256 (64 hexadecimal digits) and size of an attachment, or why there is none."""


@dataclass(frozen=True, slots=True)
class WorkTree:
    """The files as they lie in a folder."""

    root: Path

    def files(self, under: str) -> Iterator[SourceFile]:
        """See Source. Links are never followed."""
        root = os.fspath(self.root)
        for path, wrong in sorted(self._walk(under), key=lambda entry: entry[0]):
            data = None
            if wrong is None and path.endswith(DOCUMENT):
                found = _read(f"{root}/{path}")
                data, wrong = (None, found) if isinstance(found, Problem) else (found, None)
            yield SourceFile(path, data, wrong)

    def astray(self) -> Iterator[SourceFile]:
        """See Source."""
        return (SourceFile(path, self.read(path), None) for path in strays(self._scan))

    def read(self, path: str) -> bytes | None:
        """See Source."""
        full = self._resolve(path)
        data = full if isinstance(full, Problem) else _read(full)
        return None if isinstance(data, Problem) else data

    def attachment_problem(self, path: str) -> Problem | None:
        """See Source."""
        found = self._open_attachment(path)
        if isinstance(found, Problem):
            return found
        os.close(found)
        return None

    def attachment_digest(self, path: str) -> tuple[str, int] | Problem:
        """See Source. The file is streamed."""
        found = self._open_attachment(path)
        if isinstance(found, Problem):
            return found
        digest, size = hashlib.sha256(), 0
        try:
            while chunk := os.read(found, _CHUNK):
                digest.update(chunk)
                size += len(chunk)
                if size > MAX_ATTACHMENT:
                    return too_large(size)
        except OSError as error:
            return unreadable(error)
        finally:
            os.close(found)
        return digest.hexdigest(), size

    def _walk(self, under: str) -> Iterator[tuple[str, Problem | None]]:
        top = self._resolve(under) if under else os.fspath(self.root)
        if isinstance(top, Problem):
            if top.code != "attachment-missing":
                yield visible(under), top
            return
        yield from walk(under, self._scan)

    def _scan(self, folder: str, most: int) -> list[os.DirEntry[str]] | Problem:
        try:
            with os.scandir(os.path.join(self.root, folder)) as scan:
                return list(islice(scan, most))
        except NotADirectoryError:
            return problem("file-type", "not a folder")
        except OSError as error:
            return unreadable(error)

    def _open_attachment(self, path: str) -> int | Problem:
        """An open file that may be an attachment, at its beginning."""
        full = self._resolve(path)
        if isinstance(full, Problem):
            return full
        found = _open(full, MAX_ATTACHMENT)
        if isinstance(found, Problem):
            return found
        opened, _ = found
        try:
            start = os.read(opened, len(max(_POINTERS, key=len)))
            os.lseek(opened, 0, os.SEEK_SET)
        except OSError as error:
            os.close(opened)
            return unreadable(error)
        if (wrong := wrong_attachment(full, start)) is not None:
            os.close(opened)
            return wrong
        return opened

    def _resolve(self, path: str) -> str | Problem:
        """The full path, after a look at each step: no link, and nothing outside the root."""
        if wrong := wrong_path(path):
            return problem("attachment-path", wrong)
        full = os.fspath(self.root)
        for step in path.split("/"):
            full = os.path.join(full, step)
            try:
                mode = os.lstat(full).st_mode
            except (FileNotFoundError, NotADirectoryError):
                return problem("attachment-missing", "there is no such file")
            except OSError as error:
                return unreadable(error)
            if stat.S_ISLNK(mode):
                return problem("file-link", "a symbolic link")
        return full


def wrong_attachment(path: str, start: bytes) -> Problem | None:
    """Why a file with this beginning cannot be an attachment."""
    if is_meant(path):
        return problem("attachment-document", "a document cannot be an attachment")
    if not start:
        return problem("attachment-empty", "the file is empty")
    if start.startswith(_POINTERS):
        return problem("attachment-lfs-pointer", "a pointer to content that is not here")
    return None


def too_large(size: int) -> Problem:
    """A file over its limit."""
    return problem("file-too-large", f"{size:,} bytes are too many")


def _open(full: str, most: int) -> tuple[int, int] | Problem:
    """An open plain file of at most so many bytes, and how many it has."""
    try:
        opened = os.open(full, _FLAGS)
    except OSError as error:
        if error.errno == ELOOP:
            return problem("file-link", "a symbolic link")
        return unreadable(error)
    info = os.fstat(opened)
    if stat.S_ISREG(info.st_mode) and info.st_size <= most:
        return opened, info.st_size
    os.close(opened)
    if stat.S_ISREG(info.st_mode):
        return too_large(info.st_size)
    return problem("file-type", "not a plain file")


def _read(full: str) -> bytes | Problem:
    """The bytes of one document."""
    found = _open(full, MAX_BYTES)
    if isinstance(found, Problem):
        return found
    opened, size = found
    try:
        data = os.read(opened, size + 1)
        # As many bytes as it has when one more was asked for: that is the end of it.
        while len(data) != size and (more := os.read(opened, MAX_BYTES + 1)):
            data += more
            if len(data) > MAX_BYTES:
                return too_large(len(data))
    except OSError as error:
        return unreadable(error)
    finally:
        os.close(opened)
    return data
