"""Reports and their rows as plain lists for JSON, and back, with nothing lost."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Any

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
    Seal,
)

_row_values = attrgetter(*Row.__slots__)
_CLAUSES, _PLACE = Row.__slots__.index("clauses"), Row.__slots__.index("place")
_EVIDENCE = Row.__slots__.index("evidence")


def report_text(report: Report) -> str:
    """A report as JSON."""
    return json.dumps(report_values(report), ensure_ascii=False)


def report_from(text: str) -> Report | None:
    """A report from its JSON; None when it is not one."""
    try:
        return report_of(json.loads(text))
    except (ValueError, TypeError, KeyError):
        return None


def report_values(report: Report) -> dict[str, Any]:
    """A report as plain values by their names."""
    whole = {name: _plain(getattr(report, name)) for name in Report.__slots__ if name != "rows"}
    return {**whole, "rows": row_lists(report.rows)}


def report_of(found: dict[str, Any]) -> Report:
    """A report from its plain values, which it takes apart. Raises ValueError, TypeError or
    KeyError when they are none.
    """
    return Report(
        **{
            **found,
            "accounts": tuple(AccountHead(*head) for head in found["accounts"]),
            "rows": tuple(rows_from(found["rows"])),
            "findings": tuple(
                Finding(c, s, m, _place(p), h) for c, s, m, p, h in found["findings"]
            ),
            "due": tuple(Due(o, w, k, s, _place(p), a) for o, w, k, s, p, a in found["due"]),
            "actions": tuple(
                OpenAction(i, d, s, tuple(c), su, t, _place(p))
                for i, d, s, c, su, t, p in found["actions"]
            ),
            "notes": tuple(found["notes"]),
            "categories": {int(number): folder for number, folder in found["categories"].items()},
            "seal": Seal(*found["seal"]),
        }
    )


def row_lists(rows: Iterable[Row]) -> list[list[Any]]:
    """Rows as lists of plain values."""
    found = []
    for row in rows:
        values = list(_row_values(row))
        values[_CLAUSES] = [
            [c.clause, c.state, [_gap_list(g) for g in c.gaps], c.covered_by, c.reason]
            for c in row.clauses
        ]
        values[_PLACE] = _place_list(row.place)
        found.append(values)
    return found


def rows_from(lists: Iterable[list[Any]]) -> list[Row]:
    """Rows from their lists. Raises TypeError or ValueError when they are none."""
    found = []
    for values in lists:
        values[_CLAUSES] = tuple(
            ClauseResult(clause, state, tuple(map(_gap, gaps)), tuple(covered), reason)
            for clause, state, gaps, covered, reason in values[_CLAUSES]
        )
        values[_PLACE] = _place(values[_PLACE])
        values[_EVIDENCE] = tuple(values[_EVIDENCE])
        found.append(Row(*values))
    return found


def _gap_list(gap: Gap) -> list[Any]:
    return [gap.clause, gap.message, _place_list(gap.place), gap.unknown]


def _gap(values: list[Any]) -> Gap:
    clause, message, place, unknown = values
    return Gap(clause, message, _place(place), unknown)


def _place_list(place: Place) -> list[Any]:
    return [place.path, place.pointer, place.line, place.column]


def _place(values: list[Any]) -> Place:
    path, pointer, line, column = values
    return Place(path, tuple(pointer), line, column)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Place | Finding | Due | OpenAction | AccountHead | Seal):
        return [_plain(getattr(value, name)) for name in type(value).__slots__]
    return value
