"""The transcript of the first hour is what a new user sees.

`CTPAT_GOLDEN=renew pytest tests/test_first_hour.py` writes what the commands print now.
"""

from __future__ import annotations

import os
from pathlib import Path

from tests.first_hour import TRANSCRIPT, entries, replay


def test_a_new_user_meets_a_first_criterion_as_the_transcript_shows(tmp_path: Path) -> None:
    root = tmp_path / "policy"
    root.mkdir()

    renewed, wrong = replay(TRANSCRIPT.read_text(), root)
    if os.environ.get("CTPAT_GOLDEN") == "renew":
        TRANSCRIPT.write_text(renewed)
        wrong = []

    assert not wrong, "\n".join(wrong)


def test_it_begins_red_and_ends_with_a_met_must() -> None:
    shown = [entry for entry in entries(TRANSCRIPT.read_text()) if entry.sign == "$"]

    check = next(entry for entry in shown if " check" in entry.head)
    assert "Must 0/" in check.body
    assert "CI fails (exit 1)" in check.body
    assert "must BB-WAC: met\n" in shown[-1].body
    commands = " ".join(entry.head for entry in shown)
    assert all(word in commands for word in ("init", "todo", "new", "approve"))
