"""JSON is written entry by entry as json.dumps writes the whole of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ctpat_policy.model import Due, Place, Report, names_of
from ctpat_policy.reports import clean, render
from ctpat_policy.reports.json_writer import entries, pieces, written
from tests.report_strategies import PLACES, REPORTS, ROWS, TEXTS
from tests.reports_sample import EVIL

SCALARS = TEXTS | st.none() | st.booleans() | st.integers() | st.floats() | PLACES | ROWS
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(TEXTS | st.integers() | st.booleans(), inner, max_size=4)
    ),
    max_leaves=20,
)
DOCUMENTS = st.dictionaries(TEXTS, VALUES, max_size=4) | st.lists(VALUES, max_size=4)


def plain(value: Any) -> Any:
    """What json.dumps can write."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return clean.json(value)
    kind: object = type(value)
    if names := names_of(kind):
        return {"due" if n == "on" else n: plain(getattr(value, n)) for n in names}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {clean.json(str(key)): plain(item) for key, item in value.items()}
    return clean.json(str(value))


def at_once(document: Any) -> bytes:
    text = json.dumps(plain(document), ensure_ascii=True, allow_nan=False, indent=1)
    return (clean.json_document(text) + "\n").encode("ascii")


@settings(max_examples=250, deadline=None)
@given(DOCUMENTS)
def test_any_document_is_written_as_json_dumps_writes_it(document: Any) -> None:
    assert written(document) == at_once(document)


@settings(max_examples=60, deadline=None)
@given(REPORTS)
def test_any_report_is_written_as_json_dumps_writes_it(report: Report) -> None:
    found = render("json", report)

    assert found == at_once(json.loads(found))
    assert json.loads(found)["due"] == plain(report.due)


def test_two_keys_that_are_one_once_written_stand_once() -> None:
    halves = {chr(0xD800): 1, chr(0xD801): 2, 1: 3, "1": 4}

    assert written({"x": halves}) == written({"x": {"\ufffd": 2, "1": 4}})


def test_an_iterator_in_a_document_is_written_as_the_list_of_it() -> None:
    for items in ([], [1], [{"a": EVIL}, ("b",)]):
        assert written({"x": iter(items), "y": items}) == written({"x": items, "y": items})
        assert written(iter(items)) == written(items)


def test_entries_are_taken_when_they_are_written() -> None:
    taken = 0

    def rows() -> Iterator[dict[str, int]]:
        nonlocal taken
        for number in range(100):
            taken += 1
            yield {"number": number}

    found = pieces({"rows": rows()})
    begun = b""
    while b'"number": 9' not in begun:
        begun = next(found)

    assert taken == 10


def test_a_date_that_falls_due_has_another_key() -> None:
    due = Due("2026-12-01", "what", "kind", "subject", Place("a"))

    assert list(entries(due))[:2] == ["due", "what"]
    assert json.loads(written([due]))[0]["due"] == "2026-12-01"
