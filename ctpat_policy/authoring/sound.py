"""Documents that are read before anything is written: what is wrong in them is mended first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ctpat_policy import documents, filing
from ctpat_policy.catalog import Catalog
from ctpat_policy.errors import UsageError
from ctpat_policy.model import Problem


def sound(
    data: bytes, path: str, kind: str, law: Catalog, lacking: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """A document that fits the schema of its kind; what it is `lacking` is taken as given.

    Raises UsageError with the place of what has to be mended.
    """
    document = documents.load(data, path)
    if document.value is None:
        found = document.problem or Problem("yaml-empty", 1, 1, "the file is empty")
        raise mend(path, (found.line, found.column), found.message)
    whole = {**(lacking or {}), **document.value}
    for wrong in law.schemas.violations(filing.schema_path(kind), whole):
        what = f"{wrong.message} ({wrong.hint})" if wrong.hint else wrong.message
        raise mend(path, documents.position_of(data, wrong.pointer), what)
    return document.value


def mend(path: str, place: tuple[int, int], what: str) -> UsageError:
    """What to say of a document that somebody has to mend first."""
    line, column = place
    return UsageError(f"mend it first: {path}:{line}:{column}: {what}")
