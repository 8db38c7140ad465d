"""A check in shards, merged, is one check: the same bytes in every format, the same exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.broken import spoil
from benchmarks.corpus import generate
from ctpat_policy.cli import group
from ctpat_policy.criteria import SCOPES
from ctpat_policy.reports import FORMATS
from ctpat_policy.shares import WHOLE, Share
from tests.company import TODAY as DAY
from tests.company import example, law, patched
from tests.policy_folder import Folder, small_company
from tests.sample import ROOT, TODAY
from tests.shards import Ran, run, shards

#: Whatever a shard does about cache and processes.
TURNS = (
    ("--no-cache", "--jobs=1"),
    ("--no-cache", "--jobs=2"),
    ("--jobs=1",),
    ("--jobs=4",),
    (),
)
BLUEBONNET = ROOT / "tests" / "companies" / "bluebonnet"


def generated(folder: Path) -> Path:
    """More documents than one process reads, some of them wrong in every way there is."""
    generate(folder, 400, plant=20)
    spoil(folder, 90)
    return folder


#: What is judged, made below a folder, and on which day.
REPOSITORIES: dict[str, tuple[Callable[[Path], Path], str]] = {
    "sample": (lambda _: ROOT, TODAY),
    "sample, expired": (lambda _: ROOT, "2027-06-30"),
    "company B": (lambda _: BLUEBONNET, TODAY),
    "generated": (generated, DAY),
}


@pytest.fixture(scope="module", params=REPOSITORIES)
def whole(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[str], Ran]:
    """The words that check a repository, and what one run of them gives."""
    made, day = REPOSITORIES[request.param]
    folder = tmp_path_factory.mktemp("whole")
    words = ["check", str(made(folder / "repository")), "--today", day]
    return words, run(folder, *words, "--no-cache")


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache of its own for every test."""
    monkeypatch.setenv("CTPAT_POLICY_CACHE", str(tmp_path / "cache.sqlite"))


@pytest.mark.parametrize("count", [1, 4])
def test_the_merged_shards_are_one_run(
    whole: tuple[list[str], Ran], count: int, tmp_path: Path
) -> None:
    words, once = whole

    merged = shards(tmp_path, count, *words, turns=TURNS)

    assert set(once.written) == set(FORMATS)
    assert {name for name in FORMATS if merged.written[name] != once.written[name]} == set()
    assert merged.code == once.code


def test_a_generated_repository_has_something_to_tell(tmp_path: Path) -> None:
    done = run(tmp_path / "out", "check", str(generated(tmp_path / "r")), "--today", DAY)

    report = json.loads(done.written["json"])
    codes = {finding["code"] for finding in report["findings"]}
    assert done.code == 3
    assert len(codes) >= 15
    assert {"yaml-syntax", "document-invalid", "unknown-person"} <= codes
    assert {"met", "not_met", "partly_met"} <= {row["verdict"] for row in report["rows"]}


@pytest.mark.parametrize(
    "options",
    [
        ("--account=abc-brk",),
        ("--criterion=6.6", "--criterion=MSC-3.5", "--criterion=9.15"),
        ("--criterion=6.6",),
        ("--fail-on=should",),
        ("--fail-on=never", "--account=abc-con", "--criterion=6.6"),
    ],
)
def test_filters_go_with_shards(options: tuple[str, ...], tmp_path: Path) -> None:
    words = ("check", str(ROOT), "--today", TODAY, *options)

    once, merged = run(tmp_path / "once", *words), shards(tmp_path, 3, *words)

    assert merged == once


def test_more_shards_than_criteria_leave_some_without_rows(tmp_path: Path) -> None:
    words = ("check", str(ROOT), "--today", TODAY, "--criterion=6.6", "--report=text")

    done = [run(tmp_path / n, *words, f"--shard={n}/3", formats=("json",)) for n in "123"]

    rows = [len(json.loads(ran.written["json"])["rows"]) for ran in done]
    assert sorted(rows) == [0, 0, max(rows)]
    assert [ran.code for ran in done] == [0, 0, 0]


def test_a_shard_ends_as_its_own_rows_say(tmp_path: Path) -> None:
    small_company(tmp_path / "r")
    words = ["check", str(tmp_path / "r"), "--today", DAY]
    rows = json.loads(run(tmp_path / "all", *words).written["json"])["rows"]
    red = {row["criterion"] for row in rows if row["outcome"] in ("failure", "error")}
    green = {row["criterion"] for row in rows} - red
    words += [f"--criterion={min(red)}", f"--criterion={min(green)}"]

    codes = [run(tmp_path / n, *words, f"--shard={n}/2").code for n in "12"]

    assert sorted(codes) == [0, 1]
    assert shards(tmp_path, 2, *words).code == 1


def test_findings_that_hang_on_verdicts_are_told_once(tmp_path: Path) -> None:
    made = small_company(tmp_path / "r")
    site = example("security_profile")["sites"][0]
    made.profile(sites=[patched(site, {"cctv": {"installed": False, "since": None}})])
    must = next(c.id for c in law().criteria.values() if {x.level for x in c.clauses} == {"must"})
    excuse(made, "on-must", must, "should_not_adopted")
    excuse(made, "idle", "MSC-9.15", "not_applicable")
    words = ("check", str(tmp_path / "r"), "--today", DAY)

    once, merged = run(tmp_path / "once", *words), shards(tmp_path, 5, *words)

    codes = [f["code"] for f in json.loads(once.written["json"])["findings"]]
    assert codes.count("exception-on-must") == codes.count("exception-redundant") == 1
    assert merged == once


def excuse(made: Folder, name: str, criterion: str, kind: str) -> None:
    """Write an approved exception."""
    approvals = [{**a, "digest": "right"} for a in example("criterion_exception")["approvals"]]
    data = {"criterion": criterion, "type": kind}
    made.record("criterion_exception", name, data=data, approvals=approvals)


def test_without_a_part_every_report_says_that_it_is_a_shard(tmp_path: Path) -> None:
    words = ("check", str(ROOT), "--today", TODAY, "--shard=2/4")

    said = run(tmp_path, *words).written

    note = "this is shard 2 of 4 only"
    assert note in said["text"].decode()
    assert "shard 2/4 only: nothing fails" in said["text"].decode()
    assert note in said["markdown"].decode()
    assert "shard 2/4 only" in said["github"].decode()
    assert "shard 2/4 only" in said["azure"].decode()
    assert json.loads(said["json"])["filters"]["shard"] == "2/4"
    assert json.loads(said["badge"])["label"] == "CTPAT (part)"
    assert b'name="shard" value="2/4"' in said["junit"]
    assert "ctpat-policy/2/4/" in said["sarif"].decode()


def test_a_shard_of_one_is_everything(tmp_path: Path) -> None:
    words = ("check", str(BLUEBONNET), "--today", TODAY)

    assert run(tmp_path / "1", *words, "--shard=1/1") == run(tmp_path / "2", *words)


def test_nothing_to_judge_is_said_by_the_whole_only(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    words = ("check", str(tmp_path / "empty"), "--today", TODAY)

    once, merged = run(tmp_path / "once", *words), shards(tmp_path, 2, *words)

    assert once.code == 3
    assert merged == once


@pytest.mark.parametrize("value", ["0/3", "4/3", "x", "1", "1/", "/2", "-1/2", "1/0", "1/1000", ""])
def test_what_is_no_shard_is_wrong_usage(value: str) -> None:
    done = CliRunner().invoke(group, ["check", str(BLUEBONNET), f"--shard={value}"])

    assert done.exit_code == 2
    assert f"{value} is no shard; the second of four is 2/4" in done.output


@pytest.mark.parametrize("count", [1, 2, 3, 7, 50, 999])
def test_every_criterion_is_in_one_share(count: int) -> None:
    criteria = list(law().criteria.values())

    found = [Share(number, count).of(criteria) for number in range(1, count + 1)]

    assert sorted(c.number for share in found for c in share) == [c.number for c in criteria]
    assert all([c.number for c in share] == sorted(c.number for c in share) for share in found)
    assert WHOLE.of(criteria) == criteria


@pytest.mark.parametrize("count", [2, 3, 7])
def test_shares_have_as_many_criteria_of_every_scope(count: int) -> None:
    shares = [Share(n, count).of(list(law().criteria.values())) for n in range(1, count + 1)]

    for scope in SCOPES:
        sizes = [sum(c.scope == scope for c in share) for share in shares]
        assert max(sizes) - min(sizes) <= 1
