"""Judges through the cache: a state that was judged before, by the same rules, is not again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from ctpat_policy.cache import blob_id, key_of
from ctpat_policy.catalog import Catalog
from ctpat_policy.judgement import Request, judge
from ctpat_policy.model import (
    AccountHead,
    ClauseResult,
    Due,
    Finding,
    Gap,
    OpenAction,
    Place,
    Report,
    Row,
)
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
        report = _decoded(known)
        if report is not None:
            return report
    report = judge(source, catalog, request, reader)
    if fingerprint(source) == print_before:
        reader.cache.put({key: json.dumps(_encoded(report), ensure_ascii=False)})
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


def _encoded(report: Report) -> dict[str, Any]:
    """The report as JSON: rows, the many, as lists; the head by its names."""
    rows = [[_plain(getattr(row, name)) for name in Row.__slots__] for row in report.rows]
    whole = {name: _plain(getattr(report, name)) for name in Report.__slots__ if name != "rows"}
    return {**whole, "rows": rows}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Place | Gap | ClauseResult | Finding | Due | OpenAction | AccountHead):
        return [_plain(getattr(value, name)) for name in type(value).__slots__]
    return value


def _decoded(text: str) -> Report | None:
    """A report from its JSON; None when it is not one."""
    try:
        found = json.loads(text)
        return Report(
            **{
                **found,
                "accounts": tuple(AccountHead(*head) for head in found["accounts"]),
                "rows": tuple(_row(*row) for row in found["rows"]),
                "findings": tuple(
                    Finding(c, s, m, _place(p), h) for c, s, m, p, h in found["findings"]
                ),
                "due": tuple(Due(o, w, k, s, _place(p), a) for o, w, k, s, p, a in found["due"]),
                "actions": tuple(
                    OpenAction(i, d, s, tuple(c), su, t, _place(p))
                    for i, d, s, c, su, t, p in found["actions"]
                ),
                "notes": tuple(found["notes"]),
                "categories": {
                    int(number): folder for number, folder in found["categories"].items()
                },
            }
        )
    except (ValueError, TypeError, KeyError):
        return None


def _row(*values: Any) -> Row:
    named = dict(zip(Row.__slots__, values, strict=True))
    named["clauses"] = tuple(_clause(*clause) for clause in named["clauses"])
    named["place"] = _place(named["place"])
    named["evidence"] = tuple(named["evidence"])
    return Row(**named)


def _clause(
    clause: str, state: str, gaps: list[Any], covered_by: list[str], reason: str
) -> ClauseResult:
    found = tuple(Gap(c, m, _place(p), u) for c, m, p, u in gaps)
    return ClauseResult(clause, state, found, tuple(covered_by), reason)


def _place(values: list[Any]) -> Place:
    path, pointer, line, column = values
    return Place(path, tuple(pointer), line, column)
