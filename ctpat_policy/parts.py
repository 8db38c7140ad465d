"""Parts of a check, one from each shard, as files: written for `merge`, and read with distrust."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

from ctpat_policy import __version__
from ctpat_policy.cache import program_digest
from ctpat_policy.encoding import report_of, report_values
from ctpat_policy.errors import UsageError
from ctpat_policy.model import Report
from ctpat_policy.names import visible
from ctpat_policy.shape import is_report
from ctpat_policy.shares import Share

#: No part is larger. Read, it takes up to twenty times as much memory.
MAX_BYTES = 128 << 20
#: The key under which a part says which version wrote it.
_MARK = "ctpat-policy part"
#: How much is shown of a text that anybody may have written.
_SHOWN = 60


def written(report: Report) -> dict[str, Any]:
    """A sealed report as the JSON of a part."""
    return {_MARK: __version__, "report": report_values(report)}


def read(path: Path) -> Report:
    """The report of a part. Raises UsageError for a file that is none, or not of this program."""
    name = visible(str(path))
    found = _parsed(_bytes(path, name), name)
    version = found.get(_MARK)
    if type(version) is not str:
        raise _no_part(name)
    if version != __version__:
        raise UsageError(
            f"{name} was written by ctpat-policy {shown(version)}, and this is {__version__}; "
            "merge with the version that judged"
        )
    values = found.get("report")
    if not is_report(values) or not _holds_together(report := report_of(values)):
        raise _no_part(name)
    if report.seal.program != program_digest():
        raise UsageError(
            f"{name} was written by another build of ctpat-policy {__version__} than this one; "
            "merge with the build that judged"
        )
    return report


def shown(text: str) -> str:
    """A text from a part, short and harmless."""
    clean = visible(text[: _SHOWN + 1])
    return clean if len(text) <= _SHOWN else f"{clean[:_SHOWN]}…"


def _bytes(path: Path, name: str) -> bytes:
    try:
        info = os.stat(path)
        if not stat.S_ISREG(info.st_mode):
            raise UsageError(f"{name} is no plain file")
        if info.st_size > MAX_BYTES:
            raise UsageError(
                f"{name} has {info.st_size:,} bytes, and a part has {MAX_BYTES:,} at most; "
                "more shards make smaller parts"
            )
        with path.open("rb") as file:
            return file.read(MAX_BYTES)
    except OSError as error:
        why = (error.strerror or "error").lower()
        raise UsageError(f"{name} cannot be read: {why}") from None


def _parsed(data: bytes, name: str) -> dict[str, Any]:
    try:
        found = json.loads(data.decode("ascii"))
    except (ValueError, RecursionError, MemoryError):
        raise _no_part(name) from None
    if type(found) is not dict:
        raise _no_part(name)
    return found


def _holds_together(report: Report) -> bool:
    """Whether the shard is one of its shards, and the filters are those that a check knows."""
    share = Share(report.seal.number, report.seal.count)
    lists = [report.filters.get("accounts"), report.filters.get("criteria")]
    return (
        share.is_possible
        and report.filters == {"accounts": lists[0], "criteria": lists[1], **share.filters}
        and all(type(one) is list and all(type(text) is str for text in one) for one in lists)
    )


def _no_part(name: str) -> UsageError:
    return UsageError(
        f"{name} is no part of a check, or it is damaged; "
        "ctpat-policy check --shard 1/2 --report part=FILE writes one"
    )
