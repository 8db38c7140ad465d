"""What to do next, most serious and soonest first; what one command answers is one step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ctpat_policy.authoring.commands import Commands, begun
from ctpat_policy.authoring.place import partners_in
from ctpat_policy.authoring.subjects import Subjects
from ctpat_policy.catalog import Catalog
from ctpat_policy.model import MUST, NOTE, UNREADABLE, Report
from ctpat_policy.reports.outcome import GAPS, reasons, worst_first
from ctpat_policy.sources import Source

#: How serious a step is, the most serious one first.
DOCUMENT, MUST_GAP, FALLS_DUE, SHOULD_GAP = range(4)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: why, where, and the command that starts it."""

    rank: int
    why: str
    place: str
    command: str
    criteria: tuple[str, ...] = ()
    #: How many further reasons the same command answers.
    more: int = 0


def steps(
    law: Catalog,
    source: Source,
    profile: Mapping[str, Any],
    report: Report,
    now: str = "",
    root: str = "",
) -> list[Step]:
    """Every step; several reasons for one command are one step at the rank of the worst.

    The commands are run on the day `now`, from a folder from which `root` leads to the policies.
    """
    commands = Commands(
        law,
        Subjects(law, source, profile, now or report.today, partners_in(source)),
        report.today,
        root,
        {action.place.path: action.state for action in report.actions},
        begun(report.findings),
    )
    merged: dict[tuple[str, str], Step] = {}
    for step in (*_documents(commands, report), *_gaps(commands, report)):
        # Explanations start nothing, so that each place remains a step of its own.
        key = (step.command, step.place if " explain " in step.command else "")
        known = merged.get(key)
        if known is None:
            merged[key] = step
        else:
            criteria = tuple(dict.fromkeys((*known.criteria, *step.criteria)))
            merged[key] = Step(
                known.rank, known.why, known.place, known.command, criteria, known.more + 1
            )
    return sorted(merged.values(), key=lambda step: step.rank)


def _documents(commands: Commands, report: Report) -> Iterator[Step]:
    wrong = [f for f in report.findings if f.severity != NOTE]
    for finding in sorted(wrong, key=lambda f: f.severity != UNREADABLE):
        why = f"{finding.message} [{finding.code}]"
        command = commands.for_finding(finding)
        yield Step(DOCUMENT, why, str(finding.place), command)


def _gaps(commands: Commands, report: Report) -> Iterator[Step]:
    """Gaps of musts, then what falls due, then gaps of shoulds."""
    rows = worst_first(r for r in report.rows if r.verdict in GAPS)
    yield from _of_level(commands, [r for r in rows if r.level == MUST], MUST_GAP)
    for due in report.due:
        why = f"due {due.on}: {due.what} · {due.subject}"
        command, place = commands.for_due(due)
        yield Step(FALLS_DUE, why, str(place), command)
    yield from _of_level(commands, [r for r in rows if r.level != MUST], SHOULD_GAP)


def _of_level(commands: Commands, rows: list[Any], rank: int) -> Iterator[Step]:
    for row in rows:
        for gap in reasons(row):
            command, place = commands.for_gap(row, gap)
            yield Step(
                rank, f"{gap.message} · {row.subject}", str(place), command, (row.criterion,)
            )
