"""Corrective actions that count in the very change that brings them (`check --trust`).

What a change does to governance earns nothing before it is merged. But bad news comes with its
corrective action, and neither could be merged before the other: the news alone is a gap, and the
action alone names a record that is not there. So an action counts at once where it can hide nothing
that was known: it is new, answers new records only, and covers no clause and explains no hole. Who
wanted to get round it would write the new record without its bad news. What is more, it never makes
a verdict better than it was at the base (compare.lifted), and the people of the base approve it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ctpat_policy import documents
from ctpat_policy.attachments import attachment_path
from ctpat_policy.fields import listed, part, text
from ctpat_policy.sources import Source
from ctpat_policy.walking import DOCUMENT

_ACTIONS = "evidence/corrective_action/"
#: What reaches beyond the records that an action names.
_BROAD = ("covers", "explains")


def counting(base: Source, head: Source) -> frozenset[str]:
    """The paths of such actions, and of what is attached to them."""
    there = {file.path for file in base.files("evidence")}
    files = list(head.files("evidence"))
    fresh = _ids(file.path for file in files) - _ids(there)
    found: set[str] = set()
    for file in files:
        if file.path.startswith(_ACTIONS) and file.data is not None and _id(file.path) in fresh:
            value = documents.load(file.data, file.path).value
            if value is not None and _answers_only(value, fresh):
                found |= {file.path, *_attached(file.path, value)}
    return frozenset(found)


def _answers_only(action: Mapping[str, Any], fresh: set[str]) -> bool:
    data = part(action, "data")
    narrow = not any(key in data for key in _BROAD) and "supersedes" not in action
    return narrow and fresh.issuperset(map(str, listed(data, "answers")))


def _attached(path: str, action: Mapping[str, Any]) -> Iterator[str]:
    """Only papers beside actions: whatever else it names as attached may be governance itself."""
    for attachment in listed(action, "attachments"):
        name = attachment_path(path, text(attachment, "path"))
        if name.startswith(_ACTIONS) and not name.endswith(DOCUMENT):
            yield name


def _ids(paths: Iterable[str]) -> set[str]:
    return {_id(path) for path in paths}


def _id(path: str) -> str:
    """The kind and name of a record, wherever below the folder of its kind it lies."""
    parts = path.removesuffix(DOCUMENT).split("/")
    return f"{parts[1]}/{parts[-1]}" if len(parts) > 2 else path
