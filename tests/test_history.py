"""Who changed and approved what, when, and what the verdicts were: from real repositories."""

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

from ctpat_policy.chronicle import (
    Asked,
    Chronicle,
    DocumentChange,
    Entry,
    Field,
    Given,
    Hand,
    Month,
    Standing,
    Turned,
    Waived,
)
from ctpat_policy.cli.history import told
from ctpat_policy.concern import concern
from ctpat_policy.errors import NotTrusted, UsageError
from ctpat_policy.reports import HISTORIES, render
from ctpat_policy.schemas import Schemas, shipped
from ctpat_policy.trail.months import month_ends
from tests.company import example, law, patched
from tests.history_repositories import (
    AUTHOR,
    OFFICER,
    READER,
    Built,
    approved,
    procedure,
    record,
    request,
    run,
    started,
)
from tests.report_strategies import TEXTS

NOW = "2026-08-15"
REVIEW = "evidence/cctv_footage_review/2026-06-10-s-1.yaml"
SOP = "policies/procedures/SOP-1.yaml"
ACTION = "evidence/corrective_action/CA-1.yaml"
PARTNER = "policies/partners/PT-1.yaml"
PROFILE = "policies/security-profile.yaml"
PEOPLE = [
    patched(p, {"git": {"name": "P-1", "email": "p-1@test.example"}}) if p["id"] == "P-1" else p
    for p in example("security_profile")["people"]
]
SITE = example("security_profile")["sites"][0]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A story: a procedure is written and approved, a review kept and lost, a gap covered."""
    built = started(tmp_path_factory.mktemp("story") / "r", {"people": PEOPLE}, "2026-05-04")
    text = procedure("MSC-9.15")
    built.write(SOP, {k: v for k, v in text.items() if k != "approvals"})
    built.commit("2026-05-20", "seals: the text")
    built.write(SOP, text)
    built.commit("2026-06-02", "approve it", by=OFFICER)
    built.write(REVIEW, record("cctv_footage_review"))
    built.write("evidence/cctv_footage_review/frame.png", "not a document")
    built.write(PARTNER, example("business_partner"))
    built.commit("2026-06-11", "a review, a partner")
    built.write(SOP, {**text, "title": "Another title"})
    built.commit("2026-06-20", "new title, approval left as it was")
    built.remove(REVIEW)
    built.commit("2026-07-02", "the review is lost")
    clauses = law().criteria["MSC-9.15"].clauses
    data = {
        "criteria": ["MSC-9.15"],
        "covers": [f"MSC-9.15/{c.id}" for c in clauses if c.level == "must"],
        "severity": "must",
        "answers": ["cctv_footage_review/2026-06-10-s-1"],
    }
    value = record("corrective_action", {"recorded_on": "2026-07-03", "data": data})
    value["data"] |= {"opened_on": "2026-07-03", "due": "2026-09-01"}
    built.write(ACTION, approved("corrective_action/CA-1", value, day="2026-07-03"))
    built.commit("2026-07-03", "cover the gap")
    return built


def history(
    built: Built, what: str = "", *shown: str, today: str = NOW, **narrowed: str
) -> Chronicle:
    asked = Asked(what, **narrowed)
    return told(built.root, asked, law(), READER, request(today=today, real_today=today), shown)


def days(chronicle: Chronicle) -> list[str]:
    return [entry.day for entry in chronicle.entries]


def paths(chronicle: Chronicle) -> set[str]:
    return {change.path for entry in chronicle.entries for change in entry.changes}


def only(chronicle: Chronicle, day: str) -> DocumentChange:
    """The one change of the entry of a day."""
    (change,) = next(e for e in chronicle.entries if e.day == day).changes
    return change


# -- what is told


def test_a_criterion_is_told_by_all_documents_that_it_rests_on(built: Built) -> None:
    found = history(built, "MSC-9.15")

    assert days(found) == [
        "2026-07-03", "2026-07-02", "2026-06-20", "2026-06-11", "2026-06-02", "2026-05-20",
        "2026-05-04",
    ]  # fmt: skip
    assert paths(found) == {SOP, REVIEW, ACTION, PROFILE}
    assert found.asked.title == law().criteria["MSC-9.15"].title
    assert found.commits == 7


def test_a_file_is_told_field_by_field(built: Built) -> None:
    found = history(built, SOP)

    assert days(found) == ["2026-06-20", "2026-06-02", "2026-05-20"]
    assert only(found, "2026-06-20").fields == (Field("title", "All of it", "Another title"),)
    assert [c.effect for e in found.entries for c in e.changes] == ["changed", "changed", "added"]


def test_a_folder_and_a_file_beside_documents_are_told(built: Built) -> None:
    folder = history(built, "evidence/cctv_footage_review")
    frame = history(built, "evidence/cctv_footage_review/frame.png")

    assert paths(folder) == {REVIEW, "evidence/cctv_footage_review/frame.png"}
    assert days(frame) == ["2026-06-11"]
    assert only(frame, "2026-06-11").effect == "added"


def test_a_deletion_is_shown(built: Built) -> None:
    found = history(built, REVIEW)

    assert [(d, c.effect) for e in found.entries for d, c in [(e.day, e.changes[0])]] == [
        ("2026-07-02", "deleted"),
        ("2026-06-11", "added"),
    ]


def test_who_approved_is_told_and_never_overstated(built: Built) -> None:
    first = only(history(built, SOP), "2026-06-02")
    action = only(history(built, ACTION), "2026-07-03")

    assert first.approvals == (Given("P-1", "company_officer", "2026-06-02", "commit", True),)
    assert first.note == ""
    assert [(g.by, g.strength, g.fits) for g in action.approvals] == [("P-1", "claimed", True)]


def test_an_approval_of_another_text_is_said_not_to_fit(tmp_path: Path) -> None:
    built = started(tmp_path / "r", {"people": PEOPLE}, "2026-05-04")
    text = procedure("MSC-9.15")
    built.write(SOP, {**text, "title": "Not what was approved"})
    built.commit("2026-06-02", by=OFFICER)

    assert [g.fits for g in only(history(built, SOP), "2026-06-02").approvals] == [False]


def test_the_raw_author_is_told_whatever_a_mailmap_says(tmp_path: Path) -> None:
    built = started(tmp_path / "r", day="2026-05-04")
    built.write(".mailmap", "Compliance Officer <boss@test.example> <p-2@test.example>\n")
    built.profile({"member": {"headcount": 41}})
    built.commit("2026-05-05", "hire")

    found = history(built, PROFILE)

    assert found.entries[0].hand.author == AUTHOR
    assert only(found, "2026-05-05").fields == (Field("member.headcount", "40", "41"),)


def test_author_and_committer_are_told_apart(tmp_path: Path) -> None:
    built = started(tmp_path / "r", day="2026-05-04")
    built.profile({"member": {"headcount": 41}})
    built.git("commit", "-qam", "x", "--author", "Eve <eve@x.example>", day="2026-05-05")

    entry = history(built).entries[0]

    assert (entry.hand.author, entry.committer) == ("Eve <eve@x.example>", AUTHOR)


def test_actions_and_exceptions_that_ran_are_told(built: Built) -> None:
    (action,) = history(built, "MSC-9.15").waived

    assert (action.path, action.start, action.until) == (ACTION, "2026-07-03", "2026-09-01")
    assert action.approved_by == ("P-1 as company_officer on 2026-07-03",)
    assert [w.path for w in history(built, REVIEW).waived] == [ACTION]
    assert history(built, PARTNER).waived == ()
    assert history(built, "MSC-3.5").waived == ()


# -- narrowed


def test_a_partner_is_told_by_its_file_and_its_records(built: Built) -> None:
    assert paths(history(built, partner="PT-1")) == {PARTNER}


def test_a_site_is_told_by_what_names_it(tmp_path: Path) -> None:
    built = started(tmp_path / "r", {"sites": [SITE, patched(SITE, {"id": "S-2"})]}, "2026-05-04")
    built.write(REVIEW, record("cctv_footage_review"))
    other = record("cctv_footage_review", {"scope": {"sites": ["S-2"]}, "data": {"site": "S-2"}})
    built.write(REVIEW.replace("s-1", "s-2"), other)
    built.commit("2026-06-11")
    off = {"cctv": {"installed": False, "since": None}}
    built.profile({"sites": [SITE, patched(SITE, {"id": "S-2", **off})]})
    built.commit("2026-06-12")

    first, second = history(built, site="S-1"), history(built, site="S-2")

    assert paths(first) == {REVIEW, PROFILE}
    assert days(first) == ["2026-06-11", "2026-05-04"]
    assert [f.at for f in only(second, "2026-06-12").fields] == [
        "sites[S-2].cctv.installed",
        "sites[S-2].cctv.since",
    ]
    assert paths(history(built, "MSC-9.15", site="S-1")) == {REVIEW, PROFILE}


def test_since_a_day_or_a_revision(built: Built) -> None:
    by_day = history(built, since="2026-07-02")
    by_revision = history(built, since=built.tips[4])

    assert days(by_day) == days(by_revision) == ["2026-07-03", "2026-07-02"]
    assert [w.path for w in by_day.waived] == [ACTION]


@pytest.mark.parametrize(
    ("what", "narrowed", "says"),
    [
        ("policies/nothing.yaml", {}, "no commit ever held"),
        ("", {"site": "S-9"}, "ever had a site S-9"),
        ("", {"partner": "PT-9"}, "never was a business partner PT-9"),
        ("", {"since": "--output=x"}, "no commit"),
    ],
)
def test_what_never_was_is_refused(
    built: Built, what: str, narrowed: dict[str, str], says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        history(built, what, **narrowed)


def test_a_folder_that_never_held_policies_has_no_history(built: Built) -> None:
    with pytest.raises(UsageError, match="no commit ever held policies or evidence"):
        told(built.root / "evidence", Asked("", "", "", "", ""), law(), READER, request())


# -- dates and merges


def test_a_date_that_is_set_back_is_marked_and_changes_no_order(tmp_path: Path) -> None:
    built = started(tmp_path / "r", day="2026-05-04")
    built.profile({"member": {"headcount": 41}})
    built.commit("2026-06-10")
    built.profile({"member": {"headcount": 42}})
    built.commit("2026-05-05")

    last, honest, _ = history(built).entries

    assert (last.day, last.hand.day) == ("2026-06-10", "2026-05-05")
    assert "stands after a commit of 2026-06-10" in last.doubt
    assert honest.doubt == ""
    assert days(history(built, since="2026-06-01")) == ["2026-06-10", "2026-06-10"]


def test_a_date_in_the_future_is_marked(tmp_path: Path) -> None:
    built = started(tmp_path / "r", day="2026-05-04")
    built.profile({"member": {"headcount": 41}})
    built.commit("2030-01-01")

    assert "in the future" in history(built).entries[0].doubt
    assert history(built).entries[0].day <= NOW


def test_a_merge_shows_what_it_brought_and_who_did_it(tmp_path: Path) -> None:
    built = started(tmp_path / "r", day="2026-05-04")
    built.git("checkout", "-q", "-b", "side")
    built.write(REVIEW, record("cctv_footage_review"))
    side = built.commit("2026-06-10", "on the side", by="Eve <eve@x.example>")
    built.git("checkout", "-q", "main")
    built.git("merge", "-q", "--no-ff", "-m", "take it", "side", day="2026-06-15")

    found = history(built, "MSC-9.15")

    assert days(found) == ["2026-06-15", "2026-05-04"]
    entry = found.entries[0]
    assert entry.merged == (Hand(side, "Eve <eve@x.example>", "2026-06-10", "on the side"),)
    assert [(c.path, c.effect, c.by) for c in entry.changes] == [(REVIEW, "added", (side,))]


def test_an_evil_merge_is_told_as_its_own_doing(tmp_path: Path) -> None:
    built = started(tmp_path / "r", day="2026-05-04")
    built.git("checkout", "-q", "-b", "side")
    built.write("policies/note.txt", "x")
    built.commit("2026-06-10")
    built.git("checkout", "-q", "main")
    built.git("merge", "-q", "--no-ff", "--no-commit", "side", day="2026-06-15")
    built.profile({"member": {"headcount": 99}})
    built.git("commit", "-qam", "merge", day="2026-06-15")
    merge = built.git("rev-parse", "HEAD")

    change = only(history(built, PROFILE), "2026-06-15")

    assert change.by == (merge,)
    text = render("text", history(built, PROFILE), HISTORIES).decode()
    assert "by the merge itself" in text


def test_what_a_merge_threw_away_is_told(tmp_path: Path) -> None:
    built = started(tmp_path / "r", day="2026-05-04")
    built.git("checkout", "-q", "-b", "side")
    built.write(REVIEW, record("cctv_footage_review"))
    side = built.commit("2026-06-10", "on the side")
    built.git("checkout", "-q", "main")
    built.git("merge", "-q", "-s", "ours", "-m", "ours", "side", day="2026-06-15")

    change = only(history(built, "MSC-9.15"), "2026-06-15")

    assert (change.path, change.effect, change.by) == (REVIEW, "discarded", (side,))


def test_a_rename_is_a_deletion_and_an_addition(tmp_path: Path) -> None:
    built = started(tmp_path / "r", day="2026-05-04")
    built.write(REVIEW, record("cctv_footage_review"))
    built.commit("2026-06-10")
    other = "evidence/cctv_footage_review/other.yaml"
    (built.root / REVIEW).rename(built.root / other)
    built.commit("2026-06-11")

    entry = history(built, "MSC-9.15").entries[0]

    assert [(c.path, c.effect) for c in entry.changes] == [(REVIEW, "deleted"), (other, "added")]


def test_a_document_that_broke_is_said_to(tmp_path: Path) -> None:
    built = started(tmp_path / "r", day="2026-05-04")
    built.write(REVIEW, record("cctv_footage_review"))
    built.commit("2026-06-10")
    built.write(REVIEW, "a: [")
    built.commit("2026-06-11")
    built.write(REVIEW, record("cctv_footage_review"))
    built.commit("2026-06-12")

    found = history(built, "MSC-9.15")

    assert only(found, "2026-06-11").note == "it cannot be read, or breaks its schema"
    assert only(found, "2026-06-12").note == "it can be read again"


def test_another_layout_is_no_other_content(tmp_path: Path) -> None:
    built = started(tmp_path / "r", day="2026-05-04")
    file = built.root / PROFILE
    file.write_text("# a comment\n" + file.read_text())
    built.commit("2026-06-11")

    change = only(history(built, PROFILE), "2026-06-11")

    assert (change.fields, change.note) == ((), "only its layout, comments or approvals changed")


def test_long_changes_are_cut_and_counted(tmp_path: Path) -> None:
    built = started(tmp_path / "r", day="2026-05-04")
    people = example("security_profile")["people"]
    more = [{"id": f"N-{n}", "functions": ["other"], "from": "2026-01-01"} for n in range(30)]
    built.profile({"people": [*people, *more]})
    built.commit("2026-06-11")

    change = only(history(built, PROFILE), "2026-06-11")

    assert (len(change.fields), change.more) == (20, 10)


def test_a_shallow_clone_is_refused(built: Built, tmp_path: Path) -> None:
    built.git("clone", "-q", "--depth", "1", f"file://{built.root}", str(tmp_path / "shallow"))

    with pytest.raises(NotTrusted, match="fetch-depth: 0"):
        history(Built(tmp_path / "shallow"))
    assert run("history", cwd=tmp_path / "shallow").returncode == 3


# -- verdicts


def test_the_verdict_after_each_change_is_that_of_its_day(built: Built) -> None:
    found = history(built, "MSC-9.15", "verdicts")

    turned = {
        e.day: [(t.level, t.before, t.after) for t in e.standing.turned]
        for e in found.entries
        if e.standing is not None
    }
    assert turned == {
        "2026-05-04": [("must", None, "not_met"), ("should", None, "not_met")],
        "2026-05-20": [],
        "2026-06-02": [("should", "not_met", "met")],
        "2026-06-11": [("must", "not_met", "met")],
        "2026-06-20": [("should", "met", "not_met")],
        "2026-07-02": [("must", "met", "not_met")],
        "2026-07-03": [("must", "not_met", "action_open")],
    }
    standing = found.entries[0].standing
    assert standing is not None
    assert standing.counts == {"must": {"action_open": 1}, "should": {"not_met": 1}}


def test_with_since_the_first_entry_is_held_against_the_commit_before(built: Built) -> None:
    found = history(built, "MSC-9.15", "verdicts", since="2026-07-02")

    standing = found.entries[-1].standing
    assert standing is not None
    assert standing.turned == (Turned("acc", "must", "S-1", "met", "not_met"),)


def test_verdicts_need_a_criterion(built: Built) -> None:
    with pytest.raises(UsageError, match="--verdicts needs a criterion"):
        history(built, SOP, "verdicts")


def test_before_there_was_a_profile_nothing_was_judged(tmp_path: Path) -> None:
    root = tmp_path / "r"
    root.mkdir()
    built = Built(root)
    built.git("init", "-q", "-b", "main")
    built.write(SOP, procedure("MSC-9.15"))
    built.commit("2026-05-04")
    built.profile({})
    built.commit("2026-06-10")

    newest, oldest = history(built, "MSC-9.15", "verdicts").entries

    assert oldest.standing == Standing({}, ())
    assert newest.standing is not None
    assert {t.before for t in newest.standing.turned} == {None}


def test_the_trend_counts_month_by_month_back_to_the_first_commit(built: Built) -> None:
    found = history(built, "MSC-9.15", "trend")

    assert [(m.month, m.day) for m in found.months] == [
        ("2026-05", "2026-05-31"),
        ("2026-06", "2026-06-30"),
        ("2026-07", "2026-07-31"),
        ("2026-08", "2026-08-15"),
    ]
    assert [m.counts for m in found.months] == [
        {"must": {"not_met": 1}, "should": {"not_met": 1}},
        {"must": {"met": 1}, "should": {"not_met": 1}},
        {"must": {"action_open": 1}, "should": {"not_met": 1}},
        {"must": {"action_open": 1}, "should": {"not_met": 1}},
    ]
    assert [m.commit for m in found.months] == [built.tips[i] for i in (1, 4, 6, 6)]
    assert not found.entries
    assert not found.waived


def test_the_trend_of_everything_counts_every_row(built: Built) -> None:
    found = history(built, "", "trend", site="S-1", today="2026-05-31")

    (month,) = found.months
    assert set(month.counts) == {"must", "should"}
    assert sum(month.counts["must"].values()) > 20


@pytest.mark.parametrize(
    ("first", "today", "months"),
    [
        ("2026-02-28", "2026-03-01", [("2026-02", "2026-02-28"), ("2026-03", "2026-03-01")]),
        ("2023-12-31", "2024-01-01", [("2023-12", "2023-12-31"), ("2024-01", "2024-01-01")]),
        ("2024-02-10", "2024-02-29", [("2024-02", "2024-02-29")]),
    ],
)  # fmt: skip
def test_months_end_as_the_calendar_says(
    first: str, today: str, months: list[tuple[str, str]]
) -> None:
    assert list(month_ends(first, today)) == months


# -- the program and its formats


def test_the_program_answers_by_number_and_from_a_folder_below(built: Built) -> None:
    by_number = run("history", "9.15", "--today", NOW, cwd=built.root)
    by_name = run("history", "MSC-9.15", "--today", NOW, cwd=built.root)
    folder = built.root / "policies/procedures"
    below = run("history", "SOP-1.yaml", "--root", "../..", "--today", NOW, cwd=folder)

    assert by_number.returncode == by_name.returncode == below.returncode == 0
    assert by_number.stdout == by_name.stdout
    assert b"title: All of it -> Another title" in below.stdout
    assert run("history", "99.9", cwd=built.root).returncode == 2
    assert run("history", "--since", "", cwd=built.root).returncode == 2


def test_the_text_says_who_what_and_when(built: Built) -> None:
    text = render("text", history(built, "MSC-9.15", "verdicts"), HISTORIES).decode()

    assert f"2026-06-20 · commit {built.tips[4][:12]} · {AUTHOR}\n" in text
    assert "  changed policies/procedures/SOP-1.yaml\n    title: All of it -> Another title" in text
    assert "approval by P-1 as company_officer on 2026-06-02: in a commit in the" in text
    assert f"  deleted {REVIEW}\n" in text
    assert "    acc must S-1: met -> not met\n" in text
    assert f"  2026-07-03 to 2026-09-01 {ACTION} for" in text


def test_many_files_of_one_folder_are_told_together(tmp_path: Path) -> None:
    built = started(tmp_path / "r", day="2026-05-04")
    for n in range(1, 9):
        path = f"evidence/cctv_footage_review/2026-06-0{n}-s-1.yaml"
        built.write(path, record("cctv_footage_review"))
    built.commit("2026-06-11")

    text = render("text", history(built), HISTORIES).decode()

    assert "added 8 files to evidence/cctv_footage_review/" in text


SCHEMAS = Schemas(shipped())
IDS = st.sampled_from(("0" * 40, "a" * 64))
DAYS = st.sampled_from(("2026-01-01", "2026-12-31"))
HANDS = st.builds(Hand, IDS, TEXTS, st.just("") | DAYS, TEXTS)
COUNTS = st.sampled_from(({}, {"must": {"met": 1}}, {"should": {"not_met": 2, "met": 1}}))
CHANGES = st.builds(
    DocumentChange,
    TEXTS,
    st.sampled_from(("added", "changed", "deleted", "discarded")),
    st.lists(st.builds(Field, TEXTS, TEXTS, TEXTS), max_size=2).map(tuple),
    st.integers(0, 2),
    st.lists(
        st.builds(
            Given, TEXTS, TEXTS, TEXTS, st.sampled_from(("signed", "claimed")), st.booleans()
        ),
        max_size=1,
    ).map(tuple),
    st.lists(IDS, max_size=1).map(tuple),
    TEXTS,
)
STANDINGS = st.builds(
    Standing,
    COUNTS,
    st.lists(
        st.builds(Turned, TEXTS, st.just("must"), TEXTS, st.none(), st.just("met")), max_size=1
    ).map(tuple),
)
ENTRIES = st.builds(
    Entry,
    HANDS,
    DAYS,
    TEXTS,
    TEXTS,
    st.lists(HANDS, max_size=1).map(tuple),
    st.lists(CHANGES, max_size=2).map(tuple),
    st.none() | STANDINGS,
)
WAIVED = st.builds(
    Waived,
    TEXTS,
    st.just("corrective_action"),
    st.lists(TEXTS, max_size=1).map(tuple),
    TEXTS,
    TEXTS,
    TEXTS,
    TEXTS,
    st.lists(TEXTS, max_size=1).map(tuple),
)
CHRONICLES = st.builds(
    Chronicle,
    st.builds(Asked, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS),
    DAYS,
    IDS,
    st.integers(0, 3),
    st.lists(ENTRIES, max_size=2).map(tuple),
    st.lists(WAIVED, max_size=1).map(tuple),
    st.lists(st.builds(Month, st.just("2026-01"), DAYS, IDS, COUNTS), max_size=1).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(chronicle=CHRONICLES)
def test_whatever_happened_every_format_tells_it_and_gives_no_orders(chronicle: Chronicle) -> None:
    text = render("text", chronicle, HISTORIES).decode()
    page = render("markdown", chronicle, HISTORIES).decode()
    value = json.loads(render("json", chronicle, HISTORIES))

    for written in (text, page):
        assert not re.search(r"^\s*::|##\[|##vso\[|##teamcity\[", written, re.M | re.I)
        assert not set("\x1b\x07\x9b\u202e\u200b") & set(written)
    outside = re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", "", page)
    assert outside.count("<") == 1  # our own marker
    assert SCHEMAS.violations("outputs/history.yaml", value) == []


def test_the_keys_come_in_the_order_of_the_schema(built: Built) -> None:
    value = json.loads(render("json", history(built, "MSC-9.15", "verdicts"), HISTORIES))
    schema = yaml.safe_load((shipped() / "outputs" / "history.yaml").read_text())

    assert list(value) == list(schema["properties"]) == schema["required"]
    entry = value["entries"][0]
    parts = {"entry": entry, "hand": entry["hand"], "change": entry["changes"][0]}
    for name, part in {**parts, "waived": value["waived"][0]}.items():
        assert list(part) == list(schema["$defs"][name]["properties"]), name


def test_every_criterion_has_a_concern() -> None:
    for criterion in law().criteria:
        about = concern(law(), criterion, "", "", "")

        assert about.covers(PROFILE, "security_profile", "security-profile", {})
        assert not about.covers("evidence/x/y.yaml", "x", "y", None)


@pytest.mark.parametrize("odd", [[], "x", 3, {"x": []}])
def test_a_concern_raises_nothing_on_odd_values(odd: Any) -> None:
    about = replace(concern(law(), "MSC-9.15", "", "S-1", "PT-1"), path="")
    kinds = ("procedure", "business_partner", "level_overlay", "corrective_action", "x")
    for kind in (*kinds, "criterion_exception", "security_profile", "cctv_footage_review"):
        value = dict.fromkeys(("data", "scope", "satisfies", "sites", "criterion"), odd)
        assert about.covers("p", kind, "n", value) in (True, False)
