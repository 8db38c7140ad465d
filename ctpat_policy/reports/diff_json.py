"""What a change does as JSON; schemas/outputs/diff.yaml says what each field means."""

from __future__ import annotations

from typing import Any

from ctpat_policy import __version__
from ctpat_policy.difference import Difference, Turn
from ctpat_policy.reports.json_writer import entries, written

#: Rises when a reader of the previous version could misread the new one.
VERSION = 1


def render(difference: Difference) -> bytes:
    """ASCII JSON whose keys stand in the order of difference.py, with a line end."""
    head = {
        "version": VERSION,
        "tool": {"name": "ctpat-policy", "version": __version__},
        "exit_code": difference.exit_code,
    }
    turns = (_turn(turn) for turn in difference.turns)
    return written({**head, **entries(difference), "turns": turns})


def _turn(turn: Turn) -> dict[str, Any]:
    row, after = turn.row, turn.change.after
    before = turn.change.before
    return {
        "account": row.account,
        "criterion": row.criterion,
        "level": row.level,
        "subject": row.subject,
        "scope": row.scope,
        "title": row.title,
        "before": before.verdict if before else None,
        "after": after.verdict if after else None,
        "into": turn.into,
        "risen": turn.risen,
        "reason": row.reason,
        "until": row.until,
        "gaps": after.gaps if after else (),
        "remedy": row.remedy,
    }
