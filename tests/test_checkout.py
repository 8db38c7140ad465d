"""A policy repository in a folder of a checkout: platforms name files from the checkout's top."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ctpat_policy import checkout
from ctpat_policy.cli import group
from ctpat_policy.model import Place

SMALL = Path(__file__).parent / "companies" / "bluebonnet"
DAY = "2026-10-31"
#: What each platform calls the file of an annotation or alert.
NAMED = {
    "github": r"::error file=([^,]+),",
    "azure": r"type=error;sourcepath=([^;]+);",
    "gitlab": r'"path": "([^"]+)"',
    "sarif": r'"artifactLocation":\{"uri":"([^"]+)"',
    "junit": r'<testcase [^>]*file="([^"]+)"',
}


@pytest.fixture
def around(tmp_path: Path) -> Path:
    """A checkout with a policy repository in trade/ctpat, in which an assessment is lost."""
    folder = tmp_path / "checkout"
    (folder / ".git").mkdir(parents=True)
    shutil.copytree(SMALL, folder / "trade" / "ctpat")
    shutil.rmtree(folder / "trade" / "ctpat" / "evidence" / "risk_assessment")
    return folder


def git(folder: Path, *asked: str) -> None:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *who, *asked], check=True)


def check(folder: Path, *options: str) -> str:
    asked = ["check", str(folder), "--today", DAY, "--no-cache", *options]
    done = CliRunner().invoke(group, asked)
    assert done.exit_code == 1, done.output
    return done.stdout


@pytest.mark.parametrize("name", NAMED)
def test_platforms_are_told_the_files_as_they_know_them(around: Path, name: str) -> None:
    folder = around / "trade" / "ctpat"

    named = set(re.findall(NAMED[name], check(folder, "--report", name)))

    assert named
    assert all(path.startswith("trade/ctpat/") for path in named)
    assert all((around / path).is_file() for path in named)


@pytest.mark.parametrize("name", NAMED)
def test_at_the_top_of_a_checkout_nothing_stands_before_a_path(around: Path, name: str) -> None:
    folder = around / "trade" / "ctpat"
    (folder / ".git").write_text("gitdir: ../../elsewhere\n")

    named = set(re.findall(NAMED[name], check(folder, "--report", name)))

    assert named
    assert all((folder / path).is_file() for path in named)


@pytest.mark.parametrize("name", ["text", "markdown"])
def test_people_are_told_files_from_the_policy_repository(around: Path, name: str) -> None:
    inside = check(around / "trade" / "ctpat", "--report", name)
    (around / ".git").rmdir()

    assert inside == check(around / "trade" / "ctpat", "--report", name)
    assert "trade/ctpat" not in inside


def test_programs_are_told_both(around: Path) -> None:
    told = json.loads(check(around / "trade" / "ctpat", "--report", "json"))

    assert told.pop("home") == "trade/ctpat/"
    assert "trade/ctpat" not in json.dumps(told)


def test_two_policy_repositories_of_one_checkout_do_not_replace_each_other(around: Path) -> None:
    other = around / "customs"
    shutil.copytree(around / "trade" / "ctpat", other)

    def alerts(folder: Path) -> tuple[str, set[str]]:
        run: dict[str, Any] = json.loads(check(folder, "--report", "sarif"))["runs"][0]
        prints = (r["partialFingerprints"]["primaryLocationLineHash"] for r in run["results"])
        return run["automationDetails"]["id"], set(prints)

    (one, mine), (two, theirs) = alerts(around / "trade" / "ctpat"), alerts(other)

    assert (one, two) == ("ctpat-policy/trade/ctpat/", "ctpat-policy/customs/")
    assert mine.isdisjoint(theirs)


def test_merged_shards_tell_what_one_run_tells(around: Path, tmp_path: Path) -> None:
    folder = around / "trade" / "ctpat"
    parts = [str(tmp_path / f"{number}.json") for number in (1, 2)]
    for number, part in enumerate(parts, 1):
        asked = ["check", str(folder), "--today", DAY, "--shard", f"{number}/2"]
        CliRunner().invoke(group, [*asked, "--report", f"part={part}"])

    merged = CliRunner().invoke(group, ["merge", *parts, "--report", "gitlab"])

    assert merged.stdout == check(folder, "--report", "gitlab")


@pytest.mark.parametrize(
    ("named", "from_top"),
    [
        ("../../.gitattributes", ".gitattributes"),
        ("../.gitattributes", "trade/.gitattributes"),
        ("evidence/.gitattributes", "trade/ctpat/evidence/.gitattributes"),
    ],
)
def test_the_trail_names_files_so_too_also_those_above_the_policies(
    around: Path, tmp_path: Path, named: str, from_top: str
) -> None:
    inside = around / "trade" / "ctpat"
    (around / ".git").rmdir()
    (around / from_top).write_text("*.yaml -diff\n")
    git(around, "init", "-q")
    git(around, "add", "-A")
    git(around, "commit", "-q", "-m", "all")

    asked = ["verify", str(inside), "--report", "text", "--report", f"junit={tmp_path}/j.xml"]
    done = CliRunner().invoke(group, asked)

    assert done.exit_code == 1, done.output
    assert f"  {named}:1:1: the attribute diff holds for" in done.stdout
    case = re.search(r'<testcase [^>]*name="attributes"[^>]*>', (tmp_path / "j.xml").read_text())
    assert case is not None
    assert f'file="{from_top}"' in case[0]


def test_a_place_above_the_policies_is_named_from_the_top() -> None:
    assert Place("../../.gitattributes").below("trade/ctpat/").path == ".gitattributes"
    assert Place("../.gitattributes").below("trade/ctpat/").path == "trade/.gitattributes"
    assert Place("evidence/a.yaml").below("trade/ctpat/").path == "trade/ctpat/evidence/a.yaml"
    assert Place("").below("trade/").path == ""


def test_the_home_is_the_way_from_the_nearest_checkout(around: Path, tmp_path: Path) -> None:
    inner = around / "trade" / "ctpat"

    assert checkout.home(inner) == "trade/ctpat/"
    assert checkout.home(around) == ""
    assert checkout.home(tmp_path) == "" or checkout.top(tmp_path) is not None
    (tmp_path / "link").symlink_to(inner)
    assert checkout.home(tmp_path / "link") == "trade/ctpat/"
    (around / "trade" / ".git").write_text("gitdir: ../.git/worktrees/trade\n")
    assert checkout.home(inner) == "ctpat/"
