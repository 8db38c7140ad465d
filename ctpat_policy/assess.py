"""Judges clauses on dossiers, and settles each row by the first line of this table that fits.

| what is known of the row                                            | verdict        |
|---------------------------------------------------------------------|----------------|
| the profile does not say whether the criterion applies              | not_assessed   |
| it does not apply, or none of its clauses does                      | not_applicable |
| an approved exception says that it does not apply                   | not_applicable |
| a should that is not fulfilled, and an exception why not            | not_adopted    |
| the first clause that applies fails, and no corrective action covers it | not_met    |
| another clause fails, and none covers it, or it is overdue          | partly_met     |
| nobody can tell about a clause, and none covers it                  | not_assessed   |
| a corrective action in time covers a clause that fails              | action_open    |
| all clauses pass                                                    | met            |
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ctpat_policy.criteria import WRITTEN, Clause, Test
from ctpat_policy.dossiers import messages
from ctpat_policy.dossiers.facts import Dossier
from ctpat_policy.dossiers.rows import MISSING
from ctpat_policy.model import SHOULD, ClauseResult, Gap
from ctpat_policy.signed import CriterionException

PASS, FAIL, UNKNOWN, ABSENT = "pass", "fail", "unknown", "absent"


class Standing(NamedTuple):
    """What decides a row, as the columns of the truth table have it."""

    level: str
    applies: bool | None
    reason: str
    exception: CriterionException | None
    clauses: tuple[ClauseResult, ...]
    until: str | None
    #: Clauses that fail only because an action about them is overdue; never the carrying one.
    overdue_only: frozenset[str]


def verdict(standing: Standing) -> tuple[str, str]:
    """The verdict and its reason: the first line of the table that matches."""
    exception = standing.exception
    left = [c for c in standing.clauses if c.state in (FAIL, UNKNOWN) and not c.covered_by]
    covered = [c for c in standing.clauses if c.covered_by]
    present = [c for c in standing.clauses if c.state != ABSENT]
    if standing.applies is None:
        return "not_assessed", standing.reason
    if not standing.applies or not present:
        return "not_applicable", standing.reason
    if exception and exception.type == "not_applicable":
        return "not_applicable", exception.record.data["reason"]
    unmet = [c for c in present if c.state != PASS or c.covered_by]
    if exception and exception.type == "should_not_adopted" and standing.level == SHOULD and unmet:
        return "not_adopted", exception.record.data["reason"]
    failed = [c for c in left if c.state == FAIL]
    if failed:
        carries = failed[0] is present[0] and failed[0].clause not in standing.overdue_only
        return ("not_met" if carries else "partly_met"), ""
    if left:
        return "not_assessed", left[0].gaps[0].message if left[0].gaps else ""
    return ("action_open", "") if covered else ("met", "")


def until_of(found: str, standing: Standing) -> str | None:
    """The last day of what covers or excuses; what does not apply anyway has no end."""
    if found == "action_open":
        return standing.until
    argued = standing.applies and any(c.state != ABSENT for c in standing.clauses)
    if standing.exception and argued and found in ("not_applicable", "not_adopted"):
        return standing.exception.expires
    return None


def judge(dossier: Dossier, clause: Clause) -> ClauseResult:
    """One clause: fail when any fact fails, else unknown when one is unknown, else pass."""
    applies, reason = messages.applicability(dossier, clause.applies)
    if applies is None:
        gap = Gap(clause.id, reason, messages.subject_place(dossier), unknown=True)
        return ClauseResult(clause.id, UNKNOWN, (gap,))
    if not applies:
        return ClauseResult(clause.id, ABSENT, reason=reason)
    if clause.id == WRITTEN and not clause.tests:
        return _written(dossier, clause)
    if clause.mode == "any":
        return _any(dossier, clause)
    gaps = tuple(gap for test in clause.tests for gap in _test(dossier, clause, test))
    return ClauseResult(clause.id, _state(gaps), gaps)


def _test(dossier: Dossier, clause: Clause, test: Test) -> list[Gap]:
    value = dossier.fact(test.of)
    if value is MISSING:
        return [
            Gap(
                clause.id,
                f"the profile does not say {test.of}",
                messages.subject_place(dossier),
                True,
            )
        ]
    if not test.rule.passes(value):
        return messages.gaps(dossier, clause, test, value)
    holes = dossier.unknown(test.of)
    return [messages.unknown(dossier, clause, test, hole) for hole in holes]


def _any(dossier: Dossier, clause: Clause) -> ClauseResult:
    results = []
    for test in clause.tests:
        gaps = _test(dossier, clause, test)
        if not gaps:
            return ClauseResult(clause.id, PASS)
        results.append(gaps)
    unknown = [g for gaps in results for g in gaps if g.unknown]
    if unknown:
        return ClauseResult(clause.id, UNKNOWN, tuple(unknown))
    # One sentence for the clause; the branches' own places show where to look.
    place = next(
        (g.place for gaps in results for g in gaps if g.place.path.startswith("evidence/")),
        results[0][0].place,
    )
    message = messages.filled(clause.gap, dossier) if clause.gap else results[0][0].message
    return ClauseResult(clause.id, FAIL, (Gap(clause.id, message, place),))


def _written(dossier: Dossier, clause: Clause) -> ClauseResult:
    gaps = messages.written(dossier, clause)
    return ClauseResult(clause.id, _state(gaps), gaps)


def _state(gaps: Sequence[Gap]) -> str:
    if any(not g.unknown for g in gaps):
        return FAIL
    return UNKNOWN if gaps else PASS
