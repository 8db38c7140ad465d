"""Reports made by hypothesis: whatever a judgement could hand on, and strange text."""

from __future__ import annotations

from hypothesis import strategies as st

from ctpat_policy.model import (
    INVALID,
    MUST,
    NOTE,
    SHOULD,
    UNREADABLE,
    VERDICTS,
    ClauseResult,
    Due,
    Finding,
    Gap,
    OpenAction,
    Place,
    Report,
    Row,
)
from tests.reports_sample import HEADS, HOSTILE

#: Any code point, halves of surrogate pairs too, and what has hurt other tools.
TEXTS = st.text(st.characters(exclude_categories=()), max_size=12) | st.sampled_from(HOSTILE)
DAYS = st.dates().map(lambda day: day.isoformat())
PLACES = st.builds(
    Place, TEXTS, st.just(()), st.integers(min_value=0, max_value=9), st.integers(0, 9)
)
GAPS = st.builds(Gap, st.sampled_from(("reviewed", "written")), TEXTS, PLACES, st.booleans())
CLAUSES = st.builds(
    ClauseResult,
    st.sampled_from(("reviewed", "written")),
    st.sampled_from(("pass", "fail", "unknown", "absent")),
    st.lists(GAPS, max_size=8).map(tuple),
    st.sampled_from(((), ("CA-1",))),
    TEXTS,
)
ROWS = st.builds(
    Row,
    account=st.sampled_from(("abc-con", "abc-imp", "abc\x1b")),
    criterion=st.sampled_from(("MSC-3.5", "MSC-6.6", "MSC-6.10")),
    level=st.sampled_from((MUST, SHOULD)),
    subject=st.sampled_from(("company", "WH-EWR", "WH\x1bEWR", "")),
    verdict=st.sampled_from(VERDICTS),
    title=TEXTS,
    category=st.integers(1, 12),
    basis=st.sampled_from(("confirmed", "recalled")),
    reason=TEXTS,
    until=st.none() | DAYS,
    clauses=st.lists(CLAUSES, max_size=3).map(tuple),
    remedy=TEXTS,
    place=PLACES,
    evidence=st.lists(TEXTS, max_size=2).map(tuple),
    evidence_count=st.integers(0, 30),
    scope=st.sampled_from(("company", "site", "partner")),
    standing=st.sampled_from(("", "as_before", "worse", "better", "new")),
    remark=TEXTS,
)
FINDINGS = st.builds(
    Finding,
    st.sampled_from(("yaml-syntax", "document-invalid")),
    st.sampled_from((UNREADABLE, INVALID, INVALID, NOTE)),
    TEXTS,
    PLACES,
    TEXTS,
)
REPORTS = st.builds(
    Report,
    member=TEXTS,
    today=DAYS,
    fail_on=st.sampled_from(("must", "should", "never")),
    accounts=st.sampled_from((HEADS, HEADS[:1], ())),
    rows=st.lists(ROWS, max_size=6).map(tuple),
    findings=st.lists(FINDINGS, max_size=2).map(tuple),
    due=st.lists(st.builds(Due, DAYS, TEXTS, TEXTS, TEXTS, PLACES), max_size=2).map(tuple),
    actions=st.lists(
        st.builds(OpenAction, TEXTS, DAYS, TEXTS, st.lists(TEXTS).map(tuple), TEXTS, TEXTS, PLACES),
        max_size=2,
    ).map(tuple),
    documents=st.sampled_from((0, 3, 3, 3)),
    notes=st.lists(TEXTS, max_size=1).map(tuple),
    filters=st.dictionaries(TEXTS, TEXTS | st.lists(TEXTS, max_size=2) | st.none(), max_size=2),
    categories=st.just({6: "06-seal-security"}),
)
