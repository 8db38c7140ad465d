"""Judges through the cache: a state that was judged before, by the same rules, is not again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Protocol, runtime_checkable

from ctpat_policy.cache import blob_id, key_of
from ctpat_policy.catalog import Catalog
from ctpat_policy.encoding import report_from, report_text
from ctpat_policy.model import Problem, Report
from ctpat_policy.reading import Reader
from ctpat_policy.request import Request
from ctpat_policy.sources import Source, SourceFile
from ctpat_policy.walking import DOCUMENT

_FOLDERS = ("policies", "evidence")


def judged(source: Source, catalog: Catalog, request: Request, reader: Reader) -> Report:
    """What `judge` would say of a source, or of one that is the same to the byte."""
    if not reader.cache.works:
        return _judge(source, catalog, request, reader)
    frozen = still(source)
    asked = json.dumps(asdict(request))
    key = key_of("report", catalog.schemas.digest, frozen.identity(), asked)
    known = reader.cache.get([key]).get(key)
    report = report_from(known) if known is not None else None
    if report is None:
        report = _judge(frozen, catalog, request, reader)
        reader.cache.put({key: report_text(report)})
    return report


def _judge(source: Source, catalog: Catalog, request: Request, reader: Reader) -> Report:
    from ctpat_policy import filing  # not loaded where all is known

    files = filing.gather(source, catalog, reader)
    from ctpat_policy.judgement import judge  # perhaps loaded while copies of this process read

    return judge(files, source, catalog, request, reader)


def still(source: Source) -> Fingerprinted:
    """The source, held still: what is judged has to be what was fingerprinted, whatever is
    written meanwhile.
    """
    return source if isinstance(source, Fingerprinted) else Snapshot(source)


@runtime_checkable
class Fingerprinted(Source, Protocol):
    """A source that cannot change, and knows what tells it from others."""

    def identity(self) -> str:
        """What no source of other files has on this machine; it may be had without reading any."""

    def fingerprint(self) -> str:
        """A digest of every file below policies/ and evidence/, and of what is astray."""


class Snapshot:
    """A source as it was when it was first asked: every file is read once."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._files = {folder: list(source.files(folder)) for folder in _FOLDERS}
        self._astray = list(source.astray())
        self._data = {file.path: file.data for found in self._files.values() for file in found}
        self._attachments: dict[str, tuple[str, int] | Problem] = {}

    def identity(self) -> str:
        """See Fingerprinted: a work tree says nothing of itself before it is read."""
        return self.fingerprint()

    def fingerprint(self) -> str:
        """A digest of every file: its path, its bytes or its problem."""
        return key_of(*self._marks())

    def files(self, under: str) -> Iterator[SourceFile]:
        """See Source."""
        return iter(self._files[under])

    def astray(self) -> Iterator[SourceFile]:
        """See Source."""
        return iter(self._astray)

    def read(self, path: str) -> bytes | None:
        """See Source."""
        data = self._data.get(path)  # files that are no documents were not read with the others
        return self._source.read(path) if data is None else data

    def attachment_problem(self, path: str) -> Problem | None:
        """See Source."""
        found = self.attachment_digest(path)
        return found if isinstance(found, Problem) else None

    def attachment_digest(self, path: str) -> tuple[str, int] | Problem:
        """See Source."""
        if path not in self._attachments:
            self._attachments[path] = self._source.attachment_digest(path)
        return self._attachments[path]

    def _marks(self) -> Iterator[str]:
        for file in self._astray:
            yield from (file.path, blob_id(file.data or b""))
        for file in (file for found in self._files.values() for file in found):
            yield file.path
            if file.problem is not None:
                yield repr(file.problem)
            elif file.path.endswith(DOCUMENT):
                yield blob_id(file.data or b"")
            else:
                yield repr(self.attachment_digest(file.path))
