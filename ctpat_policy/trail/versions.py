"""Every version of every document, read in one stream; each blob is parsed once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ctpat_policy import documents, fields, filing
from ctpat_policy.attachments import attachment_path
from ctpat_policy.briefs import day_of
from ctpat_policy.catalog import Catalog
from ctpat_policy.codes import MAX_BYTES
from ctpat_policy.filing import Filed
from ctpat_policy.signed import APPROVABLE
from ctpat_policy.trail.chain import (
    PROFILE_KEY,
    History,
    Key,
    Step,
    Version,
)
from ctpat_policy.trail.raw import FILES, Change
from ctpat_policy.trail.repository import Repository


@dataclass(frozen=True, slots=True)
class _Touch:
    """One step's change of one document."""

    step: int
    key: Key
    path: str
    blob: str
    is_file: bool
    renamed: str


def histories(
    repository: Repository, catalog: Catalog, steps: Iterable[Step]
) -> dict[Key, History]:
    """The documents by kind and id. A move to another folder keeps the id, and so the document."""
    touched = [touch for step in steps for touch in _touches(step)]
    left = Counter(touch.key for touch in touched)
    several = {key for key, count in left.items() if count > 1}
    several |= {(touch.key[0], touch.renamed) for touch in touched if touch.renamed}
    reader = _Reader(repository, [t.blob for t in touched if t.blob and t.is_file])
    before: dict[Key, Mapping[str, Any]] = {}
    found: dict[Key, list[Version]] = {}
    for touch in touched:
        value = reader.take(touch.blob) if touch.blob and touch.is_file else None
        if value is not None and not _is_valid(catalog, touch.key, value):
            value = None
        version = _version(catalog, touch, value, before.get(touch.key), touch.key in several)
        found.setdefault(touch.key, []).append(version)
        left[touch.key] -= 1
        if not left[touch.key]:
            before.pop(touch.key, None)
        elif value is not None:
            before[touch.key] = value
    return {key: History(*key, tuple(versions)) for key, versions in found.items()}


def values(
    repository: Repository, catalog: Catalog, wanted: Mapping[str, str]
) -> dict[str, Mapping[str, Any]]:
    """Valid documents by blob; `wanted` maps blobs to the paths where they lie."""
    found = {}
    for each in repository.contents(wanted, MAX_BYTES):
        key, value = filing.expected(wanted[each.id]), _load(each.content)
        if key is not None and value is not None and _is_valid(catalog, key, value):
            found[each.id] = value
    return found


class _Reader:
    """Documents in the order of their first use, each kept until its last."""

    def __init__(self, repository: Repository, uses: list[str]) -> None:
        self._left = Counter(uses)
        self._stream = repository.contents(dict.fromkeys(uses), MAX_BYTES)
        self._kept: dict[str, Mapping[str, Any] | None] = {}

    def take(self, blob: str) -> Mapping[str, Any] | None:
        """The value of a blob; None where it is no document."""
        if blob not in self._kept:
            self._kept[blob] = _load(next(self._stream).content)
        self._left[blob] -= 1
        return self._kept[blob] if self._left[blob] else self._kept.pop(blob)


def _touches(step: Step) -> Iterator[_Touch]:
    """One touch per document; one that moved to another folder was not deleted."""
    by_key: dict[Key, Change] = {}
    for change in step.changes:
        key = filing.expected(change.path)
        if key is not None and (change.new or key not in by_key):
            by_key[key] = change
    added = {(k[0], c.new): k[1] for k, c in by_key.items() if not c.old and c.mode in FILES}
    for key, change in by_key.items():
        renamed = "" if change.new else added.get((key[0], change.old), "")
        is_file = change.mode in FILES
        yield _Touch(step.number, key, change.path, change.new, is_file, renamed)


def _version(
    catalog: Catalog,
    touch: _Touch,
    value: Mapping[str, Any] | None,
    before: Mapping[str, Any] | None,
    several: bool,
) -> Version:
    if value is None:
        return Version(touch.step, touch.path, touch.blob, None, renamed=touch.renamed)
    kind = catalog.kinds.get(touch.key[0])
    filed = Filed(touch.path, *touch.key, value)
    keep = touch.key == PROFILE_KEY or touch.key[0] in APPROVABLE or kind is None
    return Version(
        step=touch.step,
        path=touch.path,
        blob=touch.blob,
        value=value if keep else {k: v for k, v in value.items() if k != "data"},
        content=fields.content(value) if several else "",
        dated=day_of(value["data"], kind) if kind else "",
        attached=tuple(_attached(filed)),
        changed=fields.changes(before, value) if before is not None else (),
    )


def _attached(filed: Filed) -> Iterator[tuple[str, str]]:
    """Path and stated digest of every attachment in the repository, a digest's log included."""
    log = filed.value.get("data", {}).get("log")
    listed = [*filed.value.get("attachments", ()), *([log] if isinstance(log, Mapping) else ())]
    for attachment in listed:
        if "path" in attachment:
            yield attachment_path(filed.path, attachment["path"]), attachment.get("sha256", "")


def _is_valid(catalog: Catalog, key: Key, value: Mapping[str, Any]) -> bool:
    path = filing.schema_path(key[0])
    return catalog.schemas.has(path) and catalog.schemas.is_valid(path, value)


def _load(content: bytes | None) -> Mapping[str, Any] | None:
    return documents.load(content, "").value if content is not None else None
