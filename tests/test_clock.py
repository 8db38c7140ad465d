"""Due dates, holes and windows, against a calendar that was worked out by hand."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctpat_policy import clock
from ctpat_policy.clock import FOREVER, Duration, Hole

DAYS = st.dates().map(lambda d: d.isoformat())
NEAR = st.dates(date(2025, 10, 1), date(2026, 12, 31)).map(lambda d: d.isoformat())
SPANS = st.sampled_from(["P0D", "P1D", "P14D", "P2W", "P1M", "P3M", "P6M", "P1Y", "P4Y", "P999Y"])


@pytest.mark.parametrize(
    ("text", "months", "days", "hours"),
    [
        ("P1Y", 12, 0, 0),
        ("P3M", 3, 0, 0),
        ("P2W", 0, 14, 0),
        ("P90D", 0, 90, 0),
        ("P0D", 0, 0, 0),
        ("P1Y2M3W4D", 14, 25, 0),
        ("PT4H", 0, 0, 4),
        ("PT30M", 0, 0, 1),
        ("PT90M", 0, 0, 2),
        ("PT1S", 0, 0, 1),
        ("P1DT12H", 0, 1, 12),
    ],
)
def test_a_duration_is_months_then_days_then_started_hours(
    text: str, months: int, days: int, hours: int
) -> None:
    assert clock.duration(text) == Duration(months, days, hours)


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "1Y", "P1", "P-1D", "P1.5M", "P1D1Y", "p1d", "P1Y ", "P1Y\n", "P١D"]
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an ISO 8601 duration"):
        clock.duration(text)


@pytest.mark.parametrize(
    ("day", "span", "due"),
    [
        # the last day of a shorter month stands in for one that it lacks
        ("2026-01-31", "P1M", "2026-02-28"),
        ("2024-01-31", "P1M", "2024-02-29"),
        ("2026-03-31", "P1M", "2026-04-30"),
        ("2026-05-31", "P1M", "2026-06-30"),
        ("2026-08-31", "P6M", "2027-02-28"),
        ("2026-11-30", "P3M", "2027-02-28"),
        # from the end of a short month nothing is added: the 28th stays the 28th
        ("2026-02-28", "P1M", "2026-03-28"),
        ("2026-04-30", "P1M", "2026-05-30"),
        # 29 February
        ("2024-02-29", "P1Y", "2025-02-28"),
        ("2024-02-29", "P4Y", "2028-02-29"),
        ("2096-02-29", "P4Y", "2100-02-28"),
        ("2023-02-28", "P1Y", "2024-02-28"),
        ("2023-08-31", "P6M", "2024-02-29"),
        ("2024-02-28", "P1D", "2024-02-29"),
        ("2025-02-28", "P1D", "2025-03-01"),
        # over the end of a year
        ("2026-12-31", "P1D", "2027-01-01"),
        ("2026-12-31", "P1M", "2027-01-31"),
        ("2026-12-15", "P1M", "2027-01-15"),
        ("2026-10-31", "P90D", "2027-01-29"),
        ("2026-11-01", "P14M", "2028-01-01"),
        # days are days, months are months
        ("2026-03-01", "P30D", "2026-03-31"),
        ("2026-02-01", "P30D", "2026-03-03"),
        ("2026-07-14", "P0D", "2026-07-14"),
        ("2026-07-14", "P2W", "2026-07-28"),
        ("2026-01-31", "P1M14D", "2026-03-14"),
        # a deadline in hours ends within the day on which it runs out
        ("2026-07-14", "PT4H", "2026-07-15"),
        ("2026-07-14", "PT24H", "2026-07-15"),
        ("2026-07-14", "PT25H", "2026-07-16"),
        # a date-time counts by its own local day
        ("2026-07-14T23:30:00-05:00", "P1D", "2026-07-15"),
    ],
)
def test_golden_table_of_due_dates(day: str, span: str, due: str) -> None:
    assert clock.plus(day, span) == due


@pytest.mark.parametrize(
    ("day", "span", "earlier"),
    [
        ("2026-03-31", "P1M", "2026-02-28"),
        ("2024-03-31", "P1M", "2024-02-29"),
        ("2024-02-29", "P1Y", "2023-02-28"),
        ("2027-01-01", "P1D", "2026-12-31"),
        ("2027-01-15", "P1M", "2026-12-15"),
        ("2026-03-12", "P90D", "2025-12-12"),
        ("2024-03-12", "P90D", "2023-12-13"),
    ],
)
def test_golden_table_of_days_before(day: str, span: str, earlier: str) -> None:
    assert clock.minus(day, span) == earlier


@given(DAYS, SPANS)
def test_arithmetic_stays_inside_the_calendar(day: str, span: str) -> None:
    later, earlier = clock.plus(day, span), clock.minus(day, span)

    assert "0001-01-01" <= earlier <= day <= later <= FOREVER


@given(DAYS, DAYS, SPANS)
def test_a_later_start_never_falls_due_earlier(first: str, second: str, span: str) -> None:
    first, second = sorted((first, second))

    assert clock.plus(first, span) <= clock.plus(second, span)


def test_the_ends_of_the_calendar_are_no_error() -> None:
    assert clock.plus(FOREVER, "P1D") == FOREVER
    assert clock.plus("9998-12-31", "P999D") == FOREVER
    assert clock.minus("0001-01-01", "P1D") == "0001-01-01"
    assert clock.next_day(FOREVER) == FOREVER
    assert clock.next_day("0001-01-01", -1) == "0001-01-01"


@pytest.mark.parametrize(
    ("first", "second", "days"),
    [
        ("2026-02-28", "2026-03-01", 1),
        ("2024-02-28", "2024-03-01", 2),
        ("2026-12-31", "2027-01-01", 1),
        ("2026-06-30", "2026-06-29", -1),
        ("2026-06-30T23:59:00-07:00", "2026-07-01T00:01:00+07:00", 1),
    ],
)
def test_days_between_count_local_calendar_days(first: str, second: str, days: int) -> None:
    assert clock.days_between(first, second) == days


@pytest.mark.parametrize(
    ("first", "second", "hours"),
    [
        ("2026-06-30T10:00:00+00:00", "2026-06-30T12:30:00+00:00", 2.5),
        ("2026-06-30T10:00:00-05:00", "2026-06-30T10:00:00-06:00", 1.0),
        ("2026-03-08T01:30:00-06:00", "2026-03-08T03:30:00-05:00", 1.0),  # clocks go forward
        ("2026-06-30", "2026-07-01", 24.0),
        ("2026-06-30", "2026-06-30T06:00:00Z", 6.0),
        ("2026-06-30T10:00:00", "2026-06-30T10:00:00Z", 0.0),
    ],
)
def test_hours_between_count_by_the_offsets(first: str, second: str, hours: float) -> None:
    assert clock.hours_between(first, second) == hours


def test_a_series_without_records_is_one_hole() -> None:
    holes = clock.missed([], "2026-01-01", "2026-06-30", "P1M", "P14D")

    assert holes == [Hole("2026-01-01", "2026-06-30")]


def test_a_series_is_not_late_on_the_last_day_of_grace_and_is_on_the_next() -> None:
    on_the_day = clock.missed(["2026-01-31"], "2026-01-01", "2026-03-14", "P1M", "P14D")
    after_it = clock.missed(["2026-01-31"], "2026-01-01", "2026-03-15", "P1M", "P14D")

    assert on_the_day == []
    assert after_it == [Hole("2026-01-31", "2026-03-15")]


def test_a_hole_in_the_middle_shows_though_the_newest_record_is_fresh() -> None:
    dates = ["2026-06-20", "2026-01-15", "2026-02-14"]

    holes = clock.missed(dates, "2026-01-01", "2026-06-30", "P1M", "P14D")

    assert holes == [Hole("2026-02-14", "2026-06-20")]


def test_a_series_counts_from_its_start_whatever_lies_before() -> None:
    before = ["2025-12-30", "2024-01-01"]

    assert clock.missed(before, "2026-01-01", "2026-02-15", "P1M", "P14D") == []
    assert clock.missed(before, "2026-01-01", "2026-02-16", "P1M", "P14D") == [
        Hole("2026-01-01", "2026-02-16")
    ]


def test_records_of_tomorrow_close_no_hole_of_today() -> None:
    holes = clock.missed(["2026-07-01"], "2026-01-01", "2026-06-30", "P3M", "P0D")

    assert holes == [Hole("2026-01-01", "2026-06-30")]


@given(st.lists(NEAR, max_size=6), NEAR, NEAR, NEAR)
def test_one_more_record_never_lengthens_what_is_missed(
    dates: list[str], start: str, today: str, more: str
) -> None:
    before = clock.missed(dates, start, today, "P1M", "P14D")
    after = clock.missed([*dates, more], start, today, "P1M", "P14D")

    assert all(any(h.start <= a.start and a.end <= h.end for h in before) for a in after)


def test_a_log_without_digests_has_a_hole_up_to_the_last_day_that_is_due() -> None:
    holes = clock.uncovered([], "2026-01-01", "2026-06-30", "P1M", "P10D")

    assert holes == [Hole("2026-01-01", "2026-05-20")]


def test_days_between_two_digests_are_a_hole() -> None:
    periods = [("2026-03-01", "2026-03-31"), ("2026-01-01", "2026-01-31")]

    holes = clock.uncovered(periods, "2026-01-01", "2026-05-09", "P1M", "P10D")

    assert holes == [Hole("2026-02-01", "2026-02-28")]


def test_digests_may_overlap_and_touch() -> None:
    periods = [("2026-01-01", "2026-02-10"), ("2026-02-01", "2026-02-28"), ("2026-03-01", FOREVER)]

    assert clock.uncovered(periods, "2026-01-01", "2026-12-31", "P1M", "P10D") == []


def test_a_log_that_has_only_begun_is_not_due() -> None:
    assert clock.uncovered([], "2026-06-01", "2026-06-30", "P1M", "P10D") == []


def test_a_digest_that_ends_before_it_begins_covers_nothing() -> None:
    backwards = [("2026-02-28", "2026-01-01")]

    holes = clock.uncovered(backwards, "2026-01-01", "2026-06-30", "P1M", "P10D")

    assert holes == [Hole("2026-01-01", "2026-05-20")]


PERIODS = st.tuples(NEAR, st.integers(-5, 60)).map(lambda p: (p[0], clock.next_day(*p)))


@given(st.lists(PERIODS, max_size=6), NEAR, NEAR, PERIODS)
def test_one_more_digest_never_uncovers_a_day(
    periods: list[tuple[str, str]], start: str, today: str, more: tuple[str, str]
) -> None:
    before = clock.uncovered(periods, start, today, "P1M", "P10D")
    after = clock.uncovered([*periods, more], start, today, "P1M", "P10D")

    assert all(any(h.start <= a.start and a.end <= h.end for h in before) for a in after)


@pytest.mark.parametrize(
    ("valid_for", "every", "grace", "printed", "until"),
    [
        (None, None, None, None, FOREVER),
        ("P1Y", None, None, None, "2027-01-31"),
        (None, "P1M", "P14D", None, "2026-03-14"),
        (None, "P1M", None, None, "2026-02-28"),
        # the later of validity and rhythm
        ("P3M", "P3M", "P14D", None, "2026-05-14"),
        ("P2M", "P1M", "P14D", None, "2026-03-31"),
        # what is printed ends it earlier, and never later
        ("P1Y", None, None, "2026-06-30", "2026-06-30"),
        ("P1Y", None, None, "2029-06-30", "2027-01-31"),
        (None, None, None, "2029-06-30", "2029-06-30"),
        (None, None, None, "2026-06-30T12:00:00-05:00", "2026-06-30"),
    ],
)
def test_how_long_a_record_of_31_january_2026_proves_something(
    valid_for: str | None, every: str | None, grace: str | None, printed: str | None, until: str
) -> None:
    assert clock.valid_until("2026-01-31", valid_for, every, grace, printed) == until


@pytest.mark.parametrize(
    ("anniversary", "today", "opens", "closes"),
    [
        ("03-12", "2026-01-01", "2025-12-12", "2026-03-12"),
        ("03-12", "2026-03-12", "2025-12-12", "2026-03-12"),
        ("03-12", "2026-03-13", "2026-12-12", "2027-03-12"),
        ("01-15", "2026-12-31", "2026-10-17", "2027-01-15"),
        ("02-29", "2026-02-01", "2025-11-30", "2026-02-28"),
        ("02-29", "2024-02-29", "2023-12-01", "2024-02-29"),
        ("02-29", "2024-03-01", "2024-11-30", "2025-02-28"),
        ("12-31", "2026-12-31", "2026-10-02", "2026-12-31"),
        ("03-12", "9999-12-31", "9998-12-12", "9999-03-12"),
    ],
)
def test_the_annual_window_is_the_ninety_days_before_the_anniversary(
    anniversary: str, today: str, opens: str, closes: str
) -> None:
    assert clock.window(anniversary, today) == (opens, closes)
