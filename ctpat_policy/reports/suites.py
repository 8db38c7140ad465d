"""Writes suites of cases as JUnit XML, some cases at a time.

Built with junit-xml, whose elements are repaired before they are written: it leaves out a time of
0, writes `disabled`, which Jenkins' schema forbids, knows no properties of a case, and drops a
failure without a message.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from io import BytesIO
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple

from junit_xml import TestCase, TestSuite

from ctpat_policy.errors import CtpatError
from ctpat_policy.model import Place
from ctpat_policy.reports import clean
from ctpat_policy.reports.markup import line, markup, start_tag
from ctpat_policy.reports.outcome import ERROR, FAILURE, PASSED, SKIPPED, Outcome

WORST = (ERROR, FAILURE, SKIPPED, PASSED)
_TIME = "0.000"
_FAULT = "this is our own fault"
#: How many cases are in memory at once.
_AT_ONCE = 100


class Case(NamedTuple):
    """One test case in our own terms; every text is still raw."""

    classname: str
    name: str
    outcome: Outcome
    type: str
    message: str
    body: str
    place: Place
    properties: Mapping[str, str] = MappingProxyType({})


class Suite(NamedTuple):
    """What becomes of each case, as the counts come first, and the cases, made when written."""

    name: str
    outcomes: Sequence[Outcome]
    cases: Iterable[Case]


def written(suites: Sequence[Suite], facts: Mapping[str, str], *, red: bool, strict: bool) -> bytes:
    """Suites as XML. `facts` become properties of each, `today` its time; `red`: whether the exit
    code is not 0, which the cases have to agree with.
    """
    whole = BytesIO()
    whole.writelines(pieces(suites, facts, red=red, strict=strict))
    return whole.getvalue()


def pieces(
    suites: Sequence[Suite], facts: Mapping[str, str], *, red: bool, strict: bool
) -> Iterator[bytes]:
    """The same piece by piece. Where a suite does not come out as it had to, it raises before the
    end of the suite, so that nobody takes for a report what was written until then.
    """
    due = Counter(outcome for suite in suites for outcome in suite.outcomes)
    failures = due[FAILURE] + due[ERROR]
    if bool(failures) != red:
        raise CtpatError(f"{failures} failures do not go with the exit code; {_FAULT}")
    yield _head(due).encode()
    taken: set[tuple[str, str]] = set()
    for index, suite in enumerate(suites):
        yield _suite_head(suite, index, facts).encode()
        came_out: Counter[Outcome] = Counter()
        cases = iter(suite.cases)
        while some := list(islice(cases, _AT_ONCE)):
            text = "".join(_cases(some, taken, strict))
            came_out.update(_outcomes(text))
            yield text.encode()
        if came_out != Counter(suite.outcomes):
            raise CtpatError(
                f"not all cases of {clean.word(suite.name)} came out in JUnit; {_FAULT}"
            )
        yield line(1, "</testsuite>").encode()
    yield line(0, "</testsuites>\n").encode()


def placed(place: Place) -> str:
    """A place before a message; empty where there is none."""
    return f"{clean.word(str(place))}: " if place.path else ""


def _head(due: Counter[Outcome]) -> str:
    counts = {"tests": due.total(), "failures": due[FAILURE], "errors": due[ERROR]}
    attributes = {"name": "ctpat-policy", "time": _TIME} | {k: str(n) for k, n in counts.items()}
    return f"<?xml version='1.0' encoding='utf-8'?>\n{start_tag('testsuites', attributes)}>"


def _suite_head(suite: Suite, index: int, facts: Mapping[str, str]) -> str:
    """Everything of a suite before its cases; the counts are those that `pieces` holds it to."""
    made = TestSuite(
        clean.xml(clean.word(suite.name)),
        hostname="localhost",
        id=str(index),
        package="ctpat-policy",
        timestamp=f"{clean.xml(facts['today'])}T00:00:00",
        properties={name: clean.xml(value) for name, value in facts.items()},
    )
    element: ET.Element = made.build_xml_doc()
    element.attrib.pop("disabled", None)
    counts = Counter(suite.outcomes)
    for name, outcome in (("errors", ERROR), ("failures", FAILURE), ("skipped", SKIPPED)):
        element.set(name, str(counts[outcome]))
    element.set("tests", str(counts.total()))
    element.set("time", _TIME)
    inside = "".join(markup(child, 2) for child in element)
    return line(1, f"{start_tag(element.tag, element.attrib)}>{inside}")


def _cases(cases: Sequence[Case], taken: set[tuple[str, str]], strict: bool) -> Iterator[str]:
    made = TestSuite("", [_case(case, taken, strict) for case in cases]).build_xml_doc()
    for element, case in zip(made.iter("testcase"), cases, strict=True):
        element.set("time", _TIME)
        yield markup(element, 2, "" if strict else _properties(case.properties))


def _case(case: Case, taken: set[tuple[str, str]], strict: bool) -> TestCase:
    classname = clean.xml(clean.word(case.classname))
    file = "" if strict else clean.xml(clean.word(case.place.path))
    made = TestCase(
        _unique(classname, clean.xml(clean.word(case.name)), taken),
        classname=classname,
        file=file or None,
        line=case.place.line if file and case.place.line > 0 else None,
    )
    if case.outcome == PASSED:
        return made
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


def _properties(values: Mapping[str, str]) -> str:
    inside = "".join([_property(name, value) for name, value in values.items() if value])
    if not inside:
        return line(3, "<properties />")
    return f"{line(3, '<properties>')}{inside}{line(3, '</properties>')}"


@lru_cache(maxsize=1000)
def _property(name: str, value: str) -> str:
    """Thousands of cases have the same title, level and verdict."""
    attributes = {"name": name, "value": clean.xml(clean.line(value))}
    return line(4, f"{start_tag('property', attributes)} />")


def _outcomes(text: str) -> Counter[Outcome]:
    """What the cases in a text came out as; text of documents holds no `<`."""
    found = Counter({tag: text.count(f"<{tag} ") for tag in (FAILURE, ERROR, SKIPPED)})
    found[PASSED] = text.count("<testcase ") - found.total()
    return found
