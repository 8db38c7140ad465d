"""The table of goals: what was measured, the bar, and whether it was met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """One goal; without a bar it is only told."""

    name: str
    ratio: float | None
    bar: float | None
    unit: str = ""

    @property
    def verdict(self) -> str:
        """pass, no, or empty without a bar."""
        if self.bar is None or self.ratio is None:
            return ""
        return "pass" if self.ratio <= self.bar else "no"


def table(goals: Sequence[Goal]) -> str:
    """Markdown."""
    lines = ["| goal | measured | bar | |", "|---|---:|---:|---|"]
    for goal in goals:
        measured = "-" if goal.ratio is None else f"{goal.ratio:.3g} {goal.unit}".strip()
        bar = "" if goal.bar is None else f"{goal.bar:g} {goal.unit}".strip()
        lines.append(f"| {goal.name} | {measured} | {bar} | {goal.verdict} |")
    return "\n".join(lines)
