"""Ways to tamper with a trail: each a function on a trail in order, with the codes it must earn.

Where one trick leaves several traces all of them are named; nothing else may be found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from ctpat_policy.trail.signatures import COMMIT
from tests.company import example
from tests.history_repositories import record
from tests.repositories import (
    ACTION,
    AUDIT,
    NOBODY,
    OTHER_AUDIT,
    SCAN,
    SOP,
    Trail,
    audit,
    key,
    public,
    who,
)

Trick = Callable[[Trail], Any]
TRICKS: dict[str, tuple[Trick, set[str]]] = {}
_LATE = "2026-06-28"
_ADMIN = "Admin <admin@test.example>"
_PARTNER = "policies/partners/pt-99.yaml"


def trick(*codes: str) -> Callable[[Trick], Trick]:
    """Register a trick by its name."""

    def add(function: Trick) -> Trick:
        TRICKS[function.__name__.replace("_", " ")] = (function, set(codes))
        return function

    return add


# -- what stands in for something else


@trick("trail-replaced")
def a_record_is_replaced(t: Trail) -> None:
    t.write("other.yaml", record("seal_audit", {"data": {"difference": -3}}))
    other = t.git("hash-object", "-w", "other.yaml")
    t.remove("other.yaml")
    t.git("replace", t.git("rev-parse", f"HEAD:{AUDIT}"), other)


@trick("trail-replaced")
def a_history_is_cut_by_replace(t: Trail) -> None:
    t.git("replace", "--graft", "HEAD")


@trick("trail-grafted")
def a_history_is_cut_by_grafts(t: Trail) -> None:
    t.write(".git/info/grafts", t.git("rev-parse", "HEAD") + "\n")


@trick("ref-ambiguous")
def a_tag_is_called_like_the_branch(t: Trail) -> None:
    t.git("tag", "main", "HEAD~2")


@trick("ref-ambiguous")
def a_ref_hides_the_branch(t: Trail) -> None:
    t.git("update-ref", "refs/main", "HEAD~2")


@trick("ref-renamed")
def a_tag_hangs_under_another_name(t: Trail) -> None:
    t.git("tag", "-a", "-m", "audited", "audit-2025", "HEAD~2")
    t.git("update-ref", "refs/tags/audit-2026", "refs/tags/audit-2025")
    t.git("tag", "-d", "audit-2025")


# -- commits that cannot be


@trick("commit-older-than-parent")
def the_tip_is_back_dated(t: Trail) -> None:
    t.commit("2020-01-01")


@trick("commit-older-than-parent")
def a_side_branch_is_back_dated(t: Trail) -> None:
    t.branch("side")
    t.write("notes.txt", "x")
    t.commit("2025-01-01")
    t.merge("side")


@trick("commit-author-later")
def it_was_written_after_it_was_committed(t: Trail) -> None:
    t.raw_commit(author=b"A <a@test.example> 1782648000 +0000")


@trick("commit-in-future")
def the_tip_is_dated_in_the_future(t: Trail) -> None:
    t.commit("2027-01-01")


@trick("commit-odd")
def a_commit_has_two_authors(t: Trail) -> None:
    boss = b"author Boss <boss@test.example> 1782388800 +0000\nauthor "
    t.raw_commit((b"author ", boss))


@trick("commit-odd")
def an_identity_is_broken(t: Trail) -> None:
    t.raw_commit(author=b"Boss <boss@test.example")


@trick("commit-odd")
def a_date_is_beyond_all_clocks(t: Trail) -> None:
    t.raw_commit(committer=b"Boss <boss@test.example> 100000000000000000000 +0000")


@trick("commit-odd")
def a_message_holds_a_nul(t: Trail) -> None:
    t.raw_commit(message=b"fine\0hidden\n")


@trick("commit-odd")
def a_name_holds_a_nul(t: Trail) -> None:
    t.raw_commit(author=b"Boss\0 <boss@test.example> 1782388800 +0000")


@trick("commit-odd")
def a_commit_names_a_parent_where_git_reads_none(t: Trail) -> None:
    t.raw_commit(more=b"\nparent " + t.git("rev-parse", "HEAD~2").encode())


@trick("commit-odd")
def a_commit_names_an_unknown_parent_where_git_reads_none(t: Trail) -> None:
    t.raw_commit(more=b"\nparent " + b"1" * 40)


@trick("commit-odd")
def a_commit_has_two_signatures(t: Trail) -> None:
    t.raw_commit(more=b"\ngpgsig one\ngpgsig two")


# -- signatures of commits


def _keys(t: Trail, **people: Any) -> None:
    keys = {"P1": {"signing_key": public("p-1")}, "P2": {"signing_key": public("p-2")}}
    t.set_profile(**{**keys, **people})
    t.commit("2026-06-16", "keys", by=_ADMIN)


@trick("commit-signature-broken")
def a_signed_commit_is_changed(t: Trail) -> None:
    _keys(t)
    t.signed("2026-06-17", "p-1", who("P-1"), "as it was")
    raw = t.git("cat-file", "commit", "HEAD").encode() + b"\n"
    t.put(raw.replace(b"as it was", b"as it is"))


@trick("commit-signature")
def a_commit_is_signed_by_somebody_else(t: Trail) -> None:
    _keys(t)
    t.signed("2026-06-17", "p-2", who("P-1"))


@trick("commit-signature")
def a_commit_is_signed_with_a_key_that_nobody_knows(t: Trail) -> None:
    _keys(t)
    t.signed("2026-06-17", "stranger", who("P-1"))


@trick("commit-signature")
def a_commit_is_signed_by_somebody_who_left(t: Trail) -> None:
    _keys(t, P9={"signing_key": public("p-9")})
    t.signed("2026-06-17", "p-9", who("P-9"))


# -- merges


def _side(t: Trail) -> None:
    """A side branch with a record of its own, and main going on."""
    t.branch("side")
    t.write("evidence/seal_audit/side.yaml", record("seal_audit", audit("2026-06-20")))
    t.commit("2026-06-20", "side", by=who("P-5"))
    t.git("checkout", "-q", "main")
    t.write("notes.txt", "main goes on")
    t.commit("2026-06-21", "main", by=who("P-3"))


@trick("merge-evil")
def a_merge_changes_a_record(t: Trail) -> None:
    _side(t)
    t.merge_with("side")
    t.edit(OTHER_AUDIT, difference=-7)
    t.commit("2026-06-22", "merge", by=who("P-3"))


@trick("merge-evil")
def a_merge_adds_a_record(t: Trail) -> None:
    _side(t)
    t.merge_with("side")
    t.write("evidence/seal_audit/evil.yaml", record("seal_audit", audit("2026-06-21")))
    t.commit("2026-06-22", "merge", by=who("P-3"))


@trick("merge-evil", "record-deleted")
def a_merge_deletes_a_record(t: Trail) -> None:
    _side(t)
    t.merge_with("side")
    t.remove(OTHER_AUDIT)
    t.commit("2026-06-22", "merge", by=who("P-3"))


@trick("merge-evil", "attachment-digest", "attachment-exchanged")
def a_merge_exchanges_an_attachment(t: Trail) -> None:
    _side(t)
    t.merge_with("side")
    t.write(SCAN, "another paper\n")
    t.commit("2026-06-22", "merge", by=who("P-3"))


@trick("merge-evil")
def a_merge_of_both_sides_adds_a_field(t: Trail) -> None:
    t.branch("side")
    t.edit(OTHER_AUDIT, bols_sampled=12)
    t.commit("2026-06-20", "side", by=who("P-5"))
    t.git("checkout", "-q", "main")
    t.edit(OTHER_AUDIT, dock_spot_checks=5)
    t.commit("2026-06-21", "main", by=who("P-5"))
    t.git("checkout", "-q", "side")
    t.git("checkout", "-q", "main")
    t.git("merge", "-q", "--no-ff", "--no-commit", "-s", "ours", "side")
    t.edit(OTHER_AUDIT, bols_sampled=12, dock_spot_checks=5, bol_mismatches=2)
    t.commit("2026-06-22", "merge", by=who("P-3"))


@trick("merge-discarded")
def a_merge_throws_the_side_away(t: Trail) -> None:
    _side(t)
    t.merge("side", options=("-s", "ours"))


@trick("merge-discarded")
def an_octopus_throws_one_arm_away(t: Trail) -> None:
    _side(t)
    t.branch("arm", "main~1")
    t.write("more.txt", "arm")
    t.commit("2026-06-21", "arm", by=who("P-3"))
    t.merge("side", "arm", options=("-s", "ours"))


@trick("merge-discarded")
def a_merge_keeps_the_main_version_of_a_record(t: Trail) -> None:
    t.branch("side")
    t.edit(OTHER_AUDIT, difference=-9)
    t.commit("2026-06-20", "side", by=who("P-5"))
    t.git("checkout", "-q", "main")
    t.write("notes.txt", "main goes on")
    t.commit("2026-06-21", "main", by=who("P-3"))
    t.merge("side", options=("-s", "ours"))


@trick("merge-evil", "record-deleted")
def a_merge_drops_what_main_had_done(t: Trail) -> None:
    t.branch("side", "HEAD~1")
    t.write("notes.txt", "side")
    t.commit("2026-06-20", "side", by=who("P-3"))
    t.git("checkout", "-q", "main")
    tree = t.git("rev-parse", "side^{tree}")
    merge = ("commit-tree", tree, "-p", "main", "-p", "side", "-m", "merge")
    t.git("update-ref", "HEAD", t.git(*merge, day="2026-06-22", by=who("P-3")))
    t.git("reset", "-q", "--hard")


@trick("merge-evil")
def a_merge_drops_a_partner_that_main_brought_in(t: Trail) -> None:
    t.branch("side")
    t.write("notes.txt", "side")
    t.commit("2026-06-20", "side", by=who("P-5"))
    t.git("checkout", "-q", "main")
    t.write(_PARTNER, example("business_partner"))
    t.commit("2026-06-20", "a partner", by=who("P-3"))
    t.merge_with("side")
    t.remove(_PARTNER)
    t.commit("2026-06-21", "merge", by=who("P-5"))


@trick("merge-discarded")
def a_merge_keeps_a_partner_whom_the_side_had_sent_away(t: Trail) -> None:
    t.write(_PARTNER, example("business_partner"))
    t.commit("2026-06-18", "a partner", by=who("P-3"))
    t.branch("side")
    t.remove(_PARTNER)
    t.commit("2026-06-20", "no longer", by=who("P-3"))
    t.merge("side", options=("-s", "ours"))


@trick("merge-evil")
def a_merge_on_a_side_branch_changes_a_record(t: Trail) -> None:
    _side(t)
    _merge_main(t, "P-5")
    t.edit(OTHER_AUDIT, difference=-7)
    t.commit("2026-06-22", "main into side", by=who("P-5"))
    t.merge("side")


def _merge_main(t: Trail, by: str, *options: str) -> None:
    """Begin a merge of main into the side branch."""
    t.git("checkout", "-q", "side")
    command = ("merge", "-q", "--no-ff", "--no-commit", *options, "main")
    t.git(*command, day="2026-06-22", by=who(by))


# -- people


@trick("merge-evil", "people-self-empowered")
def a_person_takes_a_function_in_a_merge_on_a_side_branch(t: Trail) -> None:
    _side(t)
    _merge_main(t, "P-2")
    t.set_profile(P2={"functions": ["poc", "trade_security", "trainer", "company_officer"]})
    t.commit("2026-06-22", "main into side", by=who("P-2"))
    t.merge("side")


@trick("merge-evil", "people-self-empowered")
def a_person_takes_a_function_in_a_merge_of_one_commit_with_itself(t: Trail) -> None:
    t.branch("side")
    t.set_profile(P2={"functions": ["poc", "trade_security", "trainer", "company_officer"]})
    t.git("add", "-A")
    tree, head = t.git("write-tree"), t.git("rev-parse", "HEAD")
    by = "P-2 <p-2@test.example> 1781870400 +0000"
    parents = f"parent {head}\nparent {head}"
    t.put(f"tree {tree}\n{parents}\nauthor {by}\ncommitter {by}\n\nx\n".encode())
    t.merge("side")


def _taken_from_p1(t: Trail, **others: Any) -> None:
    """A side branch, and main taking a function from P-1."""
    t.branch("side")
    t.write("notes.txt", "side")
    t.commit("2026-06-18", "side", by=who("P-1"))
    t.git("checkout", "-q", "main")
    t.set_profile(P1={"functions": ["executive"]}, **others)
    t.commit("2026-06-19", "profile", by=_ADMIN)


def _key_on_the_side(t: Trail) -> None:
    """The side branch, too, changes the profile, in another place."""
    t.git("checkout", "-q", "side")
    t.set_profile(P5={"signing_key": public("p-5")})
    t.commit("2026-06-20", "a key", by=_ADMIN)


@trick("merge-evil", "people-self-empowered")
def a_person_gets_a_function_back_in_a_merge_on_a_side_branch(t: Trail) -> None:
    _taken_from_p1(t)
    _merge_main(t, "P-1", "-s", "ours")
    t.commit("2026-06-22", "main into side", by=who("P-1"))
    t.merge("side")


@trick("merge-evil", "people-self-empowered")
def a_person_gets_a_function_back_beside_what_another_changed(t: Trail) -> None:
    _taken_from_p1(t)
    _key_on_the_side(t)
    _merge_main(t, "P-1", "-s", "ours")
    t.commit("2026-06-22", "main into side", by=who("P-1"))
    t.merge("side")


@trick("merge-evil", "people-self-empowered")
def a_person_gets_a_function_back_in_a_merge_of_both_profiles(t: Trail) -> None:
    _taken_from_p1(t, P2={"signing_key": public("p-2")})
    _key_on_the_side(t)
    _merge_main(t, "P-1", "-s", "ours")
    t.set_profile(P2={"signing_key": public("p-2")}, P5={"signing_key": public("p-5")})
    t.commit("2026-06-22", "main into side", by=who("P-1"))
    t.merge("side")


@trick("merge-evil", "people-self-empowered")
def a_person_gets_a_function_back_from_an_old_branch(t: Trail) -> None:
    _taken_from_p1(t)
    t.merge_with("side", by="P-1")
    t.git("checkout", "-q", "side", "--", "policies/security-profile.yaml")
    t.commit("2026-06-22", "merge", by=who("P-1"))


@trick("people-self-empowered")
def a_person_takes_a_function(t: Trail) -> None:
    t.set_profile(P2={"functions": ["poc", "trade_security", "trainer", "company_officer"]})
    t.commit("2026-06-20", "profile", by=who("P-2"))


@trick("people-self-empowered")
def a_person_takes_another_identity(t: Trail) -> None:
    t.set_profile(P2={"git": {"name": "P-1", "email": "p-1@elsewhere.example"}})
    t.commit("2026-06-20", "profile", by=who("P-2"))


@trick("people-self-empowered")
def a_person_enters_the_own_key(t: Trail) -> None:
    t.set_profile(P1={"signing_key": public("p-1")})
    t.commit("2026-06-20", "profile", by="Other Name <P-1@TEST.example>")


@trick("people-self-empowered")
def a_person_who_left_comes_back(t: Trail) -> None:
    t.set_profile(P9={"until": "2027-12-31"})
    t.commit("2026-06-20", "profile", by=who("P-9"))


@trick("people-self-empowered")
def a_key_is_entered_in_a_commit_that_it_signs(t: Trail) -> None:
    t.set_profile(P1={"signing_key": public("p-1")})
    t.signed("2026-06-20", "p-1", NOBODY)


@trick("people-self-empowered")
def a_stranger_enters_himself_on_a_side_branch(t: Trail) -> None:
    t.branch("side")
    new = {"id": "P-66", "functions": ["executive"], "from": "2015-01-01"}
    git = {"name": "Nobody", "email": "nobody@test.example"}
    t.profile({"people": [*t.people(), {**new, "git": git}]})
    t.commit("2026-06-20", "profile", by=NOBODY)
    t.merge("side")


# -- approvals


@trick("approval-void")
def a_text_is_changed_after_its_approval(t: Trail) -> None:
    t.edit(SOP, steps=[{"id": "nothing", "text": "Something else is done."}])
    t.commit("2026-06-20", "text", by=who("P-2"))


@trick("approval-void")
def an_action_gets_more_time_without_approval(t: Trail) -> None:
    t.edit(ACTION, due="2027-07-31")
    t.commit("2026-06-20", "extended", by=who("P-2"))


@trick("approval-never-fitted")
def an_approval_is_copied_to_another_procedure(t: Trail) -> None:
    t.write("policies/procedures/SOP-2.yaml", t.load(SOP))
    t.commit("2026-06-18", "copy", by=who("P-2"))


@trick("approval-never-fitted")
def an_approval_gets_another_day(t: Trail) -> None:
    value = t.load(SOP)
    value["approvals"] = [{**value["approvals"][0], "approved_on": "2026-06-20"}]
    t.write(SOP, value)
    t.commit("2026-06-20", "review", by=who("P-1"))


@trick("approval-late")
def a_review_is_back_dated(t: Trail) -> None:
    t.approve(SOP, day="2026-05-10")
    t.commit("2026-06-20", "review", by=who("P-1"))


@trick("approval-late")
def a_review_is_back_dated_with_its_commit_on_a_side_branch(t: Trail) -> None:
    t.branch("side", "HEAD~2")
    t.approve(SOP, day="2026-05-22")
    t.commit("2026-05-22", "review", by=who("P-1"))
    t.merge("side")


@trick("approval-after-commit")
def an_approval_is_dated_ahead(t: Trail) -> None:
    t.approve(SOP, day="2026-06-29")
    t.commit("2026-06-20", "review", by=who("P-1"))


@trick("approval-own-text")
def the_approver_wrote_the_text(t: Trail) -> None:
    t.edit(SOP, title="Another title")
    t.commit("2026-06-18", "text", by=who("P-1"))
    t.approve(SOP, day="2026-06-20")
    t.commit("2026-06-20", "approval", by=who("P-1"))


@trick("approval-own-text")
def the_approver_wrote_the_text_under_another_name(t: Trail) -> None:
    t.edit(SOP, title="Another title")
    t.commit("2026-06-18", "text", by="A Writer <P-1@test.example>")
    t.edit(SOP, version="1.1")
    t.commit("2026-06-19", "text", by=who("P-2"))
    t.approve(SOP, day="2026-06-20")
    t.commit("2026-06-20", "approval", by=who("P-1"))


@trick("approval-own-text")
def the_approver_wrote_the_text_on_a_side_branch(t: Trail) -> None:
    t.branch("side")
    t.edit(SOP, title="Another title")
    t.commit("2026-06-18", "text", by=who("P-1"))
    t.approve(SOP, day="2026-06-20")
    t.commit("2026-06-20", "approval", by=who("P-3"))
    t.merge("side")


@trick("approval-own-text")
def the_approver_wrote_the_text_and_entered_an_approval_of_another(t: Trail) -> None:
    t.edit(SOP, title="Another title")
    t.commit("2026-06-18", "text", by=who("P-1"))
    t.approve(SOP, by="P-3", day="2026-06-19")
    t.commit("2026-06-19", "an approval that P-3 never gave", by=who("P-1"))
    t.approve(SOP, day="2026-06-20")
    t.commit("2026-06-20", "approval", by=who("P-1"))


@trick("approval-own-text")
def two_who_wrote_the_text_approve_it_one_after_the_other(t: Trail) -> None:
    for person in ("P-1", "P-3"):
        t.edit(SOP, title=f"A title by {person}")
        t.commit("2026-06-18", "text", by=who(person))
    for person in ("P-3", "P-1"):
        t.approve(SOP, by=person, day="2026-06-20")
        t.commit("2026-06-20", "approval", by=who(person))


@trick("approval-by-writer")
def the_writer_enters_the_approval_of_another(t: Trail) -> None:
    t.edit(SOP, title="Another title")
    t.commit("2026-06-18", "text", by=who("P-2"))
    t.approve(SOP, day="2026-06-20")
    t.commit("2026-06-20", "approval\n\nApproved-by: P-1 <p-1@test.example>", by=who("P-2"))


def _asked(t: Trail, strength: str, **people: Any) -> None:
    t.set_profile({"approval_strength": strength}, **people)
    t.commit("2026-06-16", "settings", by=_ADMIN)


@trick("approval-weak")
def a_claim_where_a_commit_is_asked_for(t: Trail) -> None:
    _asked(t, "commit")
    t.approve(ACTION, day="2026-06-20")
    t.edit(ACTION, severity="must")
    t.write(ACTION, {**t.load(ACTION), "approvals": []})
    t.commit("2026-06-18", "graver", by=who("P-2"))
    t.approve(ACTION, day="2026-06-20")
    t.commit("2026-06-20", "approval\n\nApproved-by: P-1 <p-1@test.example>", by=who("P-3"))


@trick("approval-weak")
def a_commit_where_a_signed_one_is_asked_for(t: Trail) -> None:
    _asked(t, "signed_commit", P1={"signing_key": public("p-1")})
    t.write("policies/procedures/SOP-2.yaml", _must())
    t.commit("2026-06-18", "text", by=who("P-2"))
    t.approve("policies/procedures/SOP-2.yaml", day="2026-06-20")
    t.commit("2026-06-20", "approval", by=who("P-1"))


@trick("approval-weak", "approval-signature-unknown", "people-self-empowered")
def a_key_comes_with_the_approval_that_it_signs(t: Trail) -> None:
    _asked(t, "signed_digest")
    t.write("policies/procedures/SOP-2.yaml", _must())
    t.commit("2026-06-18", "text", by=who("P-2"))
    t.set_profile({"approval_strength": "signed_digest"}, P1={"signing_key": public("p-1")})
    t.approve("policies/procedures/SOP-2.yaml", day="2026-06-20", signed=key("p-1"))
    t.commit("2026-06-20", "approval", by=who("P-1"))


@trick("approval-signature-other")
def an_approval_is_signed_by_somebody_else(t: Trail) -> None:
    _keys(t)
    t.approve(SOP, day="2026-06-20", signed=key("p-2"))
    t.commit("2026-06-20", "approval", by=who("P-1"))


@trick("approval-signature-broken")
def a_signature_is_of_another_approval(t: Trail) -> None:
    _keys(t)
    t.approve(SOP, day="2026-06-20", signed=key("p-1"))
    t.approve(SOP, day="2026-06-21")
    value = t.load(SOP)
    earlier = value["approvals"].pop(1)
    value["approvals"][1]["signature"] = earlier["signature"]
    t.write(SOP, value)
    t.commit("2026-06-21", "approval", by=who("P-1"))


@trick("approval-signature-broken")
def a_signature_was_made_for_something_else(t: Trail) -> None:
    _keys(t)
    t.approve(SOP, day="2026-06-20", signed=key("p-1"), namespace=COMMIT)
    t.commit("2026-06-20", "approval", by=who("P-1"))


def _must() -> dict[str, Any]:
    """A procedure on which a must rests: MSC-6.1 is one for consolidators."""
    satisfies = {"MSC-6.1": {"controlled_storage": ["nothing"]}}
    return record("procedure", {"approvals": None, "satisfies": satisfies})


# -- records and their papers


@trick("record-after-commit")
def a_record_comes_before_its_day(t: Trail) -> None:
    t.write("evidence/seal_audit/c.yaml", record("seal_audit", audit("2026-06-29")))
    t.commit("2026-06-20", "audit", by=who("P-5"))


@trick("record-after-commit")
def a_record_is_moved_ahead_later(t: Trail) -> None:
    t.write(OTHER_AUDIT, record("seal_audit", audit("2026-06-25")))
    t.commit("2026-06-20", "audit", by=who("P-5"))


@trick("record-edited")
def bad_news_become_good_news(t: Trail) -> None:
    t.edit(AUDIT, difference=5)
    t.commit(_LATE, "audit", by=who("P-5"))


@trick("record-edited")
def a_record_is_deleted_and_comes_back_otherwise(t: Trail) -> None:
    value = t.load(AUDIT)
    t.remove(AUDIT)
    t.commit("2026-06-18", "gone", by=who("P-5"))
    value["data"]["counted_stock"] = 100
    t.write(AUDIT, value)
    t.commit(_LATE, "back", by=who("P-5"))


@trick("record-edited")
def a_record_moves_and_is_changed_on_the_way(t: Trail) -> None:
    value = t.load(AUDIT)
    value["data"]["storage_locked"] = False
    t.remove(AUDIT)
    value["attachments"][0]["path"] = SCAN
    t.write("evidence/seal_audit/2026/a.yaml", value)
    t.commit(_LATE, "sorted", by=who("P-5"))


@trick("record-edited")
def a_void_record_is_revived(t: Trail) -> None:
    value = t.load(OTHER_AUDIT)
    void = {"voided_on": "2026-06-16", "voided_by": "P-5", "reason": "counted the wrong box"}
    t.write(OTHER_AUDIT, {**value, "void": void})
    t.commit("2026-06-16", "void", by=who("P-5"))
    t.write(OTHER_AUDIT, {**value, "label": "counted again"})
    t.commit("2026-06-30", "revived", by=who("P-5"))


_OTHER_NAME = "evidence/seal_audit/2026-06-15-s-1.yaml"


def _renamed(t: Trail, day: str = "2026-06-28") -> None:
    t.git("mv", OTHER_AUDIT, _OTHER_NAME)
    t.commit(day, "a better name", by=who("P-5"))


@trick("record-edited")
def a_record_is_renamed_and_then_changed(t: Trail) -> None:
    _renamed(t)
    t.edit(_OTHER_NAME, storage_locked=False)
    t.commit("2026-06-30", "edit", by=who("P-5"))


@trick("record-edited")
def a_record_is_renamed_changed_and_renamed_back(t: Trail) -> None:
    _renamed(t)
    t.edit(_OTHER_NAME, storage_locked=False)
    t.commit("2026-06-30", "edit", by=who("P-5"))
    t.git("mv", _OTHER_NAME, OTHER_AUDIT)
    t.commit("2026-06-30", "the old name", by=who("P-5"))


@trick("record-deleted")
def a_record_is_renamed_dated_back_and_deleted(t: Trail) -> None:
    _renamed(t, "2026-06-17")
    t.write(_OTHER_NAME, record("seal_audit", audit("2016-06-15")))
    t.commit("2026-06-18", "typing error", by=who("P-5"))
    t.remove(_OTHER_NAME)
    t.commit("2026-06-19", "gone", by=who("P-5"))


@trick("record-deleted")
def a_record_is_dated_back_and_deleted(t: Trail) -> None:
    t.write(OTHER_AUDIT, record("seal_audit", audit("2016-06-15")))
    t.commit("2026-06-18", "typing error", by=who("P-5"))
    t.remove(OTHER_AUDIT)
    t.commit("2026-06-19", "gone", by=who("P-5"))


@trick("record-deleted")
def a_record_becomes_a_link_of_another_name(t: Trail) -> None:
    blob = t.git("rev-parse", f"HEAD:{OTHER_AUDIT}")
    t.git("rm", "-q", OTHER_AUDIT)
    t.git("update-index", "--add", "--cacheinfo", f"120000,{blob},{_OTHER_NAME}")
    t.git("commit", "-q", "-m", "link", day="2026-06-20", by=who("P-5"))
    t.git("reset", "-q", "--hard")


@trick("record-edited")
def a_record_is_made_unreadable(t: Trail) -> None:
    t.write(AUDIT, "schema: seal_audit/1\nschema: seal_audit/1\n")
    t.commit("2026-06-20", "broken", by=who("P-5"))


@trick("record-deleted")
def a_record_is_deleted(t: Trail) -> None:
    t.remove(OTHER_AUDIT)
    t.commit("2026-06-20", "tidy", by=who("P-5"))


@trick("record-deleted")
def a_record_becomes_another_kind(t: Trail) -> None:
    (t.root / "evidence/other").mkdir()
    t.git("mv", OTHER_AUDIT, "evidence/other/b.yaml")
    t.commit("2026-06-20", "moved", by=who("P-5"))


@trick("attachment-deleted", "attachment-missing")
def a_paper_is_deleted(t: Trail) -> None:
    t.remove(SCAN)
    t.commit("2026-06-20", "tidy", by=who("P-5"))


@trick("attachment-deleted", "attachment-missing")
def a_paper_that_came_after_its_record_is_deleted(t: Trail) -> None:
    value = record("seal_audit", audit("2026-06-20", attachments=[{"path": "list.txt"}]))
    t.write("evidence/seal_audit/c.yaml", value)
    t.commit("2026-06-20", "audit", by=who("P-5"))
    t.write("evidence/seal_audit/list.txt", "the list\n")
    t.commit("2026-06-21", "its list", by=who("P-5"))
    t.remove("evidence/seal_audit/list.txt")
    t.commit("2026-06-22", "tidy", by=who("P-5"))


@trick("attachment-digest", "attachment-exchanged")
def a_paper_is_exchanged(t: Trail) -> None:
    t.write(SCAN, "another paper\n")
    t.commit("2026-06-20", "scan", by=who("P-5"))


@trick("record-edited", "attachment-exchanged")
def a_paper_is_exchanged_and_its_digest_with_it(t: Trail) -> None:
    t.write(SCAN, "another paper\n")
    value = t.load(AUDIT)
    value["attachments"][0]["sha256"] = hashlib.sha256(b"another paper\n").hexdigest()
    t.write(AUDIT, value)
    t.commit(_LATE, "scan", by=who("P-5"))


@trick("attachment-exchanged")
def a_paper_without_a_digest_is_exchanged(t: Trail) -> None:
    t.write("evidence/seal_audit/list.txt", "the list\n")
    value = record("seal_audit", audit("2026-06-20", attachments=[{"path": "list.txt"}]))
    t.write("evidence/seal_audit/c.yaml", value)
    t.commit("2026-06-20", "audit", by=who("P-5"))
    t.write("evidence/seal_audit/list.txt", "another list\n")
    t.commit(_LATE, "list", by=who("P-5"))


@trick("attachment-exchanged")
def a_paper_without_a_digest_is_moved_and_another_put_in_its_place(t: Trail) -> None:
    t.write("evidence/seal_audit/list.txt", "the list\n")
    paper = {"path": "list.txt"}
    value = record("seal_audit", audit("2026-06-20", attachments=[paper]))
    t.write("evidence/seal_audit/c.yaml", value)
    t.commit("2026-06-20", "audit", by=who("P-5"))
    t.git("mv", "evidence/seal_audit/list.txt", "evidence/seal_audit/draft.txt")
    t.commit("2026-06-21", "moved", by=who("P-5"))
    t.write("evidence/seal_audit/list.txt", "another list\n")
    papers = [paper, {"path": "draft.txt"}]
    t.write("evidence/seal_audit/c.yaml", {**value, "attachments": papers})
    t.commit("2026-06-22", "a new list", by=who("P-5"))


@trick("attachment-exchanged")
def a_paper_is_moved_and_another_comes_with_a_new_name_of_its_record(t: Trail) -> None:
    t.write("evidence/seal_audit/list.txt", "the list\n")
    value = record("seal_audit", audit("2026-06-20", attachments=[{"path": "list.txt"}]))
    t.write("evidence/seal_audit/c.yaml", value)
    t.commit("2026-06-20", "audit", by=who("P-5"))
    t.git("mv", "evidence/seal_audit/list.txt", "evidence/seal_audit/draft.txt")
    t.commit("2026-06-21", "moved", by=who("P-5"))
    t.write("evidence/seal_audit/list.txt", "another list\n")
    t.git("mv", "evidence/seal_audit/c.yaml", "evidence/seal_audit/d.yaml")
    t.commit("2026-06-22", "a new list", by=who("P-5"))


@trick("attachment-empty", "attachment-exchanged")
def a_paper_is_emptied(t: Trail) -> None:
    t.write(SCAN, "")
    t.commit("2026-06-20", "scan", by=who("P-5"))


@trick("approval-void")
def the_paper_of_a_procedure_is_exchanged(t: Trail) -> None:
    path = "policies/procedures/SOP-2.yaml"
    t.write("policies/procedures/manual.txt", "chapter 1\n")
    t.write(path, record("procedure", {"approvals": None, "attachments": [{"path": "manual.txt"}]}))
    t.commit("2026-06-18", "text", by=who("P-2"))
    t.approve(path, day="2026-06-19")
    t.commit("2026-06-19", "approval", by=who("P-1"))
    t.write("policies/procedures/manual.txt", "chapter 2\n")
    t.commit("2026-06-20", "manual", by=who("P-2"))


# -- attributes


def _attributes(name: str, path: str, text: str) -> None:
    def function(t: Trail) -> None:
        t.write(path, text + "\n")
        t.git("add", "-f", "-A") if not path.startswith(".git/") else None
        t.commit("2026-06-20", "attributes", by=who("P-3"))

    TRICKS[f"attributes: {name}"] = (function, {"attributes"})


_attributes("hidden from review", ".gitattributes", "evidence/** -diff")
_attributes("binary records", ".gitattributes", "*.yaml binary")
_attributes("a macro of their own", ".gitattributes", "[attr]quiet -diff\n*.yaml quiet")
_attributes("another encoding", ".gitattributes", "*.yaml working-tree-encoding=ISO-8859-1")
_attributes("other line ends", "evidence/.gitattributes", "*.yaml text eol=crlf")
_attributes("ident", "evidence/seal_audit/.gitattributes", "a.yaml ident")
_attributes("a filter", ".gitattributes", "/evidence/*/*.txt filter=lfs")
_attributes("union merges", ".gitattributes", "policies/**/*.yaml merge=union")
_attributes("dropped from archives", ".gitattributes", "evidence/seal_audit/** export-ignore")
_attributes("collapsed by the forge", ".gitattributes", "evidence/** linguist-generated=true")
_attributes("in the clone alone", ".git/info/attributes", "*.yaml -diff")


# -- the start of the trail


@trick("trail-from-moved")
def the_start_of_the_trail_is_moved(t: Trail) -> None:
    t.set_profile({"trail_from": "2026-05-02"})
    t.commit("2026-06-16", "settings", by=_ADMIN)
    t.set_profile({"trail_from": "2026-06-20"})
    t.commit("2026-06-17", "settings", by=_ADMIN)


@trick("trail-from-late")
def the_trail_starts_in_ten_years(t: Trail) -> None:
    t.set_profile({"trail_from": "2036-01-01"})
    t.commit("2026-06-16", "settings", by=_ADMIN)
