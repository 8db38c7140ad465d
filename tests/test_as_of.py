"""Time travel: the state, the clock and the law of a past day, whatever dates commits claim."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from ctpat_policy import remembered
from ctpat_policy.cli.check import with_history
from ctpat_policy.errors import NotTrusted, UsageError
from ctpat_policy.model import Report
from ctpat_policy.reports import render
from ctpat_policy.sources import WorkTree
from ctpat_policy.trail.moment import Moment, moment
from ctpat_policy.trail.repository import open_repository
from tests.company import law
from tests.history_repositories import READER, Built, record, request, run, started

NOW = "2026-11-24"
REVIEW = "evidence/cctv_footage_review/2023-03-10-s-1.yaml"
SETTINGS = {"settings": {"records_from": "2022-01-01"}}


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Three commits: a profile, a review, and the review withdrawn again."""
    built = started(tmp_path_factory.mktemp("past") / "r", SETTINGS, "2023-01-10")
    data = {
        "reviewed_at": "2023-03-10T10:15:00-05:00",
        "footage_from": "2023-03-09T05:50:00-05:00",
        "footage_to": "2023-03-09T06:40:00-05:00",
    }
    built.write(REVIEW, record("cctv_footage_review", {"recorded_on": "2023-03-10", "data": data}))
    built.commit("2023-03-11", "a review")
    built.remove(REVIEW)
    built.commit("2023-05-02", "gone")
    return built


def judged(built: Built, as_of: str, *criteria: str) -> Report:
    return with_history(built.root, law(), READER, request(*criteria), as_of=as_of)


def test_a_day_means_the_last_commit_up_to_its_end(past: Built) -> None:
    repository = open_repository(past.root)
    days = ("2023-01-10", "2023-03-10", "2023-03-11", "2023-05-01", "2023-05-02", NOW)

    found = [moment(repository, day, NOW) for day in days]

    first, second, third = past.tips
    assert [m.commit for m in found] == [first, first, second, second, third, third]
    assert [m.day for m in found] == list(days)


def test_a_revision_is_judged_on_its_own_day(past: Built) -> None:
    found = moment(open_repository(past.root), "HEAD~1", NOW)

    assert found == Moment(past.tips[1], "2023-03-11")


def test_the_verdict_is_that_of_the_day(past: Built) -> None:
    with_review = judged(past, "2023-03-11", "9.15").rows[0]
    without = judged(past, "2023-05-02", "9.15").rows[0]

    assert REVIEW.removeprefix("evidence/").removesuffix(".yaml") in with_review.evidence
    assert without.evidence == ()
    assert judged(past, "2023-03-11").today == "2023-03-11"


def test_it_equals_what_a_checkout_of_that_commit_gives(past: Built, tmp_path: Path) -> None:
    past.git("clone", "-q", ".", str(tmp_path / "copy"))
    Built(tmp_path / "copy").git("checkout", "-q", past.tips[1])

    by_git = judged(past, "2023-04-01")
    asked = request(today="2023-04-01", real_today=NOW)
    by_hand = remembered.judged(WorkTree(tmp_path / "copy"), law(), asked, READER)

    assert replace(by_git, notes=()) == by_hand
    assert past.tips[1][:12] in by_git.notes[0]


def test_nothing_is_checked_out(past: Built) -> None:
    before = sorted(p for p in past.root.rglob("*") if ".git" not in p.parts)

    judged(past, "2023-03-11")

    assert sorted(p for p in past.root.rglob("*") if ".git" not in p.parts) == before
    assert past.git("status", "--porcelain") == ""


def test_run_twice_in_other_surroundings_the_bytes_are_the_same(past: Built) -> None:
    command = ("check", "--as-of", "2023-03-11", "--report", "json")

    once = run(*command, cwd=past.root, TZ="Pacific/Kiritimati", PYTHONHASHSEED="1")
    twice = run(*command, cwd=past.root, TZ="America/Los_Angeles", PYTHONHASHSEED="2", LC_ALL="C")

    assert once.stdout == twice.stdout
    assert once.stdout.startswith(b"{")
    assert once.returncode == twice.returncode == 1


def test_every_format_of_a_past_day_is_the_same_again(past: Built) -> None:
    for name in ("text", "json", "junit"):
        found = {render(name, judged(past, "2023-03-11")) for _ in range(2)}

        assert len(found) == 1, name


def test_a_commit_that_is_dated_back_does_not_slip_into_the_past(tmp_path: Path) -> None:
    built = started(tmp_path / "r", SETTINGS, "2023-01-10")
    built.commit("2023-05-01", "honest")
    data = {"reviewed_at": "2023-02-01T10:15:00Z"}
    built.write(REVIEW, record("cctv_footage_review", {"recorded_on": "2023-02-01", "data": data}))
    forged = built.commit("2023-02-01", "made in May, dated back")
    repository = open_repository(built.root)

    assert moment(repository, "2023-02-01", NOW).commit == built.tips[0]
    assert moment(repository, "2023-04-30", NOW).commit == built.tips[0]
    assert moment(repository, "2023-05-01", NOW) == Moment(forged, "2023-05-01")
    assert moment(repository, forged, NOW) == Moment(forged, "2023-05-01")


def test_a_clock_that_ran_ahead_does_not_freeze_what_comes_after_it(tmp_path: Path) -> None:
    built = started(tmp_path / "r", SETTINGS, "2023-01-10")
    ahead = built.commit("2027-06-01", "a clock of next year")
    last = built.commit("2026-11-20", "the day after")
    repository = open_repository(built.root)

    assert moment(repository, "2026-11-23", NOW).commit == built.tips[0]
    assert moment(repository, NOW, NOW) == Moment(last, NOW)
    assert moment(repository, ahead, NOW) == Moment(ahead, NOW)
    assert moment(repository, "2027-05-31", "2027-06-01").commit == built.tips[0]
    assert moment(repository, "2027-06-01", "2028-01-01").commit == last


def test_a_merge_counts_when_it_was_merged(tmp_path: Path) -> None:
    built = started(tmp_path / "r", SETTINGS, "2023-01-10")
    built.git("checkout", "-q", "-b", "side")
    built.write("policies/note.txt", "on the side")
    built.commit("2023-02-01")
    built.git("checkout", "-q", "main")
    built.git("merge", "-q", "--no-ff", "-m", "merge", "side", day="2023-06-01")
    repository = open_repository(built.root)

    assert moment(repository, "2023-05-31", NOW).commit == built.tips[0]
    assert moment(repository, "2023-06-01", NOW).commit == built.git("rev-parse", "HEAD")


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ("2023-01-09", "before the first commit"),
        ("2026-11-25", "in the future"),
        ("2026-02-30", "in no calendar"),
        ("0000-01-01", "in no calendar"),
        ("nowhere", "no commit nowhere"),
        ("--output=x", "no commit --output=x"),
    ],
)
def test_what_cannot_be_asked_is_refused(past: Built, wanted: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        judged(past, wanted)

    assert not (past.root / "x").exists()


def test_the_program_ends_with_2_before_the_first_commit(past: Built) -> None:
    done = run("check", "--as-of", "2023-01-09", cwd=past.root)

    assert done.returncode == 2
    assert b"before the first commit" in done.stderr
    assert done.stdout == b""


def test_the_program_ends_with_2_where_the_calendar_has_no_such_day(past: Built) -> None:
    for command in (
        ("check", "--as-of"),
        ("history", "--since"),
        ("history", "--trend", "--since"),
    ):
        done = run(*command, "2026-02-30", cwd=past.root)

        assert (done.returncode, done.stdout) == (2, b"")
        assert b"2026-02-30 is in no calendar" in done.stderr


def test_the_clock_is_not_moved_twice(past: Built) -> None:
    done = run("check", "--as-of", "2023-03-11", "--today", "2023-03-11", cwd=past.root)

    assert done.returncode == 2


@pytest.mark.parametrize(("day", "level"), [("2022-12-31", "should"), ("2023-01-01", "must")])
def test_forced_labor_became_a_must_in_2023(tmp_path: Path, day: str, level: str) -> None:
    importer = {"accounts": [{**ACCOUNT, "entity_type": "importer"}]}
    built = started(tmp_path / "r", importer, "2022-06-01")

    rows = judged(built, day, "3.9").rows

    assert rows[0].level == level
    assert ("must" in {row.level for row in rows}) == (level == "must")
    assert {row.verdict for row in rows} == {"not_met"}


def test_a_shallow_clone_never_yields_a_date(past: Built, tmp_path: Path) -> None:
    past.git("clone", "-q", "--depth", "1", f"file://{past.root}", str(tmp_path / "shallow"))

    with pytest.raises(NotTrusted, match="fetch-depth: 0"):
        judged(Built(tmp_path / "shallow"), "2023-03-11")
    done = run("check", "--as-of", "HEAD", cwd=tmp_path / "shallow")
    assert done.returncode == 3


def test_what_is_no_repository_is_refused(tmp_path: Path) -> None:
    shutil.copytree(Path(__file__).parent / "examples", tmp_path / "r")

    with pytest.raises(NotTrusted, match="not in a git repository"):
        judged(Built(tmp_path / "r"), "2023-03-11")


ACCOUNT = {
    "id": "acc",
    "status": "certified_validated",
    "certified_on": "2018-03-12",
    "last_validated_on": "2021-12-06",
    "anniversary": "03-12",
    "handles_cargo": True,
}
