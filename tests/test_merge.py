"""`merge` refuses what is not the whole of one check, in a sentence, whatever the files hold."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctpat_policy import __version__, merging, parts
from ctpat_policy.cache import program_digest
from ctpat_policy.encoding import report_of, report_values
from ctpat_policy.errors import UsageError
from ctpat_policy.model import Report, Seal
from ctpat_policy.reports import FORMATS, render
from ctpat_policy.shape import is_report
from tests.company import TODAY, example, patched
from tests.history_repositories import Built, procedure, record, started
from tests.policy_folder import small_company
from tests.report_strategies import REPORTS
from tests.reports_sample import SAMPLE
from tests.sample import PROGRAM
from tests.shards import Ran, merge, run, shards

#: A finding as a part holds it.
NOTE = ["x", "note", "only here", ["policies/security-profile.yaml", [], 1, 1], ""]
#: The profile at the base of a change, with a place that the change drops.
SITE = example("security_profile")["sites"][0]
TWO_SITES = {"sites": [SITE, patched(SITE, {"id": "S-2"})]}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    small_company(folder)
    return folder


def part(folder: Path, repository: Path, shard: str, *options: str) -> Path:
    """The part of a shard, as check writes it."""
    words = ("check", str(repository), "--no-cache", f"--shard={shard}", f"--today={TODAY}")
    done = run(folder, *words, *options, formats=("part",))
    assert "part" in done.written, done.said
    return folder / "part"


@pytest.fixture(scope="module")
def halves(company: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("halves")
    return part(folder / "1", company, "1/2"), part(folder / "2", company, "2/2")


@pytest.fixture(scope="module")
def sevenths(company: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("sevenths")
    return {n: part(folder / n, company, f"{n}/7") for n in "1234567"}


def refused(done: Ran) -> str:
    """What a refusal says: one line, exit 2, and nothing written."""
    assert (done.code, done.written) == (2, {})
    assert "\n" not in done.said.strip()
    return done.said


# --- parts that do not belong together


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("1 2 3 4 6 7", "shard 5 of 7 is missing"),
        ("1 2 6", "shards 3, 4, 5 and 7 of 7 are missing"),
        ("7", "shards 1, 2, 3, 4, 5 and 6 of 7 are missing"),
        ("1 2 3 4 5 6 7 3", "are both shard 3 of 7"),
    ],
)
def test_every_shard_has_to_be_there_once(
    sevenths: dict[str, Path], tmp_path: Path, given: str, says: str
) -> None:
    files = [sevenths[number] for number in given.split()]

    assert says in refused(merge(tmp_path / "merged", *files))


def test_of_many_missing_shards_some_are_named(company: Path, tmp_path: Path) -> None:
    file = part(tmp_path / "1", company, "7/40")

    said = refused(merge(tmp_path / "merged", file))

    assert "shards 1, 2, 3, 4, 5, 6, 8, 9, 10, 11 and others of 40 are missing" in said


def test_a_part_of_other_shards_is_refused(
    company: Path, halves: tuple[Path, Path], tmp_path: Path
) -> None:
    other = part(tmp_path / "1", company, "2/3")

    said = refused(merge(tmp_path / "merged", halves[0], other))

    assert f"{other} was judged in 3 shards, and {halves[0]} in 2 shards" in said


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--today=2026-07-01",), "was judged as of 2026-07-01, and {} as of 2026-06-30"),
        (("--fail-on=never",), "was judged with --fail-on never, and {} with --fail-on must"),
        (("--criterion=6.6",), "was judged with --criterion 6.6, and {} without --criterion"),
        (("--account=acc",), "was judged with --account acc, and {} without --account"),
    ],
)
def test_another_question_is_refused(
    company: Path, halves: tuple[Path, Path], tmp_path: Path, options: tuple[str, ...], says: str
) -> None:
    other = part(tmp_path / "1", company, "2/2", *options)

    said = refused(merge(tmp_path / "merged", halves[0], other))

    assert f"{other} {says.format(halves[0])}" in said


def test_another_state_of_the_documents_is_refused(
    company: Path, halves: tuple[Path, Path], tmp_path: Path
) -> None:
    shutil.copytree(company, tmp_path / "changed")
    with (tmp_path / "changed" / "policies" / "partners" / "PT-1.yaml").open("a") as file:
        file.write("# a comment changes no verdict\n")
    other = part(tmp_path / "1", tmp_path / "changed", "2/2")

    said = refused(merge(tmp_path / "merged", halves[0], other))

    assert "was judged from other documents" in said
    assert "every shard needs the same commit" in said


def test_the_same_documents_elsewhere_are_the_same(
    company: Path, halves: tuple[Path, Path], tmp_path: Path
) -> None:
    """The jobs of a matrix each have a checkout, and an installation, of their own."""
    shutil.copytree(company, tmp_path / "copy")

    other = part(tmp_path / "1", tmp_path / "copy", "2/2")

    assert other.read_bytes() == halves[1].read_bytes()


def changed(file: Path, to: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """A copy of a part with something in its JSON changed."""
    value = json.loads(file.read_text())
    change(value)
    to.write_text(json.dumps(value))
    return to


def sealed(name: str, new: Any) -> Callable[[dict[str, Any]], object]:
    """Changes one field of the seal."""
    at = Seal.__slots__.index(name)
    return lambda value: value["report"]["seal"].__setitem__(at, new)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda v: v.update({"ctpat-policy part": "9.9"}), "was written by ctpat-policy 9.9"),
        (sealed("program", "0" * 64), f"by another build of ctpat-policy {__version__}"),
        (sealed("law", "0" * 64), "was judged by other criteria than"),
        (sealed("real_today", "2026-01-01"), "was judged on 2026-01-01 (UTC), and"),
        (sealed("revisions", {"since": "main"}), "was judged with --since main, and"),
        (lambda v: v["report"].update(member="Somebody else"), "contradict each other"),
        (lambda v: v["report"].update(documents=7), "contradict each other"),
        (lambda v: v["report"]["findings"].append(NOTE), ""),
    ],
)
def test_a_part_of_another_check_is_refused(
    halves: tuple[Path, Path], tmp_path: Path, change: Callable[[dict[str, Any]], object], says: str
) -> None:
    other = changed(halves[1], tmp_path / "other.json", change)

    done = merge(tmp_path / "merged", halves[0], other)

    if says:
        assert says in refused(done)
    else:  # a finding that one shard alone makes is told
        assert b"only here" in done.written["text"]


def test_findings_that_some_shards_tell_and_others_do_not_are_refused(
    company: Path, tmp_path: Path
) -> None:
    files = [part(tmp_path / n, company, f"{n}/3") for n in "123"]
    for file in files[:2]:
        changed(file, file, lambda value: value["report"]["findings"].append(NOTE))

    assert "contradict each other" in refused(merge(tmp_path / "merged", *files))


def test_one_criterion_in_two_shards_is_refused(halves: tuple[Path, Path], tmp_path: Path) -> None:
    first = json.loads(halves[0].read_text())
    other = changed(
        halves[1],
        tmp_path / "other.json",
        lambda value: value["report"]["rows"].append(first["report"]["rows"][0]),
    )

    assert "contradict each other" in refused(merge(tmp_path / "merged", halves[0], other))


def test_a_merged_report_can_be_merged_again(halves: tuple[Path, Path], tmp_path: Path) -> None:
    once = merge(tmp_path / "once", *halves)

    again = merge(tmp_path / "again", tmp_path / "once" / "part")

    assert again == once


# --- with history


def built(root: Path) -> Built:
    """A change that drops a site, a document and a level, brings a gap and mends another."""
    made = started(root, TWO_SITES)
    made.write("policies/partners/PT-1.yaml", example("business_partner"))
    made.write("evidence/best_practice/2026-06-01-x.yaml", record("best_practice"))
    review = record("cctv_footage_review")
    made.write("evidence/cctv_footage_review/2026-06-10-s-1.yaml", review)
    made.commit("2026-06-11", "the base")
    made.git("checkout", "-q", "-b", "change")
    made.profile({"sites": [patched(SITE, {"cctv": {"installed": False, "since": None}})]})
    made.remove("evidence/best_practice/2026-06-01-x.yaml")
    made.remove("evidence/cctv_footage_review/2026-06-10-s-1.yaml")
    made.write("policies/procedures/SOP-1.yaml", procedure("MSC-9.15"))
    made.write("evidence/seal_audit/a.yaml", record("seal_audit", {"recorded_by": "P-404"}))
    made.commit("2026-06-20", "the change")
    return made


@pytest.mark.parametrize(
    "options",
    [
        ("--since=main", f"--today={TODAY}"),
        ("--trust=main", f"--today={TODAY}"),
        ("--since=main", "--trust=main", f"--today={TODAY}"),
        ("--as-of=2026-06-15",),
        ("--as-of=HEAD", "--since=main"),
        ("--since=main", f"--today={TODAY}", "--criterion=9.15", "--fail-on=should"),
    ],
)
def test_shards_that_are_held_against_history_are_one_run(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    words = ("check", str(built(tmp_path / "r").root), *options)

    once = run(tmp_path / "once", *words, "--no-cache")
    merged = shards(tmp_path, 3, *words, turns=(("--no-cache",), ()))

    assert {name for name in FORMATS if merged.written[name] != once.written[name]} == set()
    assert merged.code == once.code


def test_history_gives_the_shards_something_to_tell(tmp_path: Path) -> None:
    words = ("check", str(built(tmp_path / "r").root), f"--today={TODAY}", "--no-cache")

    report = json.loads(run(tmp_path, *words, "--since=main", "--trust=main").written["json"])

    codes = {finding["code"] for finding in report["findings"]}
    assert {"document-vanished", "governance-changed", "unknown-person"} <= codes
    assert {"worse", "as_before"} <= {row["standing"] for row in report["rows"]}
    assert any(row["remark"] for row in report["rows"])
    alone = json.loads(run(tmp_path, *words, "--since=main").written["json"])
    assert "row-vanished" in {finding["code"] for finding in alone["findings"]}


def test_a_base_that_moved_between_the_shards_is_refused(tmp_path: Path) -> None:
    made = built(tmp_path / "r")
    first = part(tmp_path / "1", made.root, "1/2", "--since=main")
    made.git("branch", "-f", "main", "change")
    second = part(tmp_path / "2", made.root, "2/2", "--since=main")

    assert "from other documents" in refused(merge(tmp_path / "merged", first, second))


# --- hostile files


HOSTILE: dict[str, bytes] = {
    "empty": b"",
    "no JSON": b"not json",
    "cut": b'{"ctpat-policy part": "0.1',
    "another file": b"<testsuites/>",
    "not ASCII": '{"ctpat-policy part": "é"}'.encode(),
    "UTF-16": '{"ctpat-policy part": "0.1.0"}'.encode("utf-16"),
    "binary": bytes(range(256)),
    "a list": b"[]",
    "a number": b"7",
    "a long number": b"9" * 10_000,
    "a mapping": b"{}",
    "a version that is none": b'{"ctpat-policy part": 7, "report": {}}',
    "no report": json.dumps({"ctpat-policy part": __version__}).encode(),
    "an empty report": json.dumps({"ctpat-policy part": __version__, "report": {}}).encode(),
    "deep lists": b"[" * 200_000,
    "deep mappings": b'{"a":' * 200_000,
    "deep and whole": b"[" * 100_000 + b"]" * 100_000,
    "deep inside": b'{"ctpat-policy part": "0.1.0", "report": ' + b"[" * 99_999 + b"]" * 99_999,
    "the report of another format": render("json", SAMPLE),
    "a part without a seal": render("part", SAMPLE),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is_no_part_is_refused_in_a_line(
    halves: tuple[Path, Path], tmp_path: Path, name: str
) -> None:
    (tmp_path / "x.json").write_bytes(HOSTILE[name])

    said = refused(merge(tmp_path / "merged", halves[0], tmp_path / "x.json"))

    assert "x.json is no part of a check, or it is damaged" in said


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "x.json").open("wb") as file:
        file.truncate(parts.MAX_BYTES + 1)

    assert "more shards make smaller parts" in refused(merge(tmp_path, tmp_path / "x.json"))


def test_what_is_no_file_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    assert "is no plain file" in refused(merge(tmp_path / "m", tmp_path / "pipe"))
    assert "is no plain file" in refused(merge(tmp_path / "m", tmp_path))
    assert merge(tmp_path / "m", tmp_path / "missing").code == 2


def test_a_refusal_shows_no_hostile_text(halves: tuple[Path, Path], tmp_path: Path) -> None:
    evil = "\x1b]0;owned\x07 ::error::" + "x" * 10_000
    file = changed(halves[1], tmp_path / "x.json", lambda v: v.update({"ctpat-policy part": evil}))

    done = subprocess.run([PROGRAM, "merge", file], capture_output=True, check=False)

    assert done.returncode == 2
    assert b"\x1b" not in done.stderr
    assert b"Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert len(done.stderr) < 400


SEALED = replace(
    SAMPLE,
    notes=(),
    seal=Seal(1, 1, __version__, program_digest(), "law", "state", "2026-11-24", {}),
)


@settings(max_examples=100, deadline=None)
@given(report=REPORTS)
def test_what_a_report_holds_is_its_shape(report: Report) -> None:
    values = json.loads(json.dumps(report_values(report)))

    assert is_report(values)


def ways(node: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to everything inside."""
    found = [at]
    if isinstance(node, dict | list):
        for step, item in node.items() if isinstance(node, dict) else enumerate(node):
            found += ways(item, (*at, step))
    return found


WHOLE = json.loads(json.dumps(report_values(SEALED)))
WAYS = [way for way in ways(WHOLE) if way]
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("1a", max_size=2), inner),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(changes=st.lists(st.tuples(st.sampled_from(WAYS), ODD), min_size=1, max_size=3))
def test_a_part_with_any_value_in_any_place_is_refused_or_written(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[tuple[Any, ...], Any]]
) -> None:
    file = tmp_path_factory.getbasetemp() / "odd.json"
    value = json.loads(json.dumps(WHOLE))
    for way, odd in changes:
        node = value
        for step in way[:-1]:
            node = node[step] if isinstance(node, dict | list) and _has(node, step) else {}
        if isinstance(node, dict) or (isinstance(node, list) and _has(node, way[-1])):
            node[way[-1]] = odd
    file.write_text(json.dumps({"ctpat-policy part": __version__, "report": value}))

    try:
        report = merging.merged([("odd.json", parts.read(file))])
    except UsageError:
        return
    for name in FORMATS:
        render(name, report)


def _has(node: Any, step: Any) -> bool:
    return step in node if isinstance(node, dict) else isinstance(step, int) and step < len(node)


def test_nothing_of_a_report_is_lost() -> None:
    assert report_of(json.loads(render("part", SEALED))["report"]) == SEALED
