"""The day that is judged on, and until when what it was asked stays so.

Dossiers ask questions of the day and never see it: each answer has a last day, and a verdict holds
until the first of them. What needs the day itself, such as the length of a hole, holds for that
day alone. So no comparison can be forgotten, and a verdict can outlive its day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from ctpat_policy.clock import FOREVER, next_day
from ctpat_policy.dossiers.rows import Row

_Made = TypeVar("_Made")


class Today:
    """A day (YYYY-MM-DD). `lasts`: the last day on which all that it answered since is the same;
    days before this one are not spoken of.
    """

    def __init__(self, day: str) -> None:
        self._day, self.lasts = day, FOREVER

    @property
    def itself(self) -> str:
        """The day. What is made of it holds for this day alone."""
        self.holds_until(self._day)
        return self._day

    def is_past(self, day: str) -> bool:
        """Whether a day is over; from then on it is."""
        if day < self._day:
            return True
        self.holds_until(day)
        return False

    def has_come(self, day: str) -> bool:
        """Whether a day has begun; from then on it has."""
        if day <= self._day:
            return True
        self.holds_until(_before(day))
        return False

    def in_force(self, row: Row) -> bool:
        """Whether what a row tells holds today."""
        start, end = row.span
        return self.has_come(start) and not self.is_past(end)

    def current(self, rows: Iterable[Row]) -> list[Row]:
        """The rows that are not past."""
        found = [row for row in rows if row["until"] >= self._day]
        self.holds_until(min((row["until"] for row in found), default=FOREVER))
        return found

    def holds_until(self, day: str) -> None:
        """Note that what was answered may be otherwise after a day."""
        if day < self.lasts:
            self.lasts = day

    def noted(self, make: Callable[..., _Made], *of: Any) -> tuple[_Made, str]:
        """What `make(*of)` makes, and until when it holds, whatever else was asked before."""
        before, self.lasts = self.lasts, FOREVER
        made = make(*of)
        alone = self.lasts
        self.lasts = min(before, alone)
        return made, alone


def _before(day: str) -> str:
    """The day before, or one before all others where that cannot be told."""
    try:
        return next_day(day[:10], -1)
    except ValueError:
        return ""
