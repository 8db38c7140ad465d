"""What is signed counts while it is approved, in time and not withdrawn; else it is a finding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ctpat_policy import records
from ctpat_policy.filing import Filed
from ctpat_policy.model import Finding
from ctpat_policy.program import Programme
from ctpat_policy.records import Record
from ctpat_policy.signed import Action, Procedure, Signatures
from tests import company, small_law
from tests.company import TODAY, example, patched
from tests.small_law import SmallLaw

LAW = SmallLaw()
ACTION = "evidence/corrective_action/r1.yaml"
EXCEPTION = "evidence/criterion_exception/r1.yaml"
CLOSED = {
    "status": "verified_closed",
    "implemented_on": "2026-06-10",
    "closure_evidence": ["door_check/r1"],
    "verified_by": "P-5",
    "verified_on": "2026-06-12",
}
VOID = {"voided_on": "2026-06-20", "voided_by": "P-1", "reason": "A slip."}
WRONG_DIGEST = "v1:sha256:" + "0" * 64


def approval(**patch: Any) -> list[dict[str, Any]]:
    good = {"by": "P-1", "as": "company_officer", "approved_on": "2026-05-21", "digest": "right"}
    return [{**good, **patch}]


def programme(kind: str, *patches: Mapping[str, Any], **more: Any) -> Programme:
    proof = {"data": {"checked_on": "2026-06-10"}}
    return LAW.programme({kind: patches, "door_check": [proof]}, **more)


def action(today: str = TODAY, real_today: str = "", **patch: Any) -> tuple[Action, list[Finding]]:
    made = programme("corrective_action", patch, today=today, real_today=real_today or TODAY)
    return made.actions["r1"], list(made.findings)


def told(findings: list[Finding]) -> list[tuple[str, str, tuple[str | int, ...]]]:
    return [(f.code, f.place.path, f.place.pointer) for f in findings]


# -- corrective actions


def test_an_approved_action_is_in_time_until_the_end_of_its_due_day() -> None:
    found, findings = action(today="2026-07-31")

    assert (found.state, findings) == ("in_time", [])
    assert (found.id, found.due, found.severity, found.is_open) == (
        "r1",
        "2026-07-31",
        "should",
        True,
    )


def test_an_action_is_overdue_from_the_day_after_and_says_so() -> None:
    found, findings = action(today="2026-08-01")

    assert (found.state, found.is_open) == ("overdue", True)
    assert told(findings) == [("action-overdue", ACTION, ("data", "due"))]
    assert findings[0].message == "the corrective action was due on 2026-07-31"


@pytest.mark.parametrize(
    ("severity", "due", "state"),
    [
        ("must", "2026-08-18", "in_time"),  # ninety days after 20 May
        ("must", "2026-08-19", "overdue"),
        ("should", "2026-11-16", "in_time"),
        ("should", "2026-11-17", "overdue"),
        ("observation", "2026-11-16", "in_time"),
        ("observation", "2026-11-17", "overdue"),
    ],
)
def test_an_action_that_takes_too_long_covers_nothing(severity: str, due: str, state: str) -> None:
    found, findings = action(data={"severity": severity, "due": due})

    assert found.state == state
    assert [f.code for f in findings] == (["action-too-long"] if state == "overdue" else [])


def test_the_member_may_set_its_own_limit() -> None:
    profile = {"settings": {"action_limit_must": "P30D"}}
    made = programme(
        "corrective_action",
        {"data": {"severity": "must", "due": "2026-07-31"}},
        profile=profile,
    )

    assert made.actions["r1"].state == "overdue"
    assert "more than P30D" in made.findings[0].message


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ([], None),
        (approval(digest=WRONG_DIGEST), "approval-void"),
        (approval(by="P-4"), "approval-wrong-function"),
        (approval(**{"by": "P-5", "as": "internal_auditor"}), "approval-not-entitled"),
        (approval(by="P-99"), "approval-unknown-person"),
        (approval(approved_on="2026-07-01"), "approval-in-future"),
        (approval(approved_on="2014-12-31"), "approval-not-in-post"),
    ],
)
def test_an_action_without_a_valid_approval_covers_nothing(
    entry: list[dict[str, Any]], code: str | None
) -> None:
    found, findings = action(approvals=entry)

    assert found.state == "unapproved"
    expected = [(code, ACTION, ("approvals", 0))] if code else []
    assert told(findings) == [*expected, ("action-unapproved", ACTION, ("data", "status"))]


@pytest.mark.parametrize("who", [{"data": {"owner": "P-1"}}, {"recorded_by": "P-1"}])
def test_neither_the_owner_nor_the_author_approves_an_action(who: Mapping[str, Any]) -> None:
    found, findings = action(**who)

    assert found.state == "unapproved"
    assert findings[0].code == "approval-self"


def test_a_verified_action_is_closed_without_a_further_word() -> None:
    found, findings = action(data={**CLOSED, "due": "2026-06-01"})

    assert (found.state, found.is_open, findings) == ("closed", False, [])


@pytest.mark.parametrize("verifier", ["P-4", None])
def test_an_action_that_nobody_else_verified_counts_as_open(verifier: str | None) -> None:
    data = {**CLOSED, "verified_by": verifier}
    made = small_record("corrective_action", data=data)

    signatures = small_signatures()
    state = signatures.action(made).state

    assert state == "in_time"
    assert [f.code for f in signatures.findings] == ["action-not-verified"]


def test_an_action_that_was_verified_before_it_was_implemented_counts_as_open() -> None:
    found, findings = action(data={**CLOSED, "implemented_on": "2026-06-13"})
    same_day, nothing = action(data={**CLOSED, "implemented_on": CLOSED["verified_on"]})

    assert (found.state, [f.code for f in findings]) == ("in_time", ["action-not-verified"])
    assert "before it was implemented" in findings[0].message
    assert (same_day.state, nothing) == ("closed", [])


def test_with_the_clock_moved_back_an_action_is_not_verified_yet_and_nothing_is_wrong() -> None:
    found, findings = action(today="2026-06-11", data=CLOSED)

    assert (found.state, findings) == ("in_time", [])


def test_a_verification_in_the_future_is_wrong() -> None:
    found, findings = action(data={**CLOSED, "verified_on": "2026-07-01"})

    assert found.state == "in_time"
    assert [f.code for f in findings] == ["action-not-verified"]


@pytest.mark.parametrize("patch", [{"data": {"status": "cancelled"}}, {"void": VOID}])
def test_what_was_cancelled_or_withdrawn_is_no_longer_open(patch: Mapping[str, Any]) -> None:
    found, findings = action(**patch)

    assert (found.state, found.is_open, findings) == ("cancelled", False, [])


def test_withdrawing_an_action_needs_no_new_approval() -> None:
    """The void block changes the content, so the digest of the approval no longer fits."""
    found, findings = action(void=VOID, approvals=approval(digest=WRONG_DIGEST))

    assert (found.state, findings) == ("cancelled", [])


def test_an_action_that_was_replaced_covers_nothing_and_its_successor_counts() -> None:
    newer = {
        "supersedes": "corrective_action/r1",
        "recorded_on": "2026-06-01",
        "data": {"opened_on": "2026-06-01"},
        "approvals": approval(approved_on="2026-06-02"),
    }
    made = programme("corrective_action", {}, newer)

    assert [a.state for a in made.actions.values()] == ["cancelled", "in_time"]


# -- exceptions


def exception(today: str = TODAY, **patch: Any) -> tuple[list[str], list[Finding]]:
    """The ends of the exceptions that count, and the findings."""
    whole = {"data": {"criterion": "MSC-9.4", **patch.pop("data", {})}, **patch}
    made = programme("criterion_exception", whole, today=today, real_today=TODAY)
    return [e.expires for e in made.exceptions], list(made.findings)


def test_an_approved_exception_counts_until_its_last_day() -> None:
    expires = example("criterion_exception")["data"]["expires"]

    assert exception() == ([expires], [])


def test_an_exception_that_has_expired_excuses_nothing_and_says_so() -> None:
    ends, findings = exception(data={"expires": "2026-06-29"})

    assert ends == []
    assert told(findings) == [("exception-expired", EXCEPTION, ("data", "expires"))]
    assert findings[0].message == "the exception expired on 2026-06-29"


def test_an_exception_ends_as_its_kind_says_however_late_it_expires_on_paper() -> None:
    decided = example("criterion_exception")["data"]["decided_on"]
    year = LAW.catalog.kinds["criterion_exception"].valid_for

    ends, _ = exception(data={"expires": "2099-12-31"})

    assert year == "P1Y"
    assert ends == [f"{int(decided[:4]) + 1}{decided[4:]}"]


def test_an_exception_without_approval_excuses_nothing() -> None:
    ends, findings = exception(approvals=[])

    assert ends == []
    assert told(findings) == [("exception-unapproved", EXCEPTION, ("data",))]


def test_the_author_of_an_exception_does_not_approve_it() -> None:
    ends, findings = exception(recorded_by="P-1")

    assert ends == []
    assert [f.code for f in findings] == ["approval-self", "exception-unapproved"]


def test_an_exception_to_an_unknown_criterion_excuses_nothing() -> None:
    ends, findings = exception(data={"criterion": "MSC-9.99"})

    assert ends == []
    assert told(findings) == [("exception-unknown-criterion", EXCEPTION, ("data", "criterion"))]


def test_a_withdrawn_exception_excuses_nothing_and_is_no_finding() -> None:
    assert exception(void=VOID, approvals=approval(digest=WRONG_DIGEST)) == ([], [])


def test_an_exception_that_was_replaced_excuses_nothing() -> None:
    """Or a waiver that was narrowed would go on in its old, wider form."""
    old = {"data": {"criterion": "MSC-9.4"}}
    newer = {
        "supersedes": "criterion_exception/r1",
        "data": {"criterion": "MSC-9.4", "type": "temporary_waiver"},
    }

    made = programme("criterion_exception", old, newer)

    assert [e.type for e in made.exceptions] == ["temporary_waiver"]


# -- procedures and levels


def procedure(today: str = TODAY, **patch: Any) -> tuple[Procedure, list[Finding]]:
    made = LAW.programme(procedures=[patch], today=today, real_today=TODAY)
    return made.procedures[0], list(made.findings)


def test_the_newest_valid_approval_of_a_procedure_is_its_review() -> None:
    both = [*approval(approved_on="2026-01-10"), *approval(approved_on="2026-05-04")]

    found, findings = procedure(approvals=both)

    assert (found.approved_on, findings) == ("2026-05-04", [])


def test_an_older_valid_approval_counts_when_the_newest_does_not_and_that_is_told() -> None:
    both = [*approval(approved_on="2026-01-10"), *approval(by="P-99", approved_on="2026-05-04")]

    found, findings = procedure(approvals=both)

    assert found.approved_on == "2026-01-10"
    assert told(findings) == [
        ("approval-unknown-person", "policies/procedures/SOP-1.yaml", ("approvals", 1))
    ]


def test_old_approvals_of_an_older_text_are_history_and_no_finding() -> None:
    both = [*approval(approved_on="2025-05-04", digest=WRONG_DIGEST), *approval()]

    found, findings = procedure(approvals=both)

    assert (found.approved_on, findings) == ("2026-05-21", [])


def test_the_owner_does_not_approve_his_own_procedure() -> None:
    found, findings = procedure(owner="P-1")

    assert found.approved_on == ""
    assert [f.code for f in findings] == ["approval-self"]


def test_with_the_clock_moved_back_a_later_approval_has_not_been_given_yet() -> None:
    both = [*approval(approved_on="2026-01-10"), *approval(approved_on="2026-05-04")]

    found, findings = procedure(today="2026-03-01", approvals=both)

    assert (found.approved_on, findings) == ("2026-01-10", [])


@pytest.mark.parametrize(
    ("patch", "holds"),
    [
        ({"title": "TODO"}, True),
        ({"steps": [{"id": "a", "text": "TODO: say who does it"}]}, True),
        ({"purpose": "Nothing to do"}, False),
        ({"steps": [{"id": "a", "text": "6.6 who counts the stock, and when?"}]}, True),
        ({"steps": [{"id": "a", "text": "6.6 who counts\nthem?\n"}]}, True),
        ({"steps": [{"id": "a", "text": "6.6 who counts? The lead does."}]}, False),
        ({"steps": [{"id": "a", "text": "Whoever sees one asks: May I help you?"}]}, False),
        ({"steps": [{"id": "a", "text": "The guard walks up. May I help you?"}]}, False),
    ],
)
def test_a_procedure_in_which_something_is_still_to_be_written_is_known(
    patch: Mapping[str, Any], holds: bool
) -> None:
    assert (procedure(**patch)[0].unwritten is not None) is holds


OVERLAY = {
    "schema": "level_overlay/1",
    "criterion": "MSC-9.4",
    "levels": {"consolidator": "should"},
    "source": {"document": "CBP", "dated": "2026-01-01", "page": "7"},
}


def overlay(**patch: Any) -> tuple[bool, list[str]]:
    value = company.approved("9.4", patched({**OVERLAY, "approvals": approval()}, patch))
    signatures = small_signatures()
    found = signatures.overlay(Filed("policies/levels/9.4.yaml", "level_overlay", "9.4", value))
    return found is not None, [f.code for f in signatures.findings]


def test_an_approved_level_counts() -> None:
    assert overlay() == (True, [])


@pytest.mark.parametrize(
    ("patch", "codes"),
    [
        ({"approvals": []}, ["overlay-unapproved"]),
        ({"criterion": "MSC-9.99"}, ["overlay-unknown-criterion"]),
        (
            {"approvals": approval(**{"by": "P-2", "as": "trade_security"})},
            ["approval-not-entitled", "overlay-unapproved"],
        ),
    ],
)
def test_a_level_that_is_not_approved_or_unknown_changes_nothing(
    patch: Mapping[str, Any], codes: list[str]
) -> None:
    assert overlay(**patch) == (False, codes)


def small_signatures() -> Signatures:
    profile = example("security_profile")
    return Signatures(
        people={p["id"]: p for p in profile["people"]},
        approvers=LAW.catalog.approvers,
        settings=profile["settings"],
        criteria=LAW.catalog.criteria,
        today=TODAY,
        real_today=TODAY,
        attachment_digest=lambda document, path: "0" * 64,
    )


def small_record(kind: str, **patch: Any) -> Record:
    filed = company.filed_record(kind, 1, patch)
    return records.of_kind([filed], LAW.catalog.kinds[kind], TODAY)[0]


def test_who_may_approve_is_data() -> None:
    assert small_law.load().approvers["criterion_exception"] == ("executive", "company_officer")
