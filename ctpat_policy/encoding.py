"""Reports and their rows as plain lists for JSON, and back, with nothing lost."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
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
    names_of,
)

_CLAUSES, _PLACE = Row._fields.index("clauses"), Row._fields.index("place")
_EVIDENCE = Row._fields.index("evidence")
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def report_text(report: Report) -> str:
    """A report as JSON."""
    return _json(report_values(report))


def report_from(text: str) -> Report | None:
    """A report from its JSON; None when it is not one."""
    try:
        return report_of(json.loads(text))
    except (ValueError, TypeError, KeyError):
        return None


def report_values(report: Report) -> dict[str, Any]:
    """A report as values that JSON has, by their names."""
    whole = {name: _plain(getattr(report, name)) for name in Report.__slots__ if name != "rows"}
    return {**whole, "rows": report.rows}


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


def rows_text(rows: Iterable[Row]) -> str:
    """Rows as JSON: a tuple with names is a list of their values there."""
    return _json([*rows])


def rows_from(lists: Iterable[list[Any]]) -> list[Row]:
    """Rows from what JSON made of them. Raises TypeError or ValueError when they are none."""
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


def _gap(values: list[Any]) -> Gap:
    clause, message, place, unknown = values
    return Gap(clause, message, _place(place), unknown)


def _place(values: list[Any]) -> Place:
    path, pointer, line, column = values
    return Place(path, tuple(pointer), line, column)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Seal):
        return [_plain(getattr(value, name)) for name in names_of(Seal)]
    return value
