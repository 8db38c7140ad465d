"""JUnit XML: a suite per account and category, a case per row, red exactly when the exit code is.

Built with junit-xml, whose elements are repaired before they are written: it leaves out a time of
0, writes `disabled`, which Jenkins' schema forbids, knows no properties of a case, and drops a
failure without a message.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from junit_xml import TestCase, TestSuite

from ctpat_policy.errors import CtpatError
from ctpat_policy.model import NOTE, Finding, Place, Report, Row
from ctpat_policy.reports import clean
from ctpat_policy.reports.gaps import is_old
from ctpat_policy.reports.outcome import (
    ERROR,
    FAILURE,
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

DOCUMENTS = "documents"

_WORST = (ERROR, FAILURE, SKIPPED, PASSED)
_TIME = "0.000"


@dataclass(frozen=True, slots=True)
class Case:
    """One test case in our own terms; every text is still raw."""

    classname: str
    name: str
    outcome: Outcome
    type: str
    message: str
    body: str
    place: Place
    properties: Mapping[str, str] = field(default_factory=dict)


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
    root = ET.Element("testsuites", name="ctpat-policy", time=_TIME)
    suites = _suites(report)
    taken: set[tuple[str, str]] = set()
    for index, (name, cases) in enumerate(suites):
        element = _suite(report, index, name, [_case(c, taken, strict) for c in cases])
        root.append(_repaired(element, cases, strict))
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    red = sum(c.outcome in (FAILURE, ERROR) for _, cases in suites for c in cases)
    written = sum(1 for tag in ("failure", "error") for _ in root.iter(tag))
    if red != written or bool(red) != bool(exit_code(report)):
        raise CtpatError(f"{written} of {red} failures came out in JUnit; this is our own fault")
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _suites(report: Report) -> list[tuple[str, list[Case]]]:
    """Names and cases: accounts as the report has them, categories in order, documents last."""
    order = {account.id: rank for rank, account in enumerate(report.accounts)}
    kept: dict[tuple[int, str, int], list[Row]] = {}
    for row in report.rows:
        key = (order.get(row.account, len(order)), row.account, row.category)
        kept.setdefault(key, []).append(row)
    suites = []
    for (_, account, category), rows in sorted(kept.items()):
        name = f"{account}.{folder(report, category)}"
        rows.sort(key=lambda r: (*badness(r)[2:], r.level, r.verdict))
        suites.append((name, [_row_case(row, name, report.fail_on) for row in rows]))
    documents = list(_document_cases(report))
    return [*suites, (DOCUMENTS, documents)] if documents else suites


def _row_case(row: Row, classname: str, fail_on: str) -> Case:
    gaps = reasons(row)
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
        outcome=outcome(row, fail_on),
        type=row.verdict,
        message=_row_message(row, fail_on),
        body="\n".join(_row_lines(row)),
        place=gaps[0].place if gaps[0].place.path else row.place,
        properties=properties,
    )


def _row_message(row: Row, fail_on: str) -> str:
    gaps = reasons(row)
    first = gaps[0].message or WORDS.get(row.verdict, row.verdict)
    more = f" (and {len(gaps) - 1:,} more)" if len(gaps) > 1 else ""
    if outcome(row, fail_on) != SKIPPED:
        return f"{first}{more}"
    words = "as before, " if is_old(row) and row.verdict in GAPS else ""
    words += WORDS.get(row.verdict, row.verdict)
    actions = ", ".join(dict.fromkeys(a for c in row.clauses for a in c.covered_by))
    words += f" {actions}" if row.verdict == "action_open" else ""
    until = f" until {row.until}" if row.until else ""
    return f"{row.level}, {words}{until}" + (f": {first}{more}" if row.gaps or row.reason else "")


def _row_lines(row: Row) -> Iterator[str]:
    """Every gap with its place, those that a corrective action covers last, and the remedy."""
    for gap in reasons(row):
        yield f"{_place(gap.place)}{clean.line(gap.message)}"
    for clause in row.clauses:
        for gap in clause.gaps if clause.covered_by else ():
            action = f"(corrective action {clean.line(', '.join(clause.covered_by))})"
            yield f"{_place(gap.place)}{clean.line(gap.message)} {action}"
    if row.remark:
        yield clean.line(row.remark)
    if row.remedy:
        yield f"Do: {clean.line(row.remedy)}"


def _document_cases(report: Report) -> Iterator[Case]:
    """One case per document, so that its name stays whatever is wrong with it."""
    kept: dict[str, list[Finding]] = {}
    for finding in all_findings(report):
        kept.setdefault(finding.place.path, []).append(finding)
    for path, findings in sorted(kept.items()):
        ranked = [(_WORST.index(finding_outcome(f, report.fail_on)), f) for f in findings]
        rank, worst = min(ranked, key=lambda pair: pair[0])
        first = worst.message or worst.code
        more = f" (and {len(findings) - 1:,} more)" if len(findings) > 1 else ""
        yield Case(
            classname=DOCUMENTS,
            name=path or "(no path)",
            outcome=_WORST[rank],
            type=worst.code,
            message=f"{worst.severity}: {first}{more}",
            body="\n".join(_document_lines(findings)),
            place=worst.place,
            properties={"codes": ", ".join(dict.fromkeys(f.code for f in findings))},
        )


def _document_lines(findings: Iterable[Finding]) -> Iterator[str]:
    for f in sorted(findings, key=lambda f: (f.severity == NOTE, f.place.line, f.place.column)):
        yield f"{_place(f.place)}{f.severity}: {clean.line(f.message)} [{clean.line(f.code)}]"
        if f.hint:
            yield f"  {clean.line(f.hint)}"


def _suite(report: Report, index: int, name: str, cases: Sequence[TestCase]) -> ET.Element:
    suite = TestSuite(
        clean.xml(clean.word(name)),
        cases,
        hostname="localhost",
        id=str(index),
        package="ctpat-policy",
        timestamp=f"{clean.xml(report.today)}T00:00:00",
        properties={"today": clean.xml(report.today), "fail_on": report.fail_on},
    )
    element: ET.Element = suite.build_xml_doc()
    return element


def _repaired(element: ET.Element, cases: Sequence[Case], strict: bool) -> ET.Element:
    element.attrib.pop("disabled", None)
    element.set("time", _TIME)
    for child, case in zip(element.iter("testcase"), cases, strict=True):
        child.set("time", _TIME)
        if not strict:
            child.insert(0, _properties(case.properties))
    return element


def _case(case: Case, taken: set[tuple[str, str]], strict: bool) -> TestCase:
    classname = clean.xml(clean.word(case.classname))
    file = "" if strict else clean.xml(clean.word(case.place.path))
    made = TestCase(
        _unique(classname, clean.xml(clean.word(case.name)), taken),
        classname=classname,
        file=file or None,
        line=case.place.line if file and case.place.line > 0 else None,
    )
    message, body = clean.xml(clean.line(case.message)) or case.outcome, clean.xml(case.body)
    kind = clean.xml(clean.word(case.type)) or case.outcome
    if case.outcome == FAILURE:
        made.add_failure_info(message, body, kind)
    elif case.outcome == ERROR:
        made.add_error_info(message, body, kind)
    elif case.outcome == SKIPPED:
        made.add_skipped_info(message, body)
    return made


def _unique(classname: str, name: str, taken: set[tuple[str, str]]) -> str:
    """GitLab drops the second case of a name; two paths may look alike once cleaned."""
    found, count = name, 1
    while (classname, found) in taken:
        count += 1
        found = f"{name} #{count}"
    taken.add((classname, found))
    return found


def _properties(values: Mapping[str, str]) -> ET.Element:
    element = ET.Element("properties")
    for name, value in values.items():
        if value:
            ET.SubElement(element, "property", name=name, value=clean.xml(clean.line(value)))
    return element


def _place(place: Place) -> str:
    return f"{clean.word(str(place))}: " if place.path else ""
