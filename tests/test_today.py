"""What a day is asked, and until when the answers stay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import ctpat_policy
from ctpat_policy.clock import FOREVER
from ctpat_policy.dossiers.rows import Row
from ctpat_policy.dossiers.series import _spans
from ctpat_policy.dossiers.today import Today
from tests import small_law

DAY = "2026-06-30"
DAYS = st.dates(date(2025, 12, 1), date(2027, 2, 1)).map(date.isoformat)


def row(start: str, end: str) -> Row:
    return Row({"dated": start, "until": end}, "p")


QUESTIONS = st.one_of(
    DAYS.map(lambda day: lambda today: today.is_past(day)),
    DAYS.map(lambda day: lambda today: today.has_come(day)),
    st.tuples(DAYS, DAYS).map(lambda days: lambda today: today.in_force(row(*days))),
    st.lists(DAYS).map(lambda ends: lambda today: today.current([row("", e) for e in ends])),
    st.just(lambda today: today.itself),
)


@settings(max_examples=200, deadline=None)
@given(DAYS, st.lists(QUESTIONS, min_size=1, max_size=6), st.integers(0, 400))
def test_until_then_every_answer_is_the_same(
    day: str, questions: list[Callable[[Today], Any]], later: int
) -> None:
    today = Today(day)
    answers = [ask(today) for ask in questions]
    then = (date.fromisoformat(day) + timedelta(days=later)).isoformat()
    assume(then <= today.lasts)

    assert [ask(Today(then)) for ask in questions] == answers


@pytest.mark.parametrize(
    ("ask", "lasts"),
    [
        (lambda today: today.is_past("2026-06-29"), FOREVER),
        (lambda today: today.is_past(DAY), DAY),
        (lambda today: today.has_come(DAY), FOREVER),
        (lambda today: today.has_come("2026-08-01"), "2026-07-31"),
        (lambda today: today.in_force(row("2026-06-01", "2026-07-09")), "2026-07-09"),
        (lambda today: today.in_force(row("2026-06-01", "2026-06-09")), FOREVER),
        (lambda today: today.current([row("", "2026-06-29"), row("", "2026-09-09")]), "2026-09-09"),
        (lambda today: today.current([]), FOREVER),
        (lambda today: today.itself, DAY),
    ],
)
def test_an_answer_has_a_last_day(ask: Callable[[Today], Any], lasts: str) -> None:
    today = Today(DAY)

    ask(today)

    assert today.lasts == lasts


def test_what_is_made_once_is_noted_by_itself_and_counts_for_all() -> None:
    today = Today(DAY)
    today.is_past("2026-07-15")

    made, lasts = today.noted(lambda: today.has_come("2026-08-01"))

    assert (made, lasts, today.lasts) == (False, "2026-07-31", "2026-07-15")


@settings(max_examples=200, deadline=None)
@given(
    DAYS,
    st.lists(DAYS, max_size=8),
    DAYS,
    st.sampled_from(("P7D", "P1M", "P3M")),
    st.sampled_from((None, "P3D", "P14D")),
    st.integers(0, 200),
)
def test_the_holes_of_a_series_stay_until_the_next_record_is_late(
    day: str, dates: list[str], since: str, every: str, grace: str | None, later: int
) -> None:
    kind: Any = small_law.load().kinds["door_check"]._replace(every=every, grace=grace, period=None)
    records = [row(dated, FOREVER) for dated in sorted(dates) if dated <= day]
    unit = Row({"id": "WH"}, "policies/security-profile.yaml")

    def holes(today: Today) -> list[Row]:
        ledger: Any = SimpleNamespace(start="2026-01-01", since="2026-01-01", today=today)
        return list(_spans(ledger, kind, unit, records, since))

    today = Today(day)
    found = holes(today)
    then = (date.fromisoformat(day) + timedelta(days=later)).isoformat()
    assume(then <= today.lasts)

    assert holes(Today(then)) == found


def test_no_dossier_sees_the_day_itself() -> None:
    package = Path(ctpat_policy.__file__).parent
    judging = [package / f"{name}.py" for name in ("assess", "cover", "hearing")]
    modules = [*(package / "dossiers").glob("*.py"), *judging]
    named = {m.name for m in modules if "programme.today" in m.read_text(encoding="utf-8")}

    assert named == {"ledger.py"}, "a comparison with the day that nobody notes"
    ledger = (package / "dossiers" / "ledger.py").read_text(encoding="utf-8")
    assert ledger.count("programme.today") == ledger.count("Today(programme.today)") == 1
