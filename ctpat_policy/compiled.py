"""The law as it was checked last, kept beside this program's own bytecode.

As Python does with modules, so is done with the files below schemas/: they are checked when one of
them or the program has changed, and else what came of it is taken. No document and no verdict is
in it, and who can write there can replace the program itself: so `--no-cache` is not about it.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any

Files = Mapping[str, dict[str, Any]]


class Compiled:
    """One file that holds one law: its digest, the paths and sizes of its files, all of them."""

    def __init__(self, path: str | None = None) -> None:
        self._path = _beside() if path is None else path

    def get(self, digest: str) -> Files | None:
        """The files of the law with that digest; None when it was not checked before."""
        try:
            with open(self._path, "rb") as file:
                if file.readline() != f"{digest}\n".encode():
                    return None
                sizes: list[tuple[str, int]] = json.loads(file.readline())
                texts = file.read()
        except (OSError, ValueError):
            return None
        return _Files(sizes, texts) if sum(size for _, size in sizes) == len(texts) else None

    def put(self, digest: str, files: Files) -> None:
        """Keep a law that was checked. Where bytecode is not to be kept, nothing is."""
        if sys.dont_write_bytecode or not self._path:
            return
        texts = {path: json.dumps(value, separators=(",", ":")) for path, value in files.items()}
        sizes = json.dumps([(path, len(text)) for path, text in texts.items()])
        new = f"{self._path}.{os.getpid()}"
        try:
            os.makedirs(os.path.dirname(self._path), exist_ok=True)
            with open(new, "w", encoding="ascii", newline="\n") as file:
                file.write(f"{digest}\n{sizes}\n{''.join(texts.values())}")
            os.replace(new, self._path)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(new)


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
