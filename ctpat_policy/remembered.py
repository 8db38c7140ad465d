"""Judges through the cache: a state that was judged before, by the same rules, is not again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

from ctpat_policy.cache import blob_id, key_of
from ctpat_policy.catalog import Catalog
from ctpat_policy.encoding import report_from, report_text
from ctpat_policy.judgement import Request, judge
from ctpat_policy.model import Report
from ctpat_policy.reading import Reader
from ctpat_policy.sources import DOCUMENT, Source

_FOLDERS = ("policies", "evidence")


def judged(source: Source, catalog: Catalog, request: Request, reader: Reader) -> Report:
    """What `judge` would say. Kept only when nothing changed while it was judged."""
    if not reader.cache.works:
        return judge(source, catalog, request, reader)
    print_before = fingerprint(source)
    key = key_of("report", catalog.schemas.digest, print_before, json.dumps(asdict(request)))
    known = reader.cache.get([key]).get(key)
    if known is not None:
        report = report_from(known)
        if report is not None:
            return report
    report = judge(source, catalog, request, reader)
    if fingerprint(source) == print_before:
        reader.cache.put({key: report_text(report)})
    return report


def fingerprint(source: Source) -> str:
    """A digest of every file below policies/ and evidence/: its path, its bytes or its problem."""
    own = getattr(source, "fingerprint", None)
    if own is not None:
        found: str = own()
        return found
    return key_of(*_marks(source))


def _marks(source: Source) -> Iterator[str]:
    for folder in _FOLDERS:
        for file in source.files(folder):
            yield file.path
            if file.problem is not None:
                yield repr(file.problem)
            elif file.path.endswith(DOCUMENT):
                yield blob_id(file.data or b"")
            else:
                yield repr(source.attachment_digest(file.path))
