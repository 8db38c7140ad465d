"""`check` from outside: what it says and how it ends when something is missing or broken."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from ctpat_policy.cache import FORMAT, Cache
from ctpat_policy.cli import group

SMALL = Path(__file__).parent / "companies" / "bluebonnet"
DAY = "2026-10-31"
Change = Callable[[Path], object]


@pytest.fixture
def company(tmp_path: Path) -> Path:
    shutil.copytree(SMALL, tmp_path / "company")
    return tmp_path / "company"


def check(folder: Path, *options: str) -> Result:
    return CliRunner().invoke(group, ["check", str(folder), "--today", DAY, "--no-cache", *options])


def put(name: str, text: str) -> Change:
    def change(folder: Path) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    return change


def emptied(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


def without_documents(folder: Path) -> None:
    emptied(folder)
    (folder / "evidence").mkdir()
    (folder / "notes.txt").write_text("nothing here")


BROKEN: dict[str, tuple[Change, int, str]] = {
    "an empty folder": (emptied, 3, "policies/security-profile.yaml"),
    "a folder without documents": (without_documents, 3, "policies/security-profile.yaml"),
    "an unreadable document": (
        put("evidence/seal_audit/a.yaml", "a: [1\n"),
        3,
        "seal_audit/a.yaml:",
    ),
    "an unknown kind": (
        put("evidence/seal_audits/a.yaml", "schema: x/1\n"),
        1,
        "seal_audits/a.yaml",
    ),
    "a stray file": (put("evidence/scan.pdf", "%PDF"), 1, "evidence/scan.pdf"),
    "a stray document": (put("policies/extra.yaml", "a: 1\n"), 1, "policies/extra.yaml"),
    "a wrong suffix": (put("evidence/seal_audit/a.yml", "a: 1\n"), 3, "seal_audit/a.yml"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_missing_or_broken_never_passes_and_is_said_in_a_line(
    company: Path, name: str
) -> None:
    change, code, says = BROKEN[name]
    change(company)

    done = check(company)

    assert done.exit_code == code
    assert says in done.output


@pytest.mark.parametrize("name", BROKEN)
def test_junit_is_red_exactly_when_the_check_fails(company: Path, name: str) -> None:
    file = company.parent / "out.xml"
    green = check(company, "--report", f"junit={file}")
    was_red = bool(ElementTree.parse(file).findall(".//failure"))
    BROKEN[name][0](company)

    done = check(company, "--report", f"junit={file}")

    assert (green.exit_code, was_red) == (0, False)
    tree = ElementTree.parse(file)
    assert done.exit_code != 0
    assert tree.findall(".//failure") or tree.findall(".//error")


def test_one_unreadable_document_leaves_the_rest_judged(company: Path) -> None:
    before = json.loads(check(company, "--report", "json").output)
    put("evidence/seal_audit/a.yaml", "a: [1\n")(company)

    after = json.loads(check(company, "--report", "json").output)

    assert [r["verdict"] for r in after["rows"]] == [r["verdict"] for r in before["rows"]]
    assert after["exit_code"] == 3


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--account", "nobody"], "there is no account nobody"),
        (
            ["--criterion", "99.9"],
            "ctpat-policy explain criteria lists them",
        ),
        (["--criterion", "7.35"], "no level is known"),
        (["--as-of", "2026-01-01", "--today", DAY], "--as-of moves the clock itself"),
        (["--report", "text", "--report", "json"], "only one report may go to standard output"),
        (["--report", "wordperfect"], "is no format"),
        (["--today", "31.10.2026"], "is not a calendar day"),
    ],
)
def test_a_wrong_question_is_exit_2_with_one_line(options: list[str], says: str) -> None:
    program = [sys.executable, "-m", "ctpat_policy", "check", str(SMALL), "--no-cache"]
    today = [] if "--today" in options else ["--today", DAY]

    done = subprocess.run([*program, *today, *options], capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_never_fails_only_on_what_could_not_be_read(company: Path) -> None:
    shutil.rmtree(company / "evidence" / "training_session")

    assert check(company).exit_code == 1
    assert check(company, "--fail-on", "never").exit_code == 0


def test_the_same_bytes_come_out_whatever_is_cached_or_parallel(
    company: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CTPAT_POLICY_CACHE", str(company.parent / "cache.sqlite"))
    runner = CliRunner()
    words = ["check", str(company), "--today", DAY, "--report", "json"]

    outputs = [
        runner.invoke(group, [*words, *options]).output
        for options in (["--no-cache"], ["--jobs", "1"], [], ["--jobs", "4", "--no-cache"])
    ]
    (company.parent / "cache.sqlite").write_bytes(b"not a database")
    outputs.append(runner.invoke(group, words).output)

    assert len(set(outputs)) == 1
    assert json.loads(outputs[0])["exit_code"] == 0


@pytest.mark.parametrize("content", [b"%PDF", b"text", b"\xff\xfe", b""])
def test_a_file_that_nobody_names_has_the_same_place_with_a_cache(
    company: Path, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CTPAT_POLICY_CACHE", str(company.parent / "cache.sqlite"))
    (company / "evidence" / "stray.bin").write_bytes(content)
    words = ["check", str(company), "--today", DAY, "--report", "json"]

    fresh, cold, warm = (
        CliRunner().invoke(group, [*words, *options]).output for options in (["--no-cache"], [], [])
    )

    assert "stray.bin" in fresh
    assert fresh == cold == warm


def test_a_cache_of_an_older_format_is_used_all_the_same(tmp_path: Path) -> None:
    old = sqlite3.connect(tmp_path / "cache.sqlite")
    old.execute("CREATE TABLE entry (key TEXT PRIMARY KEY, digest TEXT, value TEXT)")
    old.execute("INSERT INTO entry VALUES ('k', 'd', 'v')")
    old.commit()
    old.close()
    long = "long \ud800" * 10_000

    Cache(tmp_path / "cache.sqlite").put({"k": "short", "l": long})

    assert Cache(tmp_path / "cache.sqlite").get(["k", "l"]) == {"k": "short", "l": long}


def test_a_file_that_is_no_cache_of_ours_stays_as_it_is(tmp_path: Path) -> None:
    precious = tmp_path / "precious.txt"
    precious.write_text("precious")

    Cache(precious).put({"k": "v"})

    assert not Cache(precious).works
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("precious.txt", "precious")]


def test_a_damaged_cache_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    Cache(tmp_path / "whole.sqlite").put({"k": "v"})
    data = (tmp_path / "whole.sqlite").read_bytes()
    path.write_bytes(data[:100] + b"x" * (len(data) - 100))

    Cache(path).put({"k": "w"})

    assert Cache(path).get(["k"]) == {"k": "w"}


def test_a_cache_that_another_run_holds_is_left_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ctpat_policy.cache._PATIENCE", 0)
    path = tmp_path / "cache.sqlite"
    other = sqlite3.connect(path)
    other.execute("BEGIN EXCLUSIVE")
    inode = path.stat().st_ino

    assert not Cache(path).works
    assert path.stat().st_ino == inode


@pytest.mark.parametrize("place", ["digest", "packed", "value"])
def test_a_damaged_entry_of_the_cache_is_none(tmp_path: Path, place: str) -> None:
    path = tmp_path / "cache.sqlite"
    Cache(path).put({"k": "long" * 10_000})
    with sqlite3.connect(path) as database:
        table = f"entry_{FORMAT}"
        wrong = {"digest": "x", "packed": 0, "value": b"x"}[place]
        database.execute(f"UPDATE {table} SET {place} = ?", [wrong])

    assert "long" not in str(Cache(path).get(["k"]))


@pytest.mark.parametrize("key", ["accounts", "people", "sites", "practices", "settings", "member"])
def test_a_profile_without_one_of_its_parts_is_never_judged_as_if_it_were_whole(
    company: Path, key: str
) -> None:
    profile = company / "policies" / "security-profile.yaml"
    lines = profile.read_text(encoding="utf-8").splitlines(keepends=True)
    start = next(i for i, line in enumerate(lines) if line.startswith(f"{key}:"))
    end = next(
        (i for i in range(start + 1, len(lines)) if lines[i][:1] not in (" ", "#", "\n")),
        len(lines),
    )
    profile.write_text("".join(lines[:start] + lines[end:]), encoding="utf-8")

    done = check(company)

    assert done.exit_code == 3
    assert f"{key} is missing" in done.output
