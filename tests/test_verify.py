"""Every tampered trail is refused for its own reason; trails in order are not."""

from __future__ import annotations

import json
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from lxml import etree  # type: ignore[import-untyped]

from ctpat_policy.errors import NotTrusted, UsageError
from ctpat_policy.model import NOTE, UNREADABLE
from ctpat_policy.reports import TRAILS, render
from ctpat_policy.reports.trail_outcome import exit_code
from ctpat_policy.trail.repository import open_repository
from ctpat_policy.trail.verify import RULES
from tests.company import law
from tests.history_repositories import record, run
from tests.orderly_trails import ORDERLY
from tests.repositories import (
    ACTION,
    AUDIT,
    OTHER_AUDIT,
    SCAN,
    SOP,
    TODAY,
    Trail,
    audit,
    codes,
    fresh,
    judged,
    messages,
    who,
)
from tests.tampered_trails import TRICKS

XSD = etree.XMLSchema(etree.parse(Path(__file__).parent / "data" / "junit-10.xsd"))


@pytest.fixture
def trail(tmp_path: Path) -> Trail:
    """A copy of the trail in order."""
    return fresh(tmp_path / "trail")


@pytest.mark.parametrize("name", TRICKS)
def test_a_tampered_trail_is_refused_for_its_own_reason(trail: Trail, name: str) -> None:
    trick, expected = TRICKS[name]
    trick(trail)

    found = trail.judged()

    assert codes(found) == expected, [f for r in found.rules for f in r.findings]
    assert exit_code(found) == 1


@pytest.mark.parametrize("name", ORDERLY)
def test_a_trail_in_order_is_not_refused(trail: Trail, name: str) -> None:
    root = ORDERLY[name](trail) or trail.root

    found = judged(root)

    assert codes(found) == set(), [f for r in found.rules for f in r.findings]
    assert exit_code(found) == 0
    assert len(found.approvals) >= 2


@pytest.mark.parametrize(
    ("name", "noted"),
    [
        ("a squash", "approval-by-writer"),
        ("a late entry", "late-entry"),
        ("a record gets another name", "record-renamed"),
        ("a record is superseded", "record-edited"),
        ("a record is corrected at once", "record-edited"),
        ("an edit is taken back", "record-edited"),
        ("a deletion is taken back", "record-deleted"),
        ("a record is declared void and deleted", "record-deleted"),
        ("older papers are imported", "trail-from-set"),
        ("an evil merge is answered", "merge-evil"),
    ],
)
def test_what_is_not_refused_is_still_noted(trail: Trail, name: str, noted: str) -> None:
    root = ORDERLY[name](trail) or trail.root

    assert noted in codes(judged(root), NOTE)


def test_a_finding_says_which_field_changed_in_which_commit(trail: Trail) -> None:
    trail.edit(AUDIT, difference=5)
    commit = trail.commit("2026-06-28", "audit", by=who("P-5"))
    trail.edit(SOP, steps=[{"id": "nothing", "text": "Something else is done."}])
    later = trail.commit("2026-06-29", "text", by=who("P-2"))

    found = trail.judged()

    assert f"commit {commit[:12]} of 2026-06-28 by P-5" in messages(found, "record-edited")[0]
    assert "data.difference: from 0 to 5" in messages(found, "record-edited")[0]
    assert f"void since commit {later[:12]}" in messages(found, "approval-void")[0]
    assert (
        "steps[nothing].text: from Nothing is done here. to Something else is done."
        in messages(found, "approval-void")[0]
    )
    places = [f.place for r in found.rules for f in r.findings if f.code == "approval-void"]
    assert str(places[0]).startswith(f"{SOP}:")


def test_a_batch_of_late_records_is_named_as_one(trail: Trail) -> None:
    for day in range(1, 13):
        value = record("seal_audit", audit(f"2026-05-{day:02d}"))
        trail.write(f"evidence/seal_audit/old-{day}.yaml", value)
    commit = trail.commit("2026-06-28", "all at once", by=who("P-5"))

    found = trail.judged()

    assert len(messages(found, "late-entry")) == 12
    (batch,) = messages(found, "late-batch")
    assert commit[:12] in batch
    assert "12 late records" in batch
    assert "2026-05-01" in batch


def test_late_is_what_the_member_says(trail: Trail) -> None:
    trail.set_profile({"commit_within": "P60D"})
    trail.commit("2026-06-16", "settings", by=who("P-1"))
    trail.write("evidence/seal_audit/c.yaml", record("seal_audit", audit("2026-05-26")))
    trail.commit("2026-06-28", "audit", by=who("P-5"))

    found = trail.judged()

    assert messages(found, "late-entry") == []
    assert "from its default to P60D" in messages(found, "trail-setting-loosened")[0]


def test_thirty_one_days_are_looser_than_a_month(trail: Trail) -> None:
    for day, span in (("2026-06-16", "P1M"), ("2026-06-18", "P31D")):
        trail.set_profile({"commit_within": span})
        trail.commit(day, "settings", by=who("P-1"))

    told = messages(trail.judged(), "trail-setting-loosened")

    assert any("from P1M to P31D" in said for said in told)


def test_a_record_may_go_when_its_retention_ends(trail: Trail) -> None:
    trail.remove(OTHER_AUDIT)
    trail.commit("2031-06-16", "five years later", by=who("P-5"))

    assert "record-deleted" not in codes(trail.judged("2031-06-30"))


def test_the_day_since_when_nothing_was_lost_is_told_per_kind(trail: Trail) -> None:
    trail.remove(AUDIT)
    trail.commit("2026-06-28", "gone", by=who("P-5"))

    kept = {k.kind: k for k in trail.judged().kept}

    assert (kept["seal_audit"].complete_since, kept["seal_audit"].lost) == ("2026-05-26", 1)
    assert kept["seal_audit"].oldest == "2026-06-15"
    assert kept["corrective_action"].complete_since == "2026-05-01"


def test_files_that_are_not_committed_are_noted(trail: Trail) -> None:
    trail.edit(AUDIT, difference=5)
    trail.write("evidence/seal_audit/new.yaml", record("seal_audit", audit("2026-06-20")))
    trail.remove(OTHER_AUDIT)
    trail.git("update-index", "--assume-unchanged", AUDIT)
    trail.git("update-index", "--skip-worktree", OTHER_AUDIT)

    found = trail.judged()

    assert exit_code(found) == 0
    noted = {f.place.path: f.message for r in found.rules for f in r.findings}
    assert noted == {
        AUDIT: "it differs from what is committed",
        "evidence/seal_audit/new.yaml": "it is not committed",
        OTHER_AUDIT: "it is committed, but not here",
    }


def test_line_ends_of_a_checkout_are_no_change(trail: Trail) -> None:
    file = trail.root / AUDIT
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))

    assert codes(trail.judged(), NOTE) == set()


def test_an_import_is_not_judged_but_what_came_after_it_is(trail: Trail) -> None:
    trail.set_profile({"trail_from": "2026-06-17"})
    trail.approve(SOP, day="2025-06-01")
    trail.commit("2026-06-16", "import", by=who("P-2"))
    imported = trail.judged()
    trail.remove(AUDIT)
    trail.commit("2026-06-18", "gone", by=who("P-2"))

    assert codes(imported) == set()
    assert all(a.imported for a in imported.approvals)
    assert codes(trail.judged()) == {"record-deleted"}


def test_what_was_deleted_while_importing_is_counted_and_not_lost(trail: Trail) -> None:
    trail.set_profile({"trail_from": "2026-06-20"})
    trail.remove(AUDIT)
    trail.commit("2026-06-16", "import", by=who("P-2"))

    found = trail.judged()

    assert codes(found) == set()
    assert messages(found, "import-deleted")[0].startswith("1 record was deleted")
    kept = {k.kind: k for k in found.kept}
    assert kept["seal_audit"].lost == 0
    assert kept["seal_audit"].complete_since == "2026-05-26"


def test_a_start_of_the_trail_that_is_set_later_does_not_make_good_what_was_lost(
    trail: Trail,
) -> None:
    trail.remove(AUDIT)
    trail.remove(OTHER_AUDIT)
    trail.commit("2026-06-16", "gone", by=who("P-5"))
    trail.set_profile({"trail_from": "2026-06-25"})
    trail.commit("2026-06-17", "start", by=who("P-2"))

    found = trail.judged()

    assert codes(found) == set()
    assert {k.kind: k.complete_since for k in found.kept}["seal_audit"] == "2026-06-16"
    text = " ".join(render("text", found, TRAILS).decode().split())
    assert "2026-06-16: 0 records of seal_audit" in text


def test_what_lay_in_another_folder_is_not_said_to_be_kept(trail: Trail) -> None:
    trail.remove(OTHER_AUDIT)
    moved(trail, "", "ctpat")

    kept = {k.kind: k for k in judged(trail.root / "ctpat").kept}

    assert kept["seal_audit"].complete_since == "2026-06-20"


def moved(trail: Trail, old: str, new: str) -> str:
    """Move the policies from one folder to another; the commit."""
    for folder in ("policies", "evidence"):
        (trail.root / new).mkdir(exist_ok=True)
        (trail.root / old / folder).rename(trail.root / new / folder)
    return trail.commit("2026-06-20", "tidy", by=who("P-3"))


def test_policies_that_lay_in_another_folder_before_are_told(trail: Trail) -> None:
    down = moved(trail, "", "ctpat")
    below = judged(trail.root / "ctpat")
    up = moved(trail, "ctpat", "")
    above = trail.judged()

    assert "trail-elsewhere" in codes(below)
    (told,) = messages(below, "trail-elsewhere")
    assert told.startswith(f"policies lay in the top of the repository until commit {down[:12]}")
    assert messages(above, "trail-elsewhere") == []  # as the trail here is the older one
    assert "record-deleted" in codes(above, NOTE)
    moved(trail, "", "a")
    (*_, last) = messages(judged(trail.root / "a"), "trail-elsewhere")
    assert last.startswith("policies lay in the top of the repository until commit")
    (first, *_) = messages(judged(trail.root / "a"), "trail-elsewhere")
    assert first.startswith(f"policies lay in the folder ctpat/ until commit {up[:12]}")


def test_it_does_not_help_to_copy_them_first(trail: Trail) -> None:
    shutil.copytree(trail.root / "policies", trail.root / "new/policies")
    trail.commit("2026-06-20", "copy", by=who("P-3"))
    copied = judged(trail.root / "new")
    trail.git("rm", "-q", "-r", "policies", "evidence")
    gone = trail.commit("2026-06-21", "tidy", by=who("P-3"))

    assert "trail-elsewhere" not in codes(copied)
    assert "trail-elsewhere" in codes(copied, NOTE)
    (told,) = messages(judged(trail.root / "new"), "trail-elsewhere")
    assert f"until commit {gone[:12]}" in told


def test_a_profile_that_came_later_elsewhere_is_nothing_to_this_trail(trail: Trail) -> None:
    profile = "tests/small/policies/security-profile.yaml"
    trail.write(profile, (trail.root / "policies/security-profile.yaml").read_text())
    trail.commit("2026-06-20", "an example", by=who("P-3"))
    trail.remove(profile)
    trail.commit("2026-06-21", "no example", by=who("P-3"))

    assert messages(trail.judged(), "trail-elsewhere") == []


def test_without_a_profile_nothing_can_be_trusted(trail: Trail) -> None:
    trail.remove("policies/security-profile.yaml")
    trail.commit("2026-06-20", "gone", by=who("P-1"))

    found = trail.judged()

    assert codes(found, UNREADABLE) == {"profile-missing"}
    assert exit_code(found) == 3


def test_a_history_without_a_policy_is_judged_without_one(tmp_path: Path) -> None:
    trail = Trail(tmp_path)
    trail.git("init", "-q", "-b", "main")
    trail.write("README.md", "nothing yet")
    trail.commit("2026-06-01")

    assert codes(trail.judged(), UNREADABLE) == {"profile-missing"}


def test_an_empty_repository_and_none_at_all_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(NotTrusted, match="not in a git repository"):
        judged(tmp_path)
    Trail(tmp_path).git("init", "-q")
    with pytest.raises(UsageError, match="no commit yet"):
        judged(tmp_path)


def test_a_shallow_clone_is_not_trusted(trail: Trail, tmp_path: Path) -> None:
    trail.git("clone", "-q", "--depth", "2", f"file://{trail.root}", str(tmp_path / "shallow"))

    with pytest.raises(NotTrusted, match="fetch-depth: 0"):
        judged(tmp_path / "shallow")
    for command in ("verify", "checkpoint"):
        done = run(command, ".", cwd=tmp_path / "shallow")
        assert (done.returncode, done.stdout) == (3, b"")


def test_a_partial_clone_is_not_trusted(trail: Trail, tmp_path: Path) -> None:
    trail.git("config", "uploadpack.allowFilter", "true")
    source = f"file://{trail.root}"
    trail.git("clone", "-q", "--filter=blob:none", "--bare", source, str(tmp_path / "part"))

    with pytest.raises(NotTrusted, match="missing from this clone"):
        judged(tmp_path / "part")


def test_forged_trailers_and_mailmaps_make_nobody_an_approver(trail: Trail) -> None:
    trail.write(".mailmap", "P-1 <p-1@test.example> <p-3@test.example>\n")
    trail.edit(SOP, title="Another title")
    trail.commit("2026-06-18", "text", by=who("P-2"))
    trail.approve(SOP, day="2026-06-20")
    trailers = "Approved-by: P-1 <p-1@test.example>\nSigned-off-by: P-1 <p-1@test.example>"
    trail.commit("2026-06-20", f"approval\n\n{trailers}", by=who("P-3"))

    newest = [a for a in trail.judged().approvals if a.newest and a.path == SOP]

    assert [(a.strength, a.committed_by) for a in newest] == [("claimed", "P-3")]


def test_paths_with_line_ends_and_marks_forge_no_commit(trail: Trail) -> None:
    head = trail.git("rev-parse", "HEAD")
    for name in ("a\nb.yaml", f"x\x01{head}", ":100644 100644 0 0 M", "é\udcff.yaml"):
        trail.write(f"evidence/seal_audit/{name}", "schema: seal_audit/1\n")
    trail.commit("2026-06-20", "odd names", by=who("P-5"))

    found = trail.judged()

    assert found.commits == 8
    assert codes(found) == set()


def test_repositories_and_links_in_the_place_of_documents_are_not_read(trail: Trail) -> None:
    trail.branch("side")
    paths = (AUDIT, SCAN, SOP, ACTION, "evidence/seal_audit/.gitattributes")
    for path in paths:
        (trail.root / path).unlink(missing_ok=True)
        entry = f"160000,{'1' * 40},{path}"
        trail.git("update-index", "--add", "--replace", "--cacheinfo", entry)
    trail.git("commit", "-q", "-m", "modules", day="2026-06-20", by=who("P-3"))
    trail.merge("side")

    assert codes(trail.judged()) == {"record-edited", "attachment-deleted"}


def test_each_commit_is_counted_once(trail: Trail) -> None:
    ORDERLY["a criss cross"](trail)

    line = trail.git("rev-list", "--first-parent", "--count", "HEAD")

    assert trail.judged().commits == int(line)


def test_two_runs_give_the_same_bytes(trail: Trail) -> None:
    TRICKS["a text is changed after its approval"][0](trail)

    for name in TRAILS:
        first, second = (render(name, trail.judged(), TRAILS) for _ in range(2))
        assert first == second


def test_the_json_is_what_its_schema_says(trail: Trail) -> None:
    TRICKS["a merge deletes a record"][0](trail)

    value = json.loads(render("json", trail.judged(), TRAILS))

    assert law().schemas.violations("outputs/trail.yaml", value) == []
    assert value["exit_code"] == 1
    assert [r["rule"] for r in value["rules"]] == [r.name for r in RULES]


def test_junit_has_a_case_per_rule_and_is_red_when_the_exit_code_is(trail: Trail) -> None:
    green = ET.fromstring(render("junit", trail.judged(), TRAILS))
    TRICKS["a merge deletes a record"][0](trail)
    red = ET.fromstring(render("junit", trail.judged(), TRAILS))

    names = [case.get("name") for case in green.iter("testcase")]
    assert names == [rule.name for rule in RULES]
    assert names == [case.get("name") for case in red.iter("testcase")]
    assert list(green.iter("failure")) == []
    failed = [case.get("name") for case in red.iter("testcase") if case.find("failure") is not None]
    assert failed == ["merges", "deletions"]


def test_strict_junit_is_what_jenkins_takes(trail: Trail) -> None:
    TRICKS["a merge deletes a record"][0](trail)

    XSD.assertValid(etree.fromstring(render("junit-strict", trail.judged(), TRAILS)))


def test_the_text_shows_a_few_of_every_code(trail: Trail) -> None:
    for number in range(50):
        value = record("seal_audit", audit("2026-05-01"))
        trail.write(f"evidence/seal_audit/old-{number}.yaml", value)
    trail.commit("2026-06-28", "all at once", by="\x1b[2J::error::<boss> <p-5@test.example>")
    trail.write("evidence/seal_audit/new.yaml", record("seal_audit", audit("2026-06-20")))

    text = render("text", trail.judged(), TRAILS).decode()

    for code in ("late-entry", "late-batch", "uncommitted"):
        assert f"[{code}]" in text
    assert "and 37 more" in text
    assert "\x1b" not in text
    assert not any(line.strip().startswith("::") for line in text.splitlines())
    assert text.endswith("the trail holds\n")


def test_the_command_writes_reports_and_ends_with_its_code(trail: Trail, tmp_path: Path) -> None:
    reports = ("--report", "text", "--report", f"junit={tmp_path / 'trail.xml'}")
    green = run("verify", str(trail.root), "--today", TODAY, *reports, cwd=tmp_path)
    trail.remove(AUDIT)
    trail.commit("2026-06-28", "gone", by=who("P-5"))
    red = run("verify", str(trail.root), "--today", TODAY, cwd=tmp_path)

    assert (green.returncode, green.stderr) == (0, b"")
    assert b"the trail holds" in green.stdout
    assert ET.parse(tmp_path / "trail.xml").getroot().get("failures") == "0"
    assert red.returncode == 1
    assert b"[record-deleted]" in red.stdout


def test_every_code_is_explained() -> None:
    named = {code for _, found in TRICKS.values() for code in found}
    named |= {"late-entry", "late-batch", "record-renamed", "uncommitted", "approval-removed"}
    explained = {row["code"] for row in law().reference["finding_codes"]}

    assert {c for c in named - explained if not c.startswith("attachment-")} == set()


def test_the_rules_have_names_and_claims_of_their_own() -> None:
    assert len({rule.name for rule in RULES}) == len({rule.asserts for rule in RULES}) == len(RULES)


def test_the_sample_holds() -> None:
    root = Path(__file__).parent.parent
    if not (root / ".git").exists() or open_repository(root).shallow:
        pytest.skip("this is no full clone")

    assert codes(judged(root, "2026-12-31")) == set()
