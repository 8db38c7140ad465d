"""Suites as XML: written piece by piece as the whole tree would be, and never too few failures."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from junit_xml import TestCase as JUnitCase
from junit_xml import TestSuite as JUnitSuite

from ctpat_policy.errors import CtpatError
from ctpat_policy.model import Place, Report
from ctpat_policy.reports import clean, junit, render
from ctpat_policy.reports.outcome import ERROR, FAILURE, PASSED, SKIPPED, Outcome
from ctpat_policy.reports.suites import Case, Suite, pieces, written
from tests.report_strategies import PLACES, REPORTS, TEXTS
from tests.reports_sample import SAMPLE

CASES = st.builds(
    Case,
    classname=TEXTS,
    name=TEXTS,
    outcome=st.sampled_from((FAILURE, ERROR, SKIPPED, PASSED)),
    type=TEXTS,
    message=TEXTS,
    body=TEXTS,
    place=PLACES,
    properties=st.dictionaries(st.sampled_from(("title", "level", "a&b")), TEXTS),
)
SUITES = st.lists(st.tuples(TEXTS, st.lists(CASES)), min_size=1, max_size=4)
FACTS = st.fixed_dictionaries({"today": TEXTS}, optional={"head": TEXTS})


def suite(name: str, cases: Sequence[Case]) -> Suite:
    return Suite(name, [case.outcome for case in cases], iter(cases))


def case(name: str, outcome: Outcome) -> Case:
    return Case("group", name, outcome, "not_met", "it is missing", "body", Place("a.yaml"))


def as_a_tree(
    suites: Sequence[tuple[str, Sequence[Case]]], facts: dict[str, str], strict: bool
) -> bytes:
    """What junit-xml and ElementTree alone make of it, with all of it in memory."""
    root = ET.Element("testsuites", name="ctpat-policy", time="0.000")
    taken: set[tuple[str, str]] = set()
    for index, (name, cases) in enumerate(suites):
        element = JUnitSuite(
            clean.xml(clean.word(name)),
            [junit_case(c, taken, strict) for c in cases],
            hostname="localhost",
            id=str(index),
            package="ctpat-policy",
            timestamp=f"{clean.xml(facts['today'])}T00:00:00",
            properties={key: clean.xml(value) for key, value in facts.items()},
        ).build_xml_doc()
        del element.attrib["disabled"]
        element.set("time", "0.000")
        for child, c in zip(element.iter("testcase"), cases, strict=True):
            child.set("time", "0.000")
            if not strict:
                properties = ET.Element("properties")
                child.insert(0, properties)
                for key, value in c.properties.items():
                    if value:
                        pair = {"name": key, "value": clean.xml(clean.line(value))}
                        ET.SubElement(properties, "property", pair)
        root.append(element)
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(child.get(count, "x")) for child in root)))
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def junit_case(c: Case, taken: set[tuple[str, str]], strict: bool) -> JUnitCase:
    classname, name = clean.xml(clean.word(c.classname)), clean.xml(clean.word(c.name))
    unique, count = name, 1
    while (classname, unique) in taken:
        count += 1
        unique = f"{name} #{count}"
    taken.add((classname, unique))
    file = None if strict else clean.xml(clean.word(c.place.path)) or None
    made = JUnitCase(unique, classname, file=file, line=c.place.line or None if file else None)
    message = clean.xml(clean.line(c.message)) or c.outcome
    body, kind = clean.xml(c.body), clean.xml(clean.word(c.type)) or c.outcome
    if c.outcome == FAILURE:
        made.add_failure_info(message, body, kind)
    elif c.outcome == ERROR:
        made.add_error_info(message, body, kind)
    elif c.outcome == SKIPPED:
        made.add_skipped_info(message, body)
    return made


@settings(max_examples=150, deadline=None)
@given(SUITES, FACTS, st.booleans())
def test_any_suites_are_written_as_the_tree_of_them_is(
    suites: list[tuple[str, list[Case]]], facts: dict[str, str], strict: bool
) -> None:
    red = any(c.outcome in (FAILURE, ERROR) for _, cases in suites for c in cases)

    found = written([suite(*of) for of in suites], facts, red=red, strict=strict)

    assert found == as_a_tree(suites, facts, strict)


@settings(max_examples=100, deadline=None)
@given(REPORTS, st.booleans())
def test_any_report_is_written_as_the_tree_of_it_is(report: Report, strict: bool) -> None:
    suites = [(s.name, list(s.cases)) for s in junit._suites(report)]
    facts = {"today": report.today, "fail_on": report.fail_on}

    found = render("junit-strict" if strict else "junit", report)

    assert found == as_a_tree(suites, facts, strict)


def test_cases_are_made_while_they_are_written() -> None:
    made = 0

    def cases() -> Iterator[Case]:
        nonlocal made
        for number in range(1000):
            made += 1
            yield case(str(number), PASSED)

    seen = 0
    many = Suite("many", [PASSED] * 1000, cases())
    for piece in pieces([many], {"today": "2026-11-24"}, red=False, strict=True):
        found = piece.count(b"<testcase ")
        seen += found
        assert made == seen
        assert found <= 100
    assert seen == 1000


@pytest.mark.parametrize(
    ("outcomes", "came_out"),
    [
        ([FAILURE, FAILURE], [FAILURE]),
        ([FAILURE, FAILURE], [FAILURE, SKIPPED]),
        ([FAILURE], [ERROR]),
        ([FAILURE, PASSED], [FAILURE]),
        ([FAILURE, PASSED], [FAILURE, SKIPPED]),
        ([PASSED], [FAILURE]),
        ([FAILURE], []),
    ],
)
def test_a_case_that_is_lost_or_comes_out_as_another_is_our_fault(
    outcomes: list[Outcome], came_out: list[Outcome]
) -> None:
    cases = [case(str(number), outcome) for number, outcome in enumerate(came_out)]
    one = Suite("one", outcomes, cases)

    begun = BytesIO()
    with pytest.raises(CtpatError, match="our own fault"):
        begun.writelines(pieces([one], {"today": "x"}, red=FAILURE in outcomes, strict=True))

    with pytest.raises(ET.ParseError, match="no element found"):
        ET.fromstring(begun.getvalue())


def test_a_case_in_the_wrong_suite_is_our_fault() -> None:
    red, green = case("a", FAILURE), case("b", PASSED)
    suites = [Suite("one", [FAILURE], [green]), Suite("two", [PASSED], [red])]

    with pytest.raises(CtpatError, match="of one came out"):
        written(suites, {"today": "2026-11-24"}, red=True, strict=False)


@pytest.mark.parametrize("red", [True, False])
def test_an_exit_code_that_the_cases_do_not_bear_out_is_our_fault(red: bool) -> None:
    one = suite("one", [case("a", PASSED if red else FAILURE)])

    with pytest.raises(CtpatError, match="our own fault"):
        written([one], {"today": "2026-11-24"}, red=red, strict=False)


def test_text_that_looks_like_a_failure_is_none() -> None:
    liar = case("a", PASSED)._replace(name='<failure type="x"', properties={"title": "<error x"})

    assert b"<failure" not in written([suite("s", [liar])], {"today": "x"}, red=False, strict=False)


def test_the_sample_has_a_piece_for_each_suite_and_what_is_around() -> None:
    suites = list(junit._suites(SAMPLE))
    facts = {"today": SAMPLE.today, "fail_on": SAMPLE.fail_on}

    found = list(pieces(suites, facts, red=True, strict=False))

    assert b"".join(found) == render("junit", SAMPLE)
    assert len(found) == 2 + 3 * len(suites)
