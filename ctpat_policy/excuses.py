"""Exceptions that excuse nothing, as what was judged shows. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from ctpat_policy.model import INVALID, MUST, NOTE, SHOULD, Finding, Place, Row
from ctpat_policy.program import Programme


def idle(programme: Programme, rows: Iterable[Row]) -> list[Finding]:
    """An exception to a must that cannot be left unadopted, or to what does not apply anyway.

    `rows` are all of a criterion or none of it, and each exception is about one criterion.
    """
    by_criterion: dict[str, list[Row]] = {}
    for row in rows:
        by_criterion.setdefault(row.criterion, []).append(row)
    found = []
    for exception in programme.exceptions:
        mine = by_criterion.get(exception.criterion, [])
        place = Place(exception.record.path, ("data", "type"))
        named = [
            r
            for r in mine
            if not exception.record.accounts or r.account in exception.record.accounts
        ]
        if (
            exception.type == "should_not_adopted"
            and any(r.level == MUST for r in named)
            and not any(r.level == SHOULD for r in named)
        ):
            message = f"{exception.criterion} is a must: it cannot be left unadopted"
            found.append(
                Finding(
                    "exception-on-must",
                    INVALID,
                    message,
                    place,
                    "meet it, or argue that it does not apply",
                )
            )
        elif named and all(r.verdict == "not_applicable" and not r.until for r in named):
            message = f"{exception.criterion} does not apply here anyway ({named[0].reason})"
            found.append(
                Finding(
                    "exception-redundant",
                    NOTE,
                    message,
                    place,
                    "the exception may go when it expires",
                )
            )
    return found
