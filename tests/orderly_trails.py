"""Trails in order, with every way to merge and to correct: none of them may be refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

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
    build,
    fresh,
    key,
    public,
    who,
)

#: By name: what is done to a trail; returns the folder to judge, if it is another one.
ORDERLY: dict[str, Callable[[Trail], Path | None]] = {}
_ADMIN = "Admin <admin@test.example>"
_NEW = "evidence/seal_audit/new.yaml"


def orderly(function: Callable[[Trail], Any]) -> Callable[[Trail], Any]:
    """Register by name."""
    ORDERLY[function.__name__.replace("_", " ")] = function
    return function


def _pull_request(t: Trail, start: str = "HEAD") -> None:
    """A side branch with a record and a reviewed text, and main going on."""
    t.branch("side", start)
    t.write(_NEW, record("seal_audit", audit("2026-06-18")))
    t.commit("2026-06-18", "audit", by=who("P-5"))
    t.edit(SOP, title="A better title")
    t.commit("2026-06-19", "text", by=who("P-2"))
    t.approve(SOP, day="2026-06-20")
    t.commit("2026-06-20", "approval", by=who("P-1"))
    t.git("checkout", "-q", "main")
    t.write("notes.txt", "main goes on")
    t.commit("2026-06-20", "main", by=who("P-3"))


@orderly
def nothing_is_done(t: Trail) -> None:
    pass


@orderly
def a_merge(t: Trail) -> None:
    _pull_request(t)
    t.merge("side")


@orderly
def a_squash(t: Trail) -> None:
    _pull_request(t)
    t.git("merge", "-q", "--squash", "side")
    t.commit("2026-06-21", "all of it", by=who("P-2"))


@orderly
def a_rebase(t: Trail) -> None:
    _pull_request(t)
    t.git("checkout", "-q", "side")
    t.git("rebase", "-q", "main", day="2026-06-21", by=who("P-3"))
    t.git("checkout", "-q", "main")
    t.git("merge", "-q", "--ff-only", "side")


@orderly
def a_squash_merged_again(t: Trail) -> None:
    _pull_request(t)
    t.git("merge", "-q", "--squash", "side")
    t.commit("2026-06-21", "all of it", by=who("P-2"))
    t.merge("side")


@orderly
def a_cherry_pick_merged_later(t: Trail) -> None:
    _pull_request(t)
    t.git("cherry-pick", "side~2", day="2026-06-21", by=who("P-5"))
    t.merge("side")


@orderly
def an_octopus(t: Trail) -> None:
    for name in ("one", "two", "three"):
        t.git("checkout", "-q", "-b", name, "main")
        t.write(f"evidence/seal_audit/{name}.yaml", record("seal_audit", audit("2026-06-18")))
        t.commit("2026-06-18", name, by=who("P-5"))
    t.merge("one", "two", "three")


@orderly
def a_criss_cross(t: Trail) -> None:
    _pull_request(t)
    t.git("checkout", "-q", "side")
    t.git("merge", "-q", "--no-ff", "-m", "main into side", "main", day="2026-06-21")
    t.git("checkout", "-q", "main")
    t.git("merge", "-q", "--no-ff", "-m", "side into main", "side~1", day="2026-06-22")
    t.merge("side")


def _main_into_side(t: Trail, by: str, *options: str) -> None:
    """Bring the side branch up to date, as a forge's button does."""
    t.git("checkout", "-q", "side")
    command = ("merge", "-q", "--no-ff", "-m", "main into side", *options, "main")
    t.git(*command, day="2026-06-22", by=who(by))


@orderly
def a_branch_that_was_brought_up_to_date_by_who_gains(t: Trail) -> None:
    t.branch("side")
    t.set_profile(P2={"functions": ["poc", "company_officer"]})
    t.commit("2026-06-18", "profile", by=_ADMIN)
    t.git("checkout", "-q", "main")
    t.set_profile(P7={"functions": ["inspector"]})
    t.commit("2026-06-19", "profile", by=_ADMIN)
    _main_into_side(t, "P-2")
    t.merge("side")


@orderly
def a_branch_that_was_brought_up_to_date_by_the_approver(t: Trail) -> None:
    t.branch("side")
    t.edit(SOP, title="A better title")
    t.commit("2026-06-18", "text", by=who("P-2"))
    t.git("checkout", "-q", "main")
    t.edit(SOP, steps=[{"id": "nothing", "text": "Nothing at all is done here."}])
    t.commit("2026-06-19", "text", by=who("P-3"))
    _main_into_side(t, "P-1")
    t.approve(SOP, day="2026-06-22")
    t.commit("2026-06-22", "approval", by=who("P-1"))
    t.merge("side")


@orderly
def a_conflict_in_which_one_side_is_chosen(t: Trail) -> None:
    t.branch("side")
    t.edit(OTHER_AUDIT, difference=1)
    t.commit("2026-06-18", "side", by=who("P-5"))
    t.git("checkout", "-q", "main")
    t.edit(OTHER_AUDIT, difference=2)
    t.commit("2026-06-19", "main", by=who("P-5"))
    t.merge("side", options=("-X", "theirs"))


@orderly
def both_sides_correct_one_record_and_main_does_more(t: Trail) -> None:
    t.branch("side")
    t.edit(OTHER_AUDIT, bols_sampled=11)
    t.commit("2026-06-18", "side", by=who("P-5"))
    t.git("checkout", "-q", "main")
    t.edit(OTHER_AUDIT, bols_sampled=11, dock_spot_checks=5)
    t.commit("2026-06-19", "main", by=who("P-5"))
    t.merge("side")


@orderly
def main_goes_on_from_what_a_branch_had_taken_over(t: Trail) -> None:
    t.branch("feature")
    t.edit(OTHER_AUDIT, bols_sampled=11)
    t.commit("2026-06-18", "feature", by=who("P-5"))
    t.branch("side", "main")
    t.git("merge", "-q", "--no-ff", "-m", "feature", "feature", day="2026-06-18")
    t.write("notes.txt", "side")
    t.commit("2026-06-18", "side", by=who("P-5"))
    t.git("checkout", "-q", "feature")
    t.edit(OTHER_AUDIT, bols_sampled=12)
    t.commit("2026-06-19", "feature", by=who("P-5"))
    t.git("checkout", "-q", "main")
    t.git("merge", "-q", "--squash", "feature")
    t.commit("2026-06-19", "feature", by=who("P-5"))
    t.git("merge", "-q", "--no-ff", "-s", "ours", "-m", "feature", "feature", day="2026-06-19")
    t.merge("side")


@orderly
def a_branch_for_development_with_requests_of_its_own(t: Trail) -> None:
    t.branch("develop")
    for day in (18, 19, 20):
        t.git("checkout", "-q", "-b", f"request-{day}", "develop~1" if day > 18 else "develop")
        name = f"evidence/seal_audit/{day}.yaml"
        t.write(name, record("seal_audit", audit(f"2026-06-{day}")))
        t.commit(f"2026-06-{day}", "audit", by=who("P-5"))
        t.git("checkout", "-q", "develop")
        t.git("merge", "-q", "--no-ff", "-m", "m", f"request-{day}", day=f"2026-06-{day}")
    t.git("checkout", "-q", "main")
    t.edit(OTHER_AUDIT, bols_sampled=12)
    t.commit("2026-06-20", "main", by=who("P-5"))
    t.git("checkout", "-q", "develop")
    t.git("merge", "-q", "--no-ff", "-m", "main", "main", day="2026-06-21")
    t.merge("develop")


@orderly
def a_change_is_reverted_while_its_branch_goes_on(t: Trail) -> None:
    _pull_request(t)
    t.merge("side", day="2026-06-21")
    t.git("revert", "--no-edit", "-m", "1", "HEAD", day="2026-06-22", by=who("P-3"))
    t.git("revert", "--no-edit", "HEAD", day="2026-06-23", by=who("P-3"))
    t.git("checkout", "-q", "side")
    t.write("more.txt", "side goes on")
    t.commit("2026-06-24", "side", by=who("P-5"))
    t.merge("side")


@orderly
def a_branch_that_was_squashed_goes_on_and_is_brought_up_to_date(t: Trail) -> None:
    _pull_request(t)
    t.git("merge", "-q", "--squash", "side")
    t.commit("2026-06-21", "all of it", by=who("P-2"))
    t.git("checkout", "-q", "side")
    t.write("more.txt", "side goes on")
    t.commit("2026-06-22", "side", by=who("P-5"))
    _main_into_side(t, "P-3")
    t.merge("side")


@orderly
def both_sides_change_one_record(t: Trail) -> None:
    t.branch("side")
    t.edit(OTHER_AUDIT, difference=1)
    t.commit("2026-06-18", "side", by=who("P-5"))
    t.git("checkout", "-q", "main")
    t.edit(OTHER_AUDIT, authorised_list_current=False)
    t.commit("2026-06-19", "main", by=who("P-5"))
    t.merge("side")


@orderly
def a_root_of_its_own_is_merged(t: Trail) -> None:
    t.git("checkout", "-q", "--orphan", "other")
    t.git("rm", "-q", "-r", "-f", ".")
    t.write("README.md", "another project")
    t.commit("2026-06-18", "another project", by=NOBODY)
    t.merge("other", options=("--allow-unrelated-histories",))


@orderly
def a_side_branch_is_long_behind(t: Trail) -> None:
    t.branch("side", "HEAD~3")
    t.write("notes.txt", "side")
    t.commit("2026-05-21", "side", by=who("P-3"))
    t.merge("side")


@orderly
def a_record_moves_to_a_folder(t: Trail) -> None:
    value = t.load(AUDIT)
    value["attachments"][0]["path"] = "evidence/seal_audit/2026/scan.txt"
    (t.root / "evidence/seal_audit/2026").mkdir()
    t.git("mv", SCAN, "evidence/seal_audit/2026/scan.txt")
    t.git("mv", OTHER_AUDIT, "evidence/seal_audit/2026/b.yaml")
    t.remove(AUDIT)
    value["attachments"][0]["path"] = "scan.txt"
    t.write("evidence/seal_audit/2026/a.yaml", value)
    t.commit("2026-06-28", "sorted", by=who("P-5"))


@orderly
def a_paper_that_was_exchanged_is_put_back(t: Trail) -> None:
    t.write(SCAN, "another paper\n")
    t.commit("2026-06-20", "scan", by=who("P-5"))
    t.git("revert", "--no-edit", "HEAD", day="2026-06-21", by=who("P-5"))


@orderly
def a_new_record_has_a_paper_where_one_lay_that_moved(t: Trail) -> None:
    a_record_moves_to_a_folder(t)
    t.write(SCAN, "the paper of another audit\n")
    more = {"attachments": [{"path": "scan.txt"}]}
    t.write(_NEW, record("seal_audit", audit("2026-06-29", **more)))
    t.commit("2026-06-29", "audit", by=who("P-5"))


@orderly
def a_record_gets_another_name(t: Trail) -> None:
    t.git("mv", OTHER_AUDIT, "evidence/seal_audit/2026-06-15-s-1.yaml")
    t.commit("2026-06-28", "renamed", by=who("P-5"))


@orderly
def an_edit_is_taken_back_under_another_name(t: Trail) -> None:
    t.edit(OTHER_AUDIT, difference=1)
    t.commit("2026-06-30", "edit", by=who("P-5"))
    t.git("mv", OTHER_AUDIT, _NEW)
    t.commit("2026-06-30", "renamed", by=who("P-5"))
    t.edit(_NEW, difference=0)
    t.commit("2026-06-30", "as it was", by=who("P-5"))


@orderly
def a_record_is_renamed_and_declared_void(t: Trail) -> None:
    t.git("mv", OTHER_AUDIT, _NEW)
    t.commit("2026-06-28", "renamed", by=who("P-5"))
    void = {"voided_on": "2026-06-29", "voided_by": "P-5", "reason": "counted the wrong box"}
    t.write(_NEW, {**t.load(_NEW), "void": void})
    t.commit("2026-06-29", "void", by=who("P-5"))


@orderly
def a_date_that_was_a_day_off_is_corrected(t: Trail) -> None:
    t.write(_NEW, record("seal_audit", audit("2026-06-16")))
    t.commit("2026-06-16", "audit", by=who("P-5"))
    t.write(_NEW, record("seal_audit", audit("2026-06-15")))
    t.commit("2026-06-17", "typing error", by=who("P-5"))


@orderly
def a_text_is_reverted(t: Trail) -> None:
    t.edit(SOP, title="A worse title")
    t.commit("2026-06-18", "text", by=who("P-2"))
    t.git("revert", "--no-edit", "HEAD", day="2026-06-19", by=who("P-3"))


@orderly
def a_merge_is_reverted(t: Trail) -> None:
    t.branch("side")
    t.edit(SOP, title="A worse title")
    t.commit("2026-06-18", "text", by=who("P-2"))
    t.merge("side")
    t.git("revert", "--no-edit", "-m", "1", "HEAD", day="2026-06-29", by=who("P-3"))


@orderly
def a_second_work_tree(t: Trail) -> Path:
    other = t.root.with_name("other")
    t.git("worktree", "add", "-q", str(other), "-b", "other")
    t.write(".git/info/exclude", "x\n")
    return other


@orderly
def a_bare_clone(t: Trail) -> Path:
    bare = t.root.with_name("bare.git")
    t.git("clone", "-q", "--bare", ".", str(bare))
    return bare


@orderly
def a_detached_head(t: Trail) -> None:
    t.git("checkout", "-q", "--detach", "HEAD~1")


@orderly
def an_object_format_of_sha256(t: Trail) -> Path:
    return build(t.root.with_name("sha256"), "--object-format=sha256").root


@orderly
def a_policy_in_a_folder_of_a_larger_repository(t: Trail) -> Path:
    large = t.root.with_name("large")
    (large / "code").mkdir(parents=True)
    shutil.copytree(t.root, large / "ctpat", ignore=shutil.ignore_patterns(".git"))
    whole = Trail(large)
    whole.git("init", "-q", "-b", "main", "--template=")
    part = Trail(large / "ctpat")
    part.set_profile({"trail_from": "2026-06-21"})
    whole.commit("2026-06-20", "import", by=_ADMIN)
    whole.write("code/main.c", "int main;")
    whole.commit("2026-06-21", "code", by=NOBODY)
    whole.branch("side")
    part.write(_NEW, record("seal_audit", audit("2026-06-22")))
    whole.commit("2026-06-22", "audit", by=who("P-5"))
    whole.merge("side")
    return part.root


@orderly
def packed_and_with_a_commit_graph(t: Trail) -> None:
    _pull_request(t)
    t.merge("side")
    t.git("gc", "-q")
    t.git("commit-graph", "write", "--reachable", "--changed-paths")


@orderly
def tags_and_branches_with_names_of_their_own(t: Trail) -> None:
    t.git("tag", "-a", "-m", "validated", "validation-2026", "HEAD~1")
    t.git("tag", "v1", "HEAD~2")
    t.git("branch", "release/1")
    t.git("update-ref", "refs/remotes/origin/main", "HEAD")


@orderly
def harmless_attributes(t: Trail) -> None:
    lines = ("# ours", "* text=auto", "*.yaml text eol=lf diff=yaml", "*.txt binary", "*.md -diff")
    more = ("code/** filter=lfs", "/docs/*.yaml -diff", "!x -diff", "evidence/** -export-ignore")
    t.write(".gitattributes", "\n".join((*lines, *more, "")))
    t.commit("2026-06-20", "attributes", by=who("P-3"))


@orderly
def a_mailmap_that_renames_everybody(t: Trail) -> None:
    t.write(".mailmap", "The Boss <boss@test.example> <p-1@test.example>\n")
    t.commit("2026-06-20", "mailmap", by=who("P-3"))


@orderly
def a_record_is_superseded(t: Trail) -> None:
    more = {"supersedes": "seal_audit/a"}
    t.write(_NEW, record("seal_audit", audit("2026-06-20", **more)))
    t.edit(AUDIT, difference=1)
    t.commit("2026-06-29", "counted again", by=who("P-5"))


@orderly
def a_record_is_declared_void_and_deleted(t: Trail) -> None:
    void = {"voided_on": "2026-06-16", "voided_by": "P-5", "reason": "counted the wrong box"}
    t.write(OTHER_AUDIT, {**t.load(OTHER_AUDIT), "void": void})
    t.commit("2026-06-28", "void", by=who("P-5"))
    t.remove(OTHER_AUDIT)
    t.commit("2026-06-29", "gone", by=who("P-5"))


@orderly
def a_record_is_corrected_at_once(t: Trail) -> None:
    t.edit(OTHER_AUDIT, bols_sampled=11)
    t.commit("2026-06-17", "typing error", by=who("P-5"))


@orderly
def a_record_is_reviewed_and_wrapped_otherwise(t: Trail) -> None:
    more = {"reviewed_by": "P-2", "reviewed_on": "2026-06-29"}
    t.write(AUDIT, {**dict(reversed(t.load(AUDIT).items())), **more})
    t.commit("2026-06-29", "reviewed", by=who("P-2"))


@orderly
def an_edit_is_taken_back(t: Trail) -> None:
    t.edit(AUDIT, difference=1)
    t.commit("2026-06-28", "edit", by=who("P-5"))
    t.git("revert", "--no-edit", "HEAD", day="2026-06-29", by=who("P-5"))


@orderly
def a_deletion_is_taken_back(t: Trail) -> None:
    t.remove(AUDIT)
    t.remove(SCAN)
    t.commit("2026-06-28", "tidy", by=who("P-5"))
    t.git("revert", "--no-edit", "HEAD", day="2026-06-29", by=who("P-5"))


@orderly
def a_late_entry(t: Trail) -> None:
    t.write(_NEW, record("seal_audit", audit("2026-05-26")))
    t.commit("2026-06-29", "found in a drawer", by=who("P-5"))


@orderly
def who_wrote_an_older_text_approves_that_of_another(t: Trail) -> None:
    t.set_profile(P3={"signing_key": public("p-3")})
    t.commit("2026-06-16", "keys", by=_ADMIN)
    t.edit(SOP, title="A title by P-1")
    t.commit("2026-06-17", "text", by=who("P-1"))
    t.approve(SOP, by="P-3", day="2026-06-18", signed=key("p-3"))
    t.commit("2026-06-18", "approval", by=who("P-1"))
    t.edit(SOP, title="A title by P-2")
    t.commit("2026-06-19", "text", by=who("P-2"))
    t.approve(SOP, day="2026-06-20")
    t.commit("2026-06-20", "approval", by=who("P-1"))


@orderly
def an_action_is_worked_on_and_approved_anew(t: Trail) -> None:
    t.edit(ACTION, due="2026-08-15")
    t.commit("2026-06-18", "more time", by=who("P-2"))
    t.approve(ACTION, day="2026-06-18")
    t.commit("2026-06-18", "approval", by=who("P-1"))


@orderly
def signed_commits_are_asked_for_and_given(t: Trail) -> None:
    t.set_profile({"approval_strength": "signed_commit"}, P1={"signing_key": public("p-1")})
    t.commit("2026-06-16", "settings", by=_ADMIN)
    t.edit(SOP, satisfies={"MSC-6.1": {"controlled_storage": ["nothing"]}})
    t.commit("2026-06-18", "text", by=who("P-2"))
    t.approve(SOP, day="2026-06-20")
    t.signed("2026-06-20", "p-1", who("P-1"))


@orderly
def signed_digests_are_asked_for_and_squashed(t: Trail) -> None:
    t.set_profile({"approval_strength": "signed_digest"}, P1={"signing_key": public("p-1")})
    t.commit("2026-06-16", "settings", by=_ADMIN)
    t.edit(SOP, satisfies={"MSC-6.1": {"controlled_storage": ["nothing"]}})
    t.approve(SOP, day="2026-06-20", signed=key("p-1"))
    t.commit("2026-06-20", "all in one", by=who("P-2"))


@orderly
def commits_are_asked_for_and_merged_by_another(t: Trail) -> None:
    t.set_profile({"approval_strength": "commit"})
    t.commit("2026-06-16", "settings", by=_ADMIN)
    _pull_request(t)
    t.merge("side", by="P-3")


@orderly
def older_papers_are_imported(t: Trail) -> None:
    t.set_profile({"trail_from": "2026-06-20"})
    t.write("policies/procedures/SOP-2.yaml", record("procedure", {"approvals": None}))
    t.approve("policies/procedures/SOP-2.yaml", day="2025-01-15")
    t.write(_NEW, record("seal_audit", audit("2024-03-01")))
    t.commit("2026-06-16", "import", by=_ADMIN)
    t.edit(AUDIT, difference=1)
    t.commit("2026-06-17", "import", by=_ADMIN)


@orderly
def a_person_is_empowered_by_another(t: Trail) -> None:
    t.set_profile(P2={"functions": ["poc", "company_officer"], "signing_key": public("p-2")})
    t.commit("2026-06-20", "profile", by=who("P-1"))


@orderly
def clocks_of_honest_people_differ(t: Trail) -> None:
    t.commit("2026-06-14", "a clock a day slow", by=who("P-3"))


@orderly
def an_evil_merge_is_answered(t: Trail) -> None:
    t.branch("side")
    t.write("notes.txt", "x")
    t.commit("2026-06-18", "side", by=who("P-3"))
    t.merge_with("side")
    t.edit(OTHER_AUDIT, bols_sampled=11)
    commit = t.commit("2026-06-19", "merge", by=who("P-3"))
    closed = {
        "description": f"The merge {commit[:12]} corrected a number that nobody could see.",
        "status": "verified_closed",
        "implemented_on": "2026-06-20",
        "closure_evidence": ["seal_audit/b"],
        "verified_by": "P-5",
        "verified_on": "2026-06-20",
    }
    path = "evidence/corrective_action/CA-2.yaml"
    value = record("corrective_action", {"approvals": None, **audit("2026-06-20"), "data": closed})
    value["data"]["opened_on"] = "2026-06-19"
    value["recorded_on"] = "2026-06-20"
    t.write(path, value)
    t.commit("2026-06-20", "answer", by=who("P-2"))
    t.approve(path, day="2026-06-21")
    t.commit("2026-06-21", "approval", by=who("P-1"))


@orderly
def a_copy_of_a_copy(t: Trail) -> Path:
    return fresh(t.root.with_name("copy")).root
