"""JUnit: a suite per account and category, a case per row, red exactly when the exit code is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ctpat_policy.model import NOTE, Finding, Gap, Report, Row
from ctpat_policy.reports import clean
from ctpat_policy.reports.gaps import is_old
from ctpat_policy.reports.outcome import (
    GAPS,
    PASSED,
    SKIPPED,
    WORDS,
    Outcome,
    all_findings,
    badness,
    exit_code,
    finding_outcome,
    outcome,
    reasons,
)
from ctpat_policy.reports.suites import WORST, Case, Suite, placed, written

DOCUMENTS = "documents"


def render(report: Report) -> bytes:
    """With `file`, `line` and properties on every case."""
    return _written(report, strict=False)


def render_strict(report: Report) -> bytes:
    """Valid against junit-10.xsd of the Jenkins xUnit plug-in: none of these three."""
    return _written(report, strict=True)


def folder(report: Report, category: int) -> str:
    """The folder of a category, such as 06-seal-security."""
    return report.categories.get(category, f"{category:02d}")


def _written(report: Report, strict: bool) -> bytes:
    shard = {"shard": str(report.filters["shard"])} if report.filters.get("shard") else {}
    facts = {"today": report.today, "fail_on": report.fail_on, **shard}
    return written(list(_suites(report)), facts, red=bool(exit_code(report)), strict=strict)


def _suites(report: Report) -> Iterator[Suite]:
    """Accounts as the report has them, categories in order, documents last."""
    order = {account.id: rank for rank, account in enumerate(report.accounts)}
    kept: dict[tuple[int, str, int], list[Row]] = {}
    for row in report.rows:
        key = (order.get(row.account, len(order)), row.account, row.category)
        kept.setdefault(key, []).append(row)
    for (_, account, category), rows in sorted(kept.items()):
        rows.sort(key=lambda r: (*badness(r)[2:], r.level, r.verdict))
        yield _row_suite(report, f"{account}.{folder(report, category)}", rows)
    findings = all_findings(report)
    if findings:
        yield _document_suite(report, findings)


def _row_suite(report: Report, name: str, rows: Sequence[Row]) -> Suite:
    outcomes = [outcome(row, report.fail_on) for row in rows]
    every = zip(rows, outcomes, strict=True)
    return Suite(name, outcomes, (_row_case(report, name, *of) for of in every))


def _row_case(report: Report, classname: str, row: Row, found: Outcome) -> Case:
    gaps = reasons(row)
    place = gaps[0].place if gaps[0].place.path else row.place
    properties = {
        "criterion": row.criterion,
        "title": row.title,
        "level": row.level,
        "basis": row.basis,
        "verdict": row.verdict,
        "until": row.until or "",
    }
    return Case(
        classname=classname,
        name=f"{row.criterion} {row.level} {row.subject}",
        outcome=found,
        type=row.verdict,
        message=_row_message(row, gaps, found),
        body="" if found == PASSED else "\n".join(_row_lines(row, gaps)),
        place=place.below(report.home),
        properties=properties,
    )


def _row_message(row: Row, gaps: Sequence[Gap], found: Outcome) -> str:
    first = gaps[0].message or WORDS.get(row.verdict, row.verdict)
    more = f" (and {len(gaps) - 1:,} more)" if len(gaps) > 1 else ""
    if found != SKIPPED:
        return f"{first}{more}"
    words = "as before, " if is_old(row) and row.verdict in GAPS else ""
    words += WORDS.get(row.verdict, row.verdict)
    actions = ", ".join(dict.fromkeys(a for c in row.clauses for a in c.covered_by))
    words += f" {actions}" if row.verdict == "action_open" else ""
    until = f" until {row.until}" if row.until else ""
    return f"{row.level}, {words}{until}" + (f": {first}{more}" if row.gaps or row.reason else "")


def _row_lines(row: Row, gaps: Sequence[Gap]) -> Iterator[str]:
    """Every gap with its place, those that a corrective action covers last, and the remedy."""
    for gap in gaps:
        yield f"{placed(gap.place)}{clean.line(gap.message)}"
    for clause in row.clauses:
        for gap in clause.gaps if clause.covered_by else ():
            action = f"(corrective action {clean.line(', '.join(clause.covered_by))})"
            yield f"{placed(gap.place)}{clean.line(gap.message)} {action}"
    if row.remark:
        yield clean.line(row.remark)
    if row.remedy:
        yield f"Do: {clean.line(row.remedy)}"


def _document_suite(report: Report, findings: Iterable[Finding]) -> Suite:
    """One case per document, so that its name stays whatever is wrong with it."""
    kept: dict[str, list[Finding]] = {}
    for finding in findings:
        kept.setdefault(finding.place.path, []).append(finding)
    documents = [found for _, found in sorted(kept.items())]
    worst = [min(found, key=lambda f: _rank(f, report.fail_on)) for found in documents]
    outcomes = [finding_outcome(finding, report.fail_on) for finding in worst]
    every = zip(documents, worst, outcomes, strict=True)
    return Suite(DOCUMENTS, outcomes, (_document_case(report, *of) for of in every))


def _rank(finding: Finding, fail_on: str) -> int:
    return WORST.index(finding_outcome(finding, fail_on))


def _document_case(
    report: Report, findings: Sequence[Finding], worst: Finding, found: Outcome
) -> Case:
    first = worst.message or worst.code
    more = f" (and {len(findings) - 1:,} more)" if len(findings) > 1 else ""
    return Case(
        classname=DOCUMENTS,
        name=worst.place.path or "(no path)",
        outcome=found,
        type=worst.code,
        message=f"{worst.severity}: {first}{more}",
        body="\n".join(_document_lines(findings)),
        place=worst.place.below(report.home),
        properties={"codes": ", ".join(dict.fromkeys(f.code for f in findings))},
    )


def _document_lines(findings: Iterable[Finding]) -> Iterator[str]:
    for f in sorted(findings, key=lambda f: (f.severity == NOTE, f.place.line, f.place.column)):
        yield f"{placed(f.place)}{f.severity}: {clean.line(f.message)} [{clean.line(f.code)}]"
        if f.hint:
            yield f"  {clean.line(f.hint)}"
