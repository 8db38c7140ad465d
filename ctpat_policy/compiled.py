"""The law as it was checked last, kept beside this program's own bytecode.

As Python does with modules, so is done with the files below schemas/: they are checked when one of
them or the program has changed, and else what came of it is taken. No document and no verdict is
in it, and who can write there can replace the program itself: so `--no-cache` is not about it.
Where Python may keep no bytecode, the user's cache keeps the law, unless it is not to be used.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from ctpat_policy.cache import Cache

Files = Mapping[str, dict[str, Any]]


class Compiled:
    """One law by the digest of its files: their paths and sizes in one line, then all of them."""

    def __init__(self, cache: Cache | None = None, path: str | None = None) -> None:
        self._cache = cache or Cache(None)
        self._path = _beside() if path is None else path

    def get(self, digest: str) -> Files | None:
        """The files of the law with that digest; None when it was not checked before."""
        with contextlib.suppress(OSError), open(self._path, "rb") as file:
            if file.readline() == f"{digest}\n".encode():
                return _files(file.read())
        text = self._cache.get([digest]).get(digest) if self._cache.works else None
        return _files(text.encode()) if text is not None else None

    def put(self, digest: str, files: Files) -> None:
        """Keep a law that was checked."""
        texts = {path: json.dumps(value, separators=(",", ":")) for path, value in files.items()}
        sizes = json.dumps([(path, len(text)) for path, text in texts.items()])
        whole = f"{sizes}\n{''.join(texts.values())}"
        if not self._beside(f"{digest}\n{whole}"):
            self._cache.put({digest: whole})

    def _beside(self, text: str) -> bool:
        """Whether it could be kept beside the bytecode."""
        if sys.dont_write_bytecode or not self._path:
            return False
        new = f"{self._path}.{os.getpid()}"
        try:
            os.makedirs(os.path.dirname(self._path), exist_ok=True)
            with open(new, "w", encoding="ascii", newline="\n") as file:
                file.write(text)
            os.replace(new, self._path)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(new)
            return False
        return True


def _files(data: bytes) -> Files | None:
    line, _, texts = data.partition(b"\n")
    try:
        sizes: list[tuple[str, int]] = json.loads(line)
    except ValueError:
        return None
    return _Files(sizes, texts) if sum(size for _, size in sizes) == len(texts) else None


class _Files(Mapping[str, dict[str, Any]]):
    """Decodes a file when it is asked for: no run needs them all."""

    def __init__(self, sizes: list[tuple[str, int]], texts: bytes) -> None:
        self._texts, self._spans, start = texts, dict[str, slice](), 0
        for path, size in sizes:
            self._spans[path] = slice(start, start + size)
            start += size
        self._known: dict[str, dict[str, Any]] = {}

    def __getitem__(self, path: str) -> dict[str, Any]:
        if path not in self._known:
            self._known[path] = json.loads(self._texts[self._spans[path]])
        return self._known[path]

    def __contains__(self, path: object) -> bool:
        return path in self._spans

    def __iter__(self) -> Iterator[str]:
        return iter(self._spans)

    def __len__(self) -> int:
        return len(self._spans)


def _beside() -> str:
    """A file where Python keeps the bytecode of this module; empty where it keeps none."""
    cached = __spec__.cached if __spec__ else None
    return os.path.join(os.path.dirname(cached), "law.json") if cached else ""
