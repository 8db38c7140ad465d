"""The strength of each approval, which is never overstated."""

from __future__ import annotations

from pathlib import Path

import pytest

from ctpat_policy.trail.report import ApprovalProof
from tests.history_repositories import record
from tests.repositories import SOP, Trail, codes, fresh, key, messages, public, who

ADMIN = "Admin <admin@test.example>"


@pytest.fixture
def trail(tmp_path: Path) -> Trail:
    """A trail in which P-1 and P-2 have keys, and P-2 wrote a new text that nobody approved yet."""
    made = fresh(tmp_path / "trail")
    made.set_profile(P1={"signing_key": public("p-1")}, P2={"signing_key": public("p-2")})
    made.commit("2026-06-16", "keys", by=ADMIN)
    made.edit(SOP, title="Another title")
    made.commit("2026-06-17", "text", by=who("P-2"))
    return made


def newest(trail: Trail) -> ApprovalProof:
    """The approval that counts for the procedure."""
    (found,) = (a for a in trail.judged().approvals if a.path == SOP and a.newest)
    return found


def approved(trail: Trail, **options: object) -> None:
    """P-1 approves the new text, without a commit."""
    trail.approve(SOP, "P-1", "2026-06-18", **options)  # type: ignore[arg-type]


def test_a_signature_over_the_digest_is_the_strongest(trail: Trail) -> None:
    approved(trail, signed=key("p-1"))
    trail.commit("2026-06-18", by=who("P-2"))

    assert newest(trail).strength == "signed"


def test_a_commit_that_the_approver_signed_comes_next(trail: Trail) -> None:
    approved(trail)
    trail.signed("2026-06-18", "p-1", who("P-1"))

    assert newest(trail).strength == "signed_commit"


def test_a_commit_of_the_approvers_identity_comes_then(trail: Trail) -> None:
    approved(trail)
    trail.commit("2026-06-18", by=who("P-1"))

    assert newest(trail).strength == "commit"


def test_everything_else_is_claimed(trail: Trail) -> None:
    approved(trail)
    commit = trail.commit("2026-06-18", by=who("P-3"))

    found = newest(trail)

    assert (found.strength, found.commit, found.committed_by) == ("claimed", commit, "P-3")


@pytest.mark.parametrize(
    "author",
    ["P-1 <p-1@elsewhere.example>", "p-1 <p-1@test.example>", "P-1 x <p-1@test.example>"],
)
def test_an_identity_that_only_looks_like_the_approvers_is_none(trail: Trail, author: str) -> None:
    approved(trail)
    trail.commit("2026-06-18", by=author)

    assert newest(trail).strength == "claimed"


def test_capitals_of_an_address_do_not_matter(trail: Trail) -> None:
    approved(trail)
    trail.commit("2026-06-18", by="P-1 <P-1@Test.Example>")

    assert newest(trail).strength == "commit"


def test_a_commit_signed_by_another_is_worth_no_more_than_its_author(trail: Trail) -> None:
    approved(trail)
    trail.signed("2026-06-18", "p-2", who("P-1"))

    assert newest(trail).strength == "commit"
    assert codes(trail.judged()) == {"commit-signature"}


def test_a_broken_commit_signature_is_worth_nothing(trail: Trail) -> None:
    approved(trail)
    trail.signed("2026-06-18", "p-1", "P-3 <p-3@test.example>", "as it was")
    raw = trail.git("cat-file", "commit", "HEAD").encode() + b"\n"
    trail.put(raw.replace(b"as it was", b"as it is"))

    assert newest(trail).strength == "claimed"


def test_a_key_counts_only_from_the_commit_after_it_came(trail: Trail) -> None:
    trail.set_profile(P1={"signing_key": public("new")}, P2={"signing_key": public("p-2")})
    approved(trail, signed=key("new"))
    trail.commit("2026-06-18", by=ADMIN)

    assert newest(trail).strength == "claimed"
    assert codes(trail.judged()) == {"approval-signature-unknown"}


def test_a_key_on_the_same_side_branch_does_not_count(trail: Trail) -> None:
    trail.branch("side")
    trail.set_profile(P1={"signing_key": public("new")}, P2={"signing_key": public("p-2")})
    trail.commit("2026-06-18", by=ADMIN)
    approved(trail, signed=key("new"))
    trail.commit("2026-06-18", by=who("P-1"))
    trail.merge("side")

    assert newest(trail).strength == "commit"
    assert codes(trail.judged()) == {"approval-signature-unknown"}


def test_an_identity_that_comes_with_the_approval_does_not_count(trail: Trail) -> None:
    other = {"name": "Boss", "email": "boss@test.example"}
    trail.set_profile(P1={"git": other})
    approved(trail)
    trail.commit("2026-06-18", by="Boss <boss@test.example>")

    assert newest(trail).strength == "claimed"


def test_a_key_that_was_replaced_later_still_proves_what_it_signed(trail: Trail) -> None:
    approved(trail, signed=key("p-1"))
    trail.commit("2026-06-18", by=who("P-3"))
    trail.set_profile(P1={"signing_key": public("new")}, P2={"signing_key": public("p-2")})
    trail.commit("2026-06-19", "new key", by=ADMIN)

    assert newest(trail).strength == "signed"


def test_a_signature_that_is_added_later_counts_from_then(trail: Trail) -> None:
    approved(trail)
    trail.commit("2026-06-18", by=who("P-3"))
    value = trail.load(SOP)
    value["approvals"].pop()
    trail.write(SOP, value)
    approved(trail, signed=key("p-1"))
    trail.commit("2026-06-19", by=who("P-3"))

    assert newest(trail).strength == "signed"


@pytest.mark.parametrize("how", ["merge", "squash", "rebase"])
def test_a_signature_over_the_digest_survives_every_way_to_merge(trail: Trail, how: str) -> None:
    trail.branch("side")
    approved(trail, signed=key("p-1"))
    trail.commit("2026-06-18", by=who("P-1"))
    trail.git("checkout", "-q", "main")
    trail.write("notes.txt", "main goes on")
    trail.commit("2026-06-19", by=who("P-3"))
    if how == "squash":
        trail.git("merge", "-q", "--squash", "side")
        trail.commit("2026-06-20", by=who("P-3"))
    elif how == "rebase":
        trail.git("rebase", "-q", "main", "side", day="2026-06-20", by=who("P-3"))
        trail.git("checkout", "-q", "main")
        trail.git("merge", "-q", "--ff-only", "side")
    else:
        trail.merge("side")

    assert newest(trail).strength == "signed"


@pytest.mark.parametrize(("how", "strength"), [("merge", "signed_commit"), ("squash", "claimed")])
def test_a_signed_commit_survives_a_merge_but_no_squash(
    trail: Trail, how: str, strength: str
) -> None:
    trail.branch("side")
    approved(trail)
    commit = trail.signed("2026-06-18", "p-1", who("P-1"))
    if how == "merge":
        trail.merge("side")
    else:
        trail.git("checkout", "-q", "main")
        trail.git("merge", "-q", "--squash", "side")
        commit = trail.commit("2026-06-20", by=who("P-3"))

    found = newest(trail)

    assert (found.strength, found.commit) == (strength, commit)


def test_what_is_void_is_called_void_whatever_its_signature(trail: Trail) -> None:
    approved(trail, signed=key("p-1"))
    trail.commit("2026-06-18", by=who("P-1"))
    trail.edit(SOP, title="Yet another title")
    trail.commit("2026-06-19", by=who("P-2"))

    assert not newest(trail).valid


def test_the_day_of_the_approval_is_held_against_the_commit(trail: Trail) -> None:
    approved(trail)
    trail.commit("2026-07-03", by=who("P-1"))
    late = next(a for a in trail.judged("2026-07-31").approvals if a.path == SOP and a.newest)

    assert (late.approved_on, late.committed_on, late.in_time) == (
        "2026-06-18",
        "2026-07-03",
        False,
    )


def test_older_approvals_are_listed_and_only_noted(trail: Trail) -> None:
    trail.approve(SOP, "P-1", "2026-01-15")
    trail.commit("2026-06-18", by=who("P-1"))
    approved(trail)
    trail.commit("2026-06-18", by=who("P-1"))

    found = trail.judged()

    assert [a.newest for a in found.approvals if a.path == SOP] == [False, False, True]
    assert codes(found) == set()
    assert "approval-late" in codes(found, "note")


@pytest.mark.parametrize(
    ("asked", "enough"),
    [("digest", True), ("commit", True), ("signed_commit", False), ("signed_digest", False)],
)
def test_the_setting_says_how_much_is_enough(trail: Trail, asked: str, enough: bool) -> None:
    trail.set_profile({"approval_strength": asked}, P2={"signing_key": public("p-2")})
    trail.commit("2026-06-17", by=ADMIN)
    trail.edit(SOP, satisfies={"MSC-6.1": {"controlled_storage": ["nothing"]}})
    trail.commit("2026-06-17", by=who("P-2"))
    approved(trail)
    trail.commit("2026-06-18", by=who("P-1"))

    assert codes(trail.judged()) == (set() if enough else {"approval-weak"})


def test_where_no_must_rests_on_it_a_weak_approval_is_noted(trail: Trail) -> None:
    trail.set_profile({"approval_strength": "signed_digest"})
    trail.commit("2026-06-17", by=ADMIN)
    approved(trail)
    trail.commit("2026-06-18", by=who("P-1"))

    found = trail.judged()

    assert codes(found) == set()
    assert "approval-weak" in codes(found, "note")


def test_an_approved_exception_and_a_level_are_judged_like_a_procedure(trail: Trail) -> None:
    path = "evidence/criterion_exception/EX-1.yaml"
    trail.write(
        path, record("criterion_exception", {"approvals": None, "recorded_on": "2026-06-18"})
    )
    trail.commit("2026-06-18", by=who("P-2"))
    trail.approve(path, "P-1", "2026-06-18")
    trail.commit("2026-06-18", by=who("P-1"))

    (found,) = (a for a in trail.judged().approvals if a.path == path)

    assert (found.strength, found.valid) == ("commit", True)


def test_signatures_that_prove_nothing_here_are_counted(trail: Trail) -> None:
    trail.signed("2026-06-18", "stranger", "Nobody <nobody@test.example>")
    trail.raw_commit(more=b"\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n abc")

    said = messages(trail.judged(), "commit-signature-unknown")

    assert [m.partition(" signed ")[0] for m in said] == ["1 commit is", "1 commit is"]
    assert "not by SSH" in said[0]
    assert "a key that the profile does not know" in said[1]
