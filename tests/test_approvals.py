"""What an approval binds, and who may give one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctpat_policy import approvals, documents

PEOPLE = {
    "P-1": {"id": "P-1", "functions": ["company_officer"], "from": "2020-01-01"},
    "P-2": {"id": "P-2", "functions": ["trade_security"], "from": "2020-01-01"},
    "P-9": {
        "id": "P-9",
        "functions": ["company_officer"],
        "from": "2020-01-01",
        "until": "2026-05-15",
    },
}
PROCEDURE = """\
schema: procedure/1
title: Seal control
owner: P-2
steps:
  - id: storage
    text: Seals are kept in the locked seal room; only custodians hold a key.
satisfies:
  MSC-6.1: {controlled_storage: [storage]}
"""
#: The digest of PROCEDURE, approved by P-1 as company_officer on 2026-05-04.
GOLDEN = "v1:sha256:e919ae80ae14eb05b64230b6b8dfea2cd2cfd77b445a115f825a60add3fd3ae3"
OTHER_LOOK = """\
# The same text, wrapped by another editor and commented.
satisfies:
  MSC-6.1:
    controlled_storage:
      - storage        # the room behind the dock
owner: "P-2"
steps:
  -
    text: >-
      Seals are kept in the locked
      seal room;   only custodians
      hold a key.
    id: 'storage'
title: Seal control
schema: procedure/1
"""


def read(text: str) -> dict[str, Any]:
    document = documents.load(text.encode(), "x.yaml")
    assert document.value is not None, document.problem
    return document.value


def approved(
    value: Mapping[str, Any], by: str = "P-1", day: str = "2026-05-04", doc_id: str = "SOP-06"
) -> dict[str, Any]:
    digest = approvals.digest(doc_id, value, by, "company_officer", day)
    entry = {"by": by, "as": "company_officer", "approved_on": day, "digest": digest}
    return {**value, "approvals": [*value.get("approvals", ()), entry]}


def judged(value: Mapping[str, Any], **changes: Any) -> list[approvals.Approval]:
    asked: dict[str, Any] = {
        "functions": ("company_officer", "trade_security"),
        "people": PEOPLE,
        "barred": {"P-2": "its owner"},
        "today": "2026-06-30",
    }
    doc_id = changes.pop("doc_id", "SOP-06")
    return approvals.judge(doc_id, value, **{**asked, **changes})


def codes(value: Mapping[str, Any], **changes: Any) -> list[str]:
    return [a.code for a in judged(value, **changes)]


def test_an_approval_counts_where_nothing_is_wrong() -> None:
    found = judged(approved(read(PROCEDURE)))

    assert [(a.by, a.function, a.approved_on, a.problem, a.code) for a in found] == [
        ("P-1", "company_officer", "2026-05-04", "", "")
    ]


def test_the_digest_is_sha_256_over_canonical_json() -> None:
    document = {"title": "  Seal \n control ", "count": 2, "ok": True, "approvals": [{"by": "P-1"}]}
    canonical = (
        '{"approved_on":"2026-05-04","as":"company_officer","by":"P-1",'
        '"document":{"count":2,"ok":true,"title":"Seal control"},"id":"SOP-06"}'
    )

    digest = approvals.digest("SOP-06", document, "P-1", "company_officer", "2026-05-04")

    assert digest == "v1:sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


def test_a_digest_of_version_1_never_changes() -> None:
    """Approvals of 2026 must still be readable in 2036, whatever becomes of the code."""
    digest = approvals.digest("SOP-06", read(PROCEDURE), "P-1", "company_officer", "2026-05-04")

    assert digest == GOLDEN


def test_wrapping_comments_quotes_and_the_order_of_keys_do_not_void_it() -> None:
    approvals_of_the_first = approved(read(PROCEDURE))["approvals"]

    found = judged({**read(OTHER_LOOK), "approvals": approvals_of_the_first})

    assert [a.problem for a in found] == [""]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Seal control", "Seal controls"),
        ("Seal control", "seal control"),
        ("locked seal room", "seal room"),
        ("only custodians", "only, custodians"),
        ("owner: P-2", "owner: P-1"),
        ("[storage]", "[storage, storage]"),
        ("MSC-6.1", "MSC-6.2"),
        ("id: storage", "id: storing"),
        ("title:", "label:"),
    ],
)
def test_an_edit_of_the_content_voids_it(old: str, new: str) -> None:
    entries = approved(read(PROCEDURE))["approvals"]
    assert old in PROCEDURE

    found = judged({**read(PROCEDURE.replace(old, new)), "approvals": entries}, barred={})

    assert [a.code for a in found] == ["approval-void"]


@pytest.mark.parametrize(
    "change",
    [{"approved_on": "2026-05-05"}, {"as": "trade_security"}, {"by": "P-2"}],
    ids=["date", "function", "person"],
)
def test_changing_nothing_but_the_approval_itself_voids_it(change: Mapping[str, str]) -> None:
    value = approved(read(PROCEDURE))
    value["approvals"][0] |= change
    people = {
        k: {**p, "functions": ["company_officer", "trade_security"]} for k, p in PEOPLE.items()
    }

    assert codes(value, people=people, barred={}) == ["approval-void"]


def test_an_approval_copied_to_another_procedure_is_void() -> None:
    value = approved(read(PROCEDURE))

    assert codes(value, doc_id="SOP-07") == ["approval-void"]


def test_a_further_approval_leaves_the_older_one_valid_and_comes_first() -> None:
    value = approved(approved(read(PROCEDURE), day="2025-05-04"), day="2026-05-04")

    found = judged(value)

    assert [(a.approved_on, a.problem) for a in found] == [("2026-05-04", ""), ("2025-05-04", "")]


def test_a_digest_cut_short_or_of_another_version_is_void() -> None:
    value = approved(read(PROCEDURE))
    digest = value["approvals"][0]["digest"]

    for other in (digest[:-1], digest.upper(), digest.replace("v1:", "v2:"), ""):
        value["approvals"][0]["digest"] = other
        assert codes(value) == ["approval-void"]


@pytest.mark.parametrize(
    ("value", "changes", "code", "problem"),
    [
        (
            approved(read(PROCEDURE), by="P-77"),
            {},
            "approval-unknown-person",
            "P-77 is not among the people of the security profile",
        ),
        (
            approved(read(PROCEDURE), day="2026-07-01"),
            {},
            "approval-in-future",
            "it is dated 2026-07-01, after 2026-06-30",
        ),
        (
            approved(read(PROCEDURE), by="P-9", day="2026-05-16"),
            {},
            "approval-not-in-post",
            "P-9 was not in post on 2026-05-16: the profile says from 2020-01-01 until 2026-05-15",
        ),
        (
            approved(read(PROCEDURE), day="2019-12-31"),
            {},
            "approval-not-in-post",
            "P-1 was not in post on 2019-12-31: the profile says from 2020-01-01",
        ),
        (
            approved(read(PROCEDURE), by="P-2"),
            {"barred": {}},
            "approval-wrong-function",
            "P-2 does not hold the function company_officer",
        ),
        (
            approved(read(PROCEDURE)),
            {"functions": ("trade_security",)},
            "approval-not-entitled",
            "a company_officer may not approve this; one of trade_security may",
        ),
        (
            approved(read(PROCEDURE)),
            {"barred": {"P-1": "its author"}},
            "approval-self",
            "P-1 is its author and may not approve it",
        ),
        (
            {**read(PROCEDURE), "share": 0.5}
            | {"approvals": approved(read(PROCEDURE))["approvals"]},
            {},
            "approval-not-approvable",
            "the decimal number 0.5 has no canonical form; put it in quotes",
        ),
        (
            {**read(PROCEDURE), "title": "x", "approvals": approved(read(PROCEDURE))["approvals"]},
            {},
            "approval-void",
            "the content, the approver or the date has changed since it was given",
        ),
    ],
)
def test_why_an_approval_does_not_count(
    value: Mapping[str, Any], changes: Mapping[str, Any], code: str, problem: str
) -> None:
    assert [(a.code, a.problem) for a in judged(value, **changes)] == [(code, problem)]


def test_an_approval_on_the_first_and_on_the_last_day_in_post_counts() -> None:
    first = approved(read(PROCEDURE), by="P-9", day="2020-01-01")
    last = approved(read(PROCEDURE), by="P-9", day="2026-05-15")

    assert codes(first) == codes(last) == [""]


def test_an_approval_of_today_is_not_in_the_future() -> None:
    assert codes(approved(read(PROCEDURE), day="2026-06-30")) == [""]


def test_an_attachment_counts_by_its_bytes_and_not_by_its_name() -> None:
    one, two = "1" * 64, "2" * 64
    value = {**read(PROCEDURE), "attachments": [{"path": "manual.pdf", "caption": "The manual"}]}
    renamed = {**value, "attachments": [{"path": "seal-manual.pdf"}]}

    def digest(document: Mapping[str, Any], files: Mapping[str, str]) -> str:
        return approvals.digest("SOP-06", document, "P-1", "company_officer", "2026-05-04", files)

    assert digest(value, {"manual.pdf": one}) == digest(renamed, {"seal-manual.pdf": one})
    assert digest(value, {"manual.pdf": one}) != digest(value, {"manual.pdf": two})
    assert digest(value, {"manual.pdf": one}) != digest(value, {})
    assert digest(value, {"manual.pdf": one}) != digest({**value, "attachments": []}, {})


def test_a_stated_sha256_counts_where_the_file_is_elsewhere() -> None:
    kept = {"uri": "https://example.invalid/manual.pdf", "sha256": "3" * 64}
    value = approved({**read(PROCEDURE), "attachments": [kept]})
    other = {**value, "attachments": [{**kept, "sha256": "4" * 64}]}

    assert codes(value) == [""]
    assert codes(other) == ["approval-void"]


def test_accents_written_in_two_ways_are_one_text() -> None:
    composed, split = {"title": "Precinto número"}, {"title": "Precinto nu\u0301mero"}

    assert approvals.digest("a", composed, "P-1", "x", "2026-05-04") == approvals.digest(
        "a", split, "P-1", "x", "2026-05-04"
    )


def test_a_text_and_a_number_a_truth_and_a_one_are_told_apart() -> None:
    values: list[Any] = ["1", 1, True, None, "", [], {}, ["1"], {"a": "1"}, "true", "null"]

    digests = {approvals.digest("a", {"x": v}, "P-1", "x", "2026-05-04") for v in values}

    assert len(digests) == len(values)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("aé \n\t'\"{}", max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=8,
)


def _spread(value: Any) -> Any:
    """The same content with its blanks written as line ends and its keys turned round."""
    if isinstance(value, str):
        return "\n  ".join(("", *value.split(), ""))
    if isinstance(value, dict):
        return {k: _spread(value[k]) for k in reversed(value)}
    return [_spread(v) for v in value] if isinstance(value, list) else value


@given(st.dictionaries(st.sampled_from("abc"), VALUES))
def test_white_space_and_the_order_of_keys_never_count(document: dict[str, Any]) -> None:
    one = approvals.digest("a", document, "P-1", "x", "2026-05-04")

    assert approvals.digest("a", _spread(document), "P-1", "x", "2026-05-04") == one
