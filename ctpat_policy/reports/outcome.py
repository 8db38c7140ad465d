"""What a row or a finding means for the exit code and for JUnit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from ctpat_policy.model import (
    INVALID,
    MUST,
    NOTE,
    SHOULD,
    UNREADABLE,
    Finding,
    Gap,
    Place,
    Report,
    Row,
)
from ctpat_policy.order import number

Outcome = Literal["failure", "error", "skipped", "passed"]
FAILURE: Outcome = "failure"
ERROR: Outcome = "error"
SKIPPED: Outcome = "skipped"
PASSED: Outcome = "passed"
NEVER = "never"

#: Verdict -> outcome of a must row, of a should row under --fail-on should, of a should row.
#: A must cannot be not adopted; should such a row turn up, it does not pass.
OUTCOMES: Mapping[str, tuple[Outcome, Outcome, Outcome]] = {
    "met": (PASSED, PASSED, PASSED),
    "not_applicable": (SKIPPED, SKIPPED, SKIPPED),
    "not_adopted": (FAILURE, SKIPPED, SKIPPED),
    "action_open": (SKIPPED, SKIPPED, SKIPPED),
    "partly_met": (FAILURE, FAILURE, SKIPPED),
    "not_assessed": (ERROR, ERROR, SKIPPED),
    "not_met": (FAILURE, FAILURE, SKIPPED),
}
#: Severity of a finding -> outcome; whatever else is an error, as nobody knows what it means.
FINDINGS: Mapping[str, Outcome] = {UNREADABLE: ERROR, INVALID: FAILURE, NOTE: SKIPPED}

#: How a row may stand that `check --since` does not fail on: one that is better may still be red.
NO_WORSE = ("as_before", "better")
#: Verdicts that leave something to do, worst first.
GAPS = ("not_met", "not_assessed", "partly_met")
#: Verdicts as people read them.
WORDS: Mapping[str, str] = {
    "met": "met",
    "not_applicable": "not applicable",
    "not_adopted": "not adopted",
    "action_open": "under corrective action",
    "partly_met": "partly met",
    "not_assessed": "not assessed",
    "not_met": "not met",
}

#: Why a run that found no unreadable document still checked nothing: code, message, hint.
_NOTHING = {
    "documents": ("documents-none", "no document was found", "run it in a policy repository"),
    "accounts": (
        "accounts-none",
        "the security profile names no account",
        "name one under accounts",
    ),
    "rows": (
        "rows-none",
        "no criterion was judged: no level is known for the entity types of the accounts",
        "write the levels of CBP's own document under policies/levels/",
    ),
}


def outcome(row: Row, fail_on: str) -> Outcome:
    """What becomes of a row in CI: `failure` and `error` make it fail."""
    if row.standing in NO_WORSE:
        return PASSED if row.verdict == "met" else SKIPPED
    columns = OUTCOMES.get(row.verdict, (ERROR, ERROR, ERROR))
    column = 2 if row.level == SHOULD and fail_on != SHOULD else int(row.level == SHOULD)
    return _softened(columns[column], fail_on)


def finding_outcome(finding: Finding, fail_on: str) -> Outcome:
    """What becomes of a finding in CI: `error`, and only that, means that the run is incomplete."""
    found = FINDINGS.get(finding.severity, ERROR)
    return found if found == ERROR else _softened(found, fail_on)


def all_findings(report: Report) -> tuple[Finding, ...]:
    """The findings, and one that says so when nothing was checked and none of them explains it."""
    if any(finding_outcome(f, NEVER) == ERROR for f in report.findings):
        return report.findings
    checked = {"documents": report.documents, "accounts": report.accounts, "rows": report.rows}
    if report.filters.get("shard"):
        del checked["rows"]  # the other shards may well have some
    for what, found in checked.items():
        if not found:
            code, message, hint = _NOTHING[what]
            profile = Place("policies/security-profile.yaml")
            return (*report.findings, Finding(code, UNREADABLE, message, profile, hint))
    return report.findings


def exit_code(report: Report) -> int:
    """3: not everything could be checked; 1: something fails; 0: nothing does."""
    found = {finding_outcome(f, report.fail_on) for f in all_findings(report)}
    if ERROR in found:
        return 3
    if FAILURE in found or any(outcome(r, report.fail_on) in (FAILURE, ERROR) for r in report.rows):
        return 1
    return 0


def reasons(row: Row) -> tuple[Gap, ...]:
    """Why a row is not met: its gaps, or one made of its reason, so that there is always one."""
    return row.gaps or (Gap("", row.reason or WORDS.get(row.verdict, row.verdict), row.place),)


def once(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """Each thing once: several clauses may miss the same record."""
    told: dict[tuple[str, Place], Gap] = {}
    for gap in gaps:
        told.setdefault((gap.message, gap.place), gap)
    return tuple(told.values())


def worst_first(rows: Iterable[Row]) -> list[Row]:
    """Rows sorted as a person wants them: must, not met, then criterion, then subject."""
    return sorted(rows, key=badness)


def badness(row: Row) -> tuple[bool, int, tuple[int, ...], str, str]:
    """Sorts the worst first; below that by the numbers of the criterion and by subject."""
    rank = GAPS.index(row.verdict) if row.verdict in GAPS else len(GAPS)
    return (row.level != MUST, rank, number(row.criterion), row.criterion, row.subject)


def _softened(found: Outcome, fail_on: str) -> Outcome:
    return SKIPPED if fail_on == NEVER and found in (FAILURE, ERROR) else found
