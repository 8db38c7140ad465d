"""Writes suites of cases as JUnit XML.

Built with junit-xml, whose elements are repaired before they are written: it leaves out a time of
0, writes `disabled`, which Jenkins' schema forbids, knows no properties of a case, and drops a
failure without a message.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from junit_xml import TestCase, TestSuite

from ctpat_policy.errors import CtpatError
from ctpat_policy.model import Place
from ctpat_policy.reports import clean
from ctpat_policy.reports.outcome import ERROR, FAILURE, PASSED, SKIPPED, Outcome

WORST = (ERROR, FAILURE, SKIPPED, PASSED)
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


def written(
    suites: Sequence[tuple[str, Sequence[Case]]],
    facts: Mapping[str, str],
    *,
    red: bool,
    strict: bool,
) -> bytes:
    """Suites of cases by name as XML. `facts` become properties of each, `today` its time; `red`:
    whether the exit code is not 0, which the cases have to agree with.
    """
    root = ET.Element("testsuites", name="ctpat-policy", time=_TIME)
    taken: set[tuple[str, str]] = set()
    for index, (name, cases) in enumerate(suites):
        element = _suite(facts, index, name, [_case(c, taken, strict) for c in cases])
        root.append(_repaired(element, cases, strict))
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    failed = sum(c.outcome in (FAILURE, ERROR) for _, cases in suites for c in cases)
    came_out = sum(1 for tag in ("failure", "error") for _ in root.iter(tag))
    if failed != came_out or bool(failed) != red:
        raise CtpatError(
            f"{came_out} of {failed} failures came out in JUnit; this is our own fault"
        )
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def placed(place: Place) -> str:
    """A place before a message; empty where there is none."""
    return f"{clean.word(str(place))}: " if place.path else ""


def _suite(
    facts: Mapping[str, str], index: int, name: str, cases: Sequence[TestCase]
) -> ET.Element:
    suite = TestSuite(
        clean.xml(clean.word(name)),
        cases,
        hostname="localhost",
        id=str(index),
        package="ctpat-policy",
        timestamp=f"{clean.xml(facts['today'])}T00:00:00",
        properties={name: clean.xml(value) for name, value in facts.items()},
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
