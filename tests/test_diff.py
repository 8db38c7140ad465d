"""What a change does to compliance: every part of the answer, in every format."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ctpat_policy import changes
from ctpat_policy.cli.diff import compared
from ctpat_policy.compare import Change
from ctpat_policy.difference import Difference, Side, Turn
from ctpat_policy.errors import NotTrusted, UsageError
from ctpat_policy.model import ClauseResult, Gap, Row
from ctpat_policy.reports import DIFFERENCES, clean, render
from ctpat_policy.schemas import Schemas, shipped
from tests.company import example, law, patched
from tests.history_repositories import (
    PROFILE,
    READER,
    Built,
    approved,
    procedure,
    record,
    request,
    run,
    started,
)
from tests.report_strategies import REPORTS, TEXTS
from tests.reports_sample import HOSTILE, row

REVIEW = "evidence/cctv_footage_review/2026-06-10-s-1.yaml"
SOP = "policies/procedures/SOP-1.yaml"
ACTION = "evidence/corrective_action/CA-1.yaml"
PARTNER = "policies/partners/PT-1.yaml"
SITE = example("security_profile")["sites"][0]
ROW: Row = row("MSC-9.15", "met", "S-1")
SCHEMAS = Schemas(shipped())
EMPTY = Difference(
    Side("main", "0" * 40), Side("the work tree", ""), "2026-06-30", "", (), {"added": 0},
    (), (), (), (), (), (), (), (), (),
)  # fmt: skip


@pytest.fixture
def built(tmp_path: Path) -> Built:
    """A base with one review, one procedure for it, and one partner."""
    built = started(tmp_path / "r")
    built.write(REVIEW, record("cctv_footage_review"))
    built.write(SOP, procedure("MSC-9.15"))
    built.write(PARTNER, example("business_partner"))
    built.commit("2026-06-10", "base")
    built.git("checkout", "-q", "-b", "change")
    return built


def diff(built: Built, *criteria: str, base: str = "main", head: str | None = None) -> Difference:
    return compared(built.root, base, head, law(), READER, request(*criteria or ("9.15",)))


def turned(difference: Difference) -> list[tuple[str, str, str | None, str | None, str]]:
    """Level, subject, verdict before and after, and what became of it."""
    found = []
    for turn in difference.turns:
        before, after = turn.change.before, turn.change.after
        old, new = (side.verdict if side else None for side in (before, after))
        found.append((turn.row.level, turn.row.subject, old, new, turn.into))
    return found


def test_no_change_is_no_difference(built: Built) -> None:
    difference = diff(built)

    assert [*difference.turns, *difference.deleted, *difference.governance] == []
    assert difference.documents == {"added": 0, "changed": 0, "deleted": 0}
    assert difference.exit_code == 0


def test_a_record_that_is_deleted_turns_a_row_red_and_is_named_for_it(built: Built) -> None:
    built.remove(REVIEW)

    difference = diff(built)

    assert turned(difference) == [("must", "S-1", "met", "not_met", "red")]
    assert [(d.path, d.held_up) for d in difference.deleted] == [
        (REVIEW, (("acc", "MSC-9.15", "must", "S-1"),))
    ]
    assert difference.exit_code == 1


def test_a_record_that_is_added_turns_it_green(built: Built) -> None:
    built.remove(REVIEW)
    built.commit("2026-06-11")

    back = diff(built, base="HEAD", head="HEAD~1")
    built.write(REVIEW, record("cctv_footage_review"))
    difference = diff(built, base="HEAD")

    assert turned(difference) == [("must", "S-1", "not_met", "met", "green")]
    assert difference.exit_code == 0
    assert back.turns == ()  # everything of HEAD~1 is in HEAD


def test_an_edit_voids_the_approval_and_a_new_one_is_listed(built: Built) -> None:
    value = procedure("MSC-9.15", "Another title")
    built.write(SOP, {**value, "approvals": procedure("MSC-9.15")["approvals"]})

    voided = diff(built)
    built.write(SOP, approved("SOP-1", value, day="2026-06-20"))
    renewed = diff(built)

    assert turned(voided) == [("should", "S-1", "met", "not_met", "red")]
    assert [(s.path, s.by, s.approved_on) for s in voided.voided] == [(SOP, "P-1", "2026-06-02")]
    assert "has changed since" in voided.voided[0].why
    assert turned(renewed) == []
    assert [(s.approved_on, s.why) for s in renewed.given] == [("2026-06-20", "")]
    assert "taken out" in renewed.voided[0].why


def test_a_person_who_loses_the_function_voids_approvals_elsewhere(built: Built) -> None:
    people = [
        patched(p, {"functions": ["executive"]}) if p["id"] == "P-1" else p
        for p in example("security_profile")["people"]
    ]
    built.profile({"people": people})

    difference = diff(built)

    assert [s.path for s in difference.voided] == [SOP]
    assert turned(difference) == [("should", "S-1", "met", "not_met", "red")]


def test_a_corrective_action_turns_a_gap_amber_and_is_listed(built: Built) -> None:
    built.remove(REVIEW)
    built.commit("2026-06-11")
    clauses = law().criteria["MSC-9.15"].clauses
    covers = [f"MSC-9.15/{c.id}" for c in clauses if c.level == "must"]
    data = {"criteria": ["MSC-9.15"], "covers": covers, "severity": "must"}
    action = approved("corrective_action/CA-1", record("corrective_action", {"data": data}))
    built.write(ACTION, action)

    added = diff(built, base="HEAD")
    built.commit("2026-06-12")
    later = {**action, "data": {**action["data"], "due": "2026-08-10"}}
    built.write(ACTION, approved("corrective_action/CA-1", later))
    extended = diff(built, base="HEAD")
    built.write(ACTION, later)
    unapproved = diff(built, base="HEAD")
    built.remove(ACTION)
    dropped = diff(built, base="HEAD")

    assert ("must", "S-1", "not_met", "action_open", "amber") in turned(added)
    assert added.exit_code == 0
    assert [(w.effects, w.until_after, w.counts) for w in added.waivers] == [
        (("added",), "2026-07-31", True)
    ]
    assert [w.effects for w in extended.waivers] == [("extended",)]
    assert (extended.waivers[0].until_before, extended.waivers[0].until_after) == (
        "2026-07-31", "2026-08-10",
    )  # fmt: skip
    assert not unapproved.waivers[0].counts
    assert ("must", "S-1", "action_open", "not_met", "red") in turned(unapproved)
    assert [w.effects for w in dropped.waivers] == [("dropped",)]
    assert ("acc", "MSC-9.15", "must", "S-1") in dropped.deleted[0].held_up


def test_a_row_that_is_new_with_a_gap_or_gone_makes_it_fail(built: Built) -> None:
    two = {"sites": [SITE, patched(SITE, {"id": "S-2"})]}
    built.profile(two)
    new = diff(built)
    built.commit("2026-06-11")
    built.profile({})
    gone = diff(built, base="HEAD")

    assert turned(new)[0] == ("must", "S-2", None, "not_met", "red")
    assert turned(gone)[0][:2] == ("must", "S-2")
    assert {t[4] for t in turned(gone)} == {"gone"}
    assert new.exit_code == gone.exit_code == 1
    assert ("dropped", "sites[S-2]") in [(c.effect, c.field) for c in gone.governance]


def test_what_is_switched_off_is_another_verdict_and_listed_apart(built: Built) -> None:
    built.profile({"sites": [patched(SITE, {"cctv": {"installed": False, "since": None}})]})

    difference = diff(built)

    assert {t[2:] for t in turned(difference)} == {("met", "not_applicable", "otherwise")}
    assert ("switched_off", PROFILE) in [(c.effect, c.path) for c in difference.governance]
    assert difference.exit_code == 0


def test_a_partner_that_is_deleted_held_up_its_own_rows(built: Built) -> None:
    built.remove(PARTNER)

    difference = diff(built, "3.5")

    assert {row[3] for d in difference.deleted for row in d.held_up} == {"PT-1"}
    assert [(c.effect, c.before) for c in difference.governance] == [("dropped", "Test Carrier")]


def test_a_procedure_that_is_deleted_held_up_what_it_satisfied(built: Built) -> None:
    built.remove(SOP)

    assert diff(built).deleted[0].held_up == (("acc", "MSC-9.15", "should", "S-1"),)


def test_a_rename_is_a_deletion_and_an_addition(built: Built) -> None:
    (built.root / REVIEW).rename(built.root / "evidence/cctv_footage_review/other.yaml")

    difference = diff(built)

    assert [d.path for d in difference.deleted] == [REVIEW]
    assert difference.documents == {"added": 1, "changed": 0, "deleted": 1}


def test_one_clock_for_both_sides(built: Built) -> None:
    late = compared(built.root, "main", None, law(), READER, request("9.15", today="2026-10-30"))

    assert late.today == "2026-10-30"
    assert late.turns == ()


def test_what_falls_due_now_is_listed(built: Built) -> None:
    built.write(SOP, {**procedure("MSC-9.15"), "review_every": "P2M"})
    built.write(SOP, approved("SOP-1", {**procedure("MSC-9.15"), "review_every": "P2M"}))

    difference = diff(built)

    assert [(d.on, d.subject) for d in difference.due] == [("2026-08-02", "SOP-1")]


def test_a_document_in_trouble_is_listed_and_what_cannot_be_read_is_exit_3(built: Built) -> None:
    bad = "evidence/cctv_footage_review/bad.yaml"
    built.write(bad, record("cctv_footage_review", {"data": {"cameras": None}}))
    invalid = diff(built)
    built.write(bad, "a: [")
    unreadable = diff(built)

    assert [f.code for f in invalid.findings] == ["document-invalid"]
    assert invalid.exit_code == 0
    assert unreadable.incomplete == ("head",)
    assert unreadable.exit_code == 3
    assert b"INCOMPLETE: the head" in render("text", unreadable, DIFFERENCES)


def test_two_revisions_are_compared_where_the_second_left_the_first(built: Built) -> None:
    built.commit("2026-06-11", "on the branch")
    built.git("checkout", "-q", "main")
    built.profile({"sites": [SITE, patched(SITE, {"id": "S-2"})]})
    built.commit("2026-06-12", "main goes on")

    difference = diff(built, base="main", head="change")

    assert difference.turns == ()
    assert difference.base.commit == built.tips[1]
    assert difference.head.name == "change"


def test_a_shallow_clone_and_unknown_revisions_are_refused(built: Built, tmp_path: Path) -> None:
    built.git("clone", "-q", "--depth", "1", f"file://{built.root}", str(tmp_path / "shallow"))

    with pytest.raises(NotTrusted, match="fetch-depth: 0"):
        diff(Built(tmp_path / "shallow"), base="HEAD")
    for base, head in (("nowhere", None), ("main", "nowhere"), ("--output=x", None), ("main", "")):
        with pytest.raises(UsageError):
            diff(built, base=base, head=head)
    assert not (built.root / "x").exists()


def test_the_program_ends_as_the_difference_says(built: Built) -> None:
    same = run("diff", "main", "--today", "2026-06-30", cwd=built.root)
    built.remove(REVIEW)
    files = ("--report", "json=d.json", "--report", "markdown=d.md")
    worse = run("diff", "main", "--today", "2026-06-30", *files, cwd=built.root)

    assert (same.returncode, worse.returncode) == (0, 1)
    assert b"no document differs" in same.stdout
    assert json.loads((built.root / "d.json").read_bytes())["exit_code"] == 1
    assert (built.root / "d.md").read_text().startswith("<!-- ctpat-policy -->\n")


def test_the_text_reads_as_a_reviewer_wants_it(built: Built) -> None:
    built.remove(REVIEW)
    built.profile({"settings": {"action_limit_must": "P180D"}})

    text = render("text", diff(built), DIFFERENCES).decode()

    assert "Turns red (1)\n  MSC-9.15 must" in text
    assert "acc S-1: met -> not met" in " ".join(text.split())
    assert f"  {REVIEW}\n      it held up MSC-9.15 must acc S-1" in text
    assert "loosened: settings.action_limit_must: P90D -> P180D" in text
    assert text.endswith("1 row worse than before (exit 1)\n")


def test_rows_with_one_reason_are_told_together(built: Built) -> None:
    three = [patched(SITE, {"id": f"S-{n}"}) for n in (2, 3, 4)]
    built.profile({"sites": [SITE, *three]})
    built.commit("2026-06-11")
    built.remove(SOP)

    text = " ".join(render("text", diff(built, base="HEAD"), DIFFERENCES).decode().split())

    assert "Turns red (4)" in text
    assert "acc S-1, S-2, S-3, S-4: met -> not met" in text, text


def test_the_json_fits_its_schema_and_describes_every_field(built: Built) -> None:
    built.remove(REVIEW)
    built.write(ACTION, record("corrective_action"))
    built.profile({"settings": {"action_limit_must": "P180D"}})

    value = json.loads(render("json", diff(built), DIFFERENCES))

    assert SCHEMAS.violations("outputs/diff.yaml", value) == []
    schema = yaml.safe_load((shipped() / "outputs" / "diff.yaml").read_text())
    assert list(value) == list(schema["properties"]) == schema["required"]
    for name, part in (("turn", value["turns"]), ("waiver", value["waivers"])):
        described = schema["$defs"][name]
        assert list(part[0]) == list(described["properties"]) == described["required"]
    assert silent(schema, "") == []


def silent(node: Any, path: str) -> list[str]:
    """Schemas of values that say nothing about them."""
    found = []
    for key in ("properties", "$defs"):
        for name, inner in node.get(key, {}).items():
            found += (
                [f"{path}/{name}"] if "description" not in inner and "$ref" not in inner else []
            )
            found += silent(inner, f"{path}/{name}")
    if isinstance(node.get("items"), dict):
        found += silent(node["items"], f"{path}/items")
    return found


DIFFERENCES_OF = st.builds(
    lambda before, after, names: changes.difference(
        before, replace(after, today=before.today), {}, law(), names
    ),
    REPORTS,
    REPORTS,
    st.tuples(st.builds(Side, TEXTS, st.just("")), st.builds(Side, TEXTS, st.just(""))),
)


@settings(max_examples=40, deadline=None)
@given(difference=DIFFERENCES_OF)
def test_whatever_is_held_against_whatever_every_format_says_it(difference: Difference) -> None:
    for name in DIFFERENCES:
        written = render(name, difference, DIFFERENCES)

        assert written.endswith(b"\n")
        assert len(written) < 2_000_000
    value = json.loads(render("json", difference, DIFFERENCES))
    assert SCHEMAS.violations("outputs/diff.yaml", value) == []


@given(text=TEXTS | st.text("`ab \n", max_size=20))
def test_a_code_span_is_one_code_span_whatever_it_holds(text: str) -> None:
    span = clean.markdown(text)

    if span:
        fence = re.match("`+", span)
        assert fence is not None
        inner = span[len(fence[0]) : -len(fence[0])]
        assert span.endswith(fence[0])
        assert fence[0] not in re.findall("`+", inner)
        assert "\n" not in span
        assert inner.strip()


def test_a_reason_that_several_clauses_have_is_told_once() -> None:
    same = Gap("reviewed", "no review at all", ROW.place)
    clauses = tuple(
        ClauseResult(name, "fail", (same._replace(clause=name),)) for name in ("reviewed", "kept")
    )
    other = ClauseResult("written", "fail", (Gap("written", "nothing is written", ROW.place),))
    bad = ROW._replace(verdict="not_met", clauses=(*clauses, other))
    worse = replace(EMPTY, turns=(Turn(Change(None, bad), "red"),))

    text = render("text", worse, DIFFERENCES).decode()

    assert text.count("no review at all") == 1
    assert "nothing is written" in text
    assert " more" not in text


@pytest.mark.parametrize(
    "text", [*HOSTILE, "[a](javascript:x)", "@all #1", "</details>", "a|b``c`"]
)
def test_no_document_reaches_markdown_outside_a_code_span(text: str) -> None:
    gap = Gap("reviewed", text, ROW.place._replace(path=text))
    clause = ClauseResult("reviewed", "fail", (gap,))
    bad = ROW._replace(verdict="not_met", subject=text, account=text, clauses=(clause,))
    turn = Turn(Change(None, bad), "red")
    hostile = replace(EMPTY, member=text, turns=(turn,), base=Side(text, ""))

    written = render("markdown", hostile, DIFFERENCES).decode()

    outside = re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", "", written)
    assert not set("@[]|\x1b\u202e") & set(outside)
    assert outside.count("<") == 1  # our own marker
    assert "javascript" not in outside


def test_a_comment_stays_below_what_github_takes() -> None:
    turns = tuple(
        Turn(
            Change(None, ROW._replace(subject=f"S-{n}", verdict="not_met", reason="x" * 480)), into
        )
        for into in ("red", "gone", "otherwise", "eased", "green")
        for n in range(300)
    )

    written = render("markdown", replace(EMPTY, turns=turns), DIFFERENCES)

    assert len(written) < 65_536
    assert b"more" in written
