"""A new repository: questions that fail, nothing overwritten, and a first met criterion."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from ctpat_policy import documents, filing
from ctpat_policy.authoring.questions import FEATURES, answered
from ctpat_policy.cli import group
from ctpat_policy.errors import UsageError
from ctpat_policy.sources import WorkTree
from ctpat_policy.unfinished import unwritten
from tests.company import law
from tests.history_repositories import Built

DAY = "2026-06-30"
SMALL = ("--company", "Bluebonnet", "--entity-type", "importer", "--site", "BB-WAC", "--yes")
TYPES = list(law().entity_types)


def run(*words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(group, list(words), input=typed)


def init(root: Path, *words: str, typed: str | None = None) -> Result:
    return run("init", str(root), "--today", DAY, *words, typed=typed)


def check(root: Path) -> tuple[int, dict[str, Any]]:
    done = run("check", str(root), "--today", DAY, "--no-cache", "--report", "json")
    return done.exit_code, json.loads(done.stdout)


def read(root: Path, path: str) -> dict[str, Any]:
    document = documents.load((root / path).read_bytes(), path)
    assert document.value is not None, document.problem
    return document.value


@pytest.fixture
def small(tmp_path: Path) -> Path:
    assert init(tmp_path, *SMALL).exit_code == 0
    return tmp_path


def test_a_new_repository_has_gaps_and_nothing_met(small: Path) -> None:
    code, report = check(small)

    verdicts = Counter(row["verdict"] for row in report["rows"])
    assert code == 1
    assert verdicts["not_met"] > 50
    assert not verdicts["met"]
    assert [f["code"] for f in report["findings"]] == ["profile-todo"]


@pytest.mark.parametrize("entity", TYPES)
def test_every_entity_type_can_begin(tmp_path: Path, entity: str) -> None:
    done = init(tmp_path, "--company", "X", "--entity-type", entity, "--site", "A", "--yes")

    code, report = check(tmp_path)
    assert done.exit_code == 0
    assert code == 1
    assert not [r for r in report["rows"] if r["verdict"] == "met"]
    assert [f["code"] for f in report["findings"]] == ["profile-todo"]


def test_a_todo_in_the_profile_is_found_at_its_line_until_it_is_answered(small: Path) -> None:
    lines = (small / filing.PROFILE).read_text().splitlines()
    number = next(n for n, line in enumerate(lines, 1) if "TODO" in line)

    done = run("check", str(small), "--today", DAY, "--no-cache")
    (small / filing.PROFILE).write_text("\n".join(lines).replace("TODO", "Laredo") + "\n")

    assert f"{filing.PROFILE}:{number}:5: invalid: lanes.0.name still holds a TODO" in done.output
    assert not check(small)[1]["findings"]


def test_what_is_not_answered_is_assumed_to_apply_and_says_so(small: Path) -> None:
    value = read(small, filing.PROFILE)

    assert all(value["practices"].values())
    assert value["sites"][0]["guards"]["employed"] == "contract"
    text = (small / filing.PROFILE).read_text()
    assert "  land_border: true  # assumed: correct it\n" in text
    assert "  name: Bluebonnet\n" in text


def test_answers_decide_what_is_asked_in_writing(tmp_path: Path) -> None:
    answers = ("land_border=no", "BB-WAC.guards=none", "BB-WAC.has=cctv, alarm", "routes=none")
    options = [word for answer in answers for word in ("--answer", answer)]

    init(tmp_path, *SMALL, *options)

    profile = read(tmp_path, filing.PROFILE)
    assert profile["practices"]["land_border"] is False
    assert profile["practices"]["subcontracts_us_trucking"] is False  # nor is it assumed
    assert profile["lanes"] == []
    assert (
        "MSC-10.10"
        not in read(tmp_path, "policies/procedures/10-physical-access.yaml")["satisfies"]
    )
    seals = read(tmp_path, "policies/procedures/06-seal-security.yaml")["satisfies"]["MSC-6.1"]
    assert "controlled_storage" not in seals
    assert "checks_in_transit" in seals


def test_whoever_handles_no_cargo_is_not_assumed_to_do_it_at_a_site(tmp_path: Path) -> None:
    init(tmp_path, "--entity-type", "customs_broker", "--answer", "handles_cargo=no", "--yes")

    done_here = read(tmp_path, filing.PROFILE)["sites"][0]["activities"]
    assert "office" in done_here
    assert {"stuffing", "receipt", "storage"}.isdisjoint(done_here)


def test_every_text_is_a_question_of_the_catalog(small: Path) -> None:
    asked = {
        f"TODO {c.id.removeprefix('MSC-')} {' '.join(e.says.split())}?"
        for c in law().criteria.values()
        for e in c.elements
    }

    for file in (small / "policies/procedures").iterdir():
        value = read(small, file.relative_to(small).as_posix())
        assert {step["text"] for step in value["steps"]} <= asked
        assert "approvals" not in value


def test_no_question_of_the_catalog_is_taken_for_an_answer_once_its_mark_is_gone() -> None:
    for criterion in law().criteria.values():
        for element in criterion.elements:
            step = {"text": f"{criterion.id.removeprefix('MSC-')} {element.says}?\n"}
            assert unwritten({"steps": [step]}), step


def test_the_questions_are_about_twenty_five() -> None:
    given = {"company": "X"}

    answers = answered(law(), given, None, "x", DAY)

    assert 25 <= len(answers.values) <= 35


def test_a_person_is_asked_and_asked_again(tmp_path: Path) -> None:
    company = [
        "Blue Co",
        "us",
        "23",
        "importer",
        "certified",
        "y",
        DAY,
        "2021-06-14",
        "President",
        "",
    ]
    # An importer has to say that it imports goods, and that they go to the United States.
    practices = ["", "maybe", "no", *["n"] * 10, "n", "y", "n", "y"]
    site = [
        "WAC",
        "office, receipt",
        "none",
        "none",
        "en, es",
        "",
        "Ningbo, China > Houston > ocean",
        "MAIL",
    ]
    typed = "\n".join([*company, *practices, *site, "@acme/compliance", ""])

    done = init(tmp_path, typed=typed)

    assert done.exit_code == 0, done.output
    assert done.output.count("answer yes or no") == 2
    assert "store cargo itself? [yes/no]: " in done.output
    profile = read(tmp_path, filing.PROFILE)
    assert profile["accounts"][0]["anniversary"] == "06-14"
    assert profile["lanes"][0]["origin"] == "Ningbo, China"
    assert profile["sites"][0]["headcount"] == 23
    assert "an importer answers for the goods that it imports" in done.output
    applies = {name for name, answer in profile["practices"].items() if answer}
    assert applies == {"imports_goods", "us_bound_cargo"}
    assert "\n/policies/ @acme/compliance\n" in (tmp_path / ".github/CODEOWNERS").read_text()


def test_nothing_is_overwritten_and_what_is_missing_is_written(small: Path) -> None:
    chapter = small / "policies/procedures/06-seal-security.yaml"
    chapter.write_text("mine")
    (small / "README.md").unlink()
    (small / "schemas/procedure.yaml").write_text("old")

    done = init(small)

    assert chapter.read_text() == "mine"
    assert (small / "schemas/procedure.yaml").read_text() == "old"
    assert "kept    policies/procedures/06-seal-security.yaml" in done.output
    assert "written README.md" in done.output
    assert "kept    schemas/" in done.output


def test_old_schemas_for_editors_are_a_note_and_no_failure(small: Path) -> None:
    before, report = check(small)
    (small / "schemas/procedure.yaml").write_text("title: old\n")

    after, noted = check(small)

    assert report["notes"] == []
    assert before == after
    assert len(noted["notes"]) == 1
    assert "schemas/" in noted["notes"][0]
    assert "1 file" in noted["notes"][0]


def test_a_member_without_the_copy_is_not_bothered(small: Path) -> None:
    for file in sorted((small / "schemas").rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()

    assert check(small)[1]["notes"] == []


def test_the_editor_knows_every_kind(small: Path) -> None:
    patterns = json.loads((small / ".vscode/settings.json").read_text())["yaml.schemas"]

    assert len(patterns) == len(law().kinds) + 4
    assert all((small / schema).is_file() for schema in patterns)


def test_the_workflow_reads_and_is_pinned(small: Path) -> None:
    workflow = yaml.load(
        (small / ".github/workflows/ctpat-policy.yml").read_text(), yaml.BaseLoader
    )

    assert set(workflow["on"]) == {"pull_request", "schedule"}
    assert workflow["permissions"] == {}
    used = [s["uses"] for s in workflow["jobs"]["policy"]["steps"] if "uses" in s]
    assert all(len(name.partition("@")[2]) == 40 for name in used)


def test_attachments_are_the_same_bytes_where_git_changes_line_ends(
    small: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    paper = "evidence/seal_audit/2026/paper.csv"
    built = Built(small)
    built.write(paper, "a,b\n")
    built.git("init", "-q")
    built.commit(DAY)
    windows = tmp_path_factory.mktemp("windows") / "clone"
    built.git("clone", "-q", "-c", "core.autocrlf=true", str(small), str(windows))

    assert (windows / paper).read_bytes() == b"a,b\n"
    assert (windows / filing.PROFILE).read_bytes() == (small / filing.PROFILE).read_bytes()
    assert b"\r" in (windows / "README.md").read_bytes()


def installed(monkeypatch: pytest.MonkeyPatch, noted: str | None) -> None:
    class Installed:
        def read_text(self, name: str) -> str | None:
            return noted if name == "direct_url.json" else None

    monkeypatch.setattr("importlib.metadata.distribution", lambda name: Installed())


@pytest.mark.parametrize(
    "noted",
    [
        None,
        '{"url": "file:///src/ctpat-policy", "dir_info": {"editable": true}}',
        '{"url": "https://me:secret@x.example/o/p", "vcs_info": {"commit_id": "%s"}}' % ("a" * 40),
        '{"url": "https://x.example/o/p", "vcs_info": {"commit_id": "main"}}',
    ],
)
def test_ci_installs_a_commit_that_somebody_has_to_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, noted: str | None
) -> None:
    """A name in a package index may be anybody's."""
    installed(monkeypatch, noted)

    done = init(tmp_path, *SMALL)

    for name in (".github/workflows/ctpat-policy.yml", ".pre-commit-config.yaml"):
        text = (tmp_path / name).read_text()
        assert "https://HOST/OWNER/ctpat-policy" in text
        assert "FULL_COMMIT_ID" in text
        assert "secret" not in text
    assert "for HOST, OWNER and FULL_COMMIT_ID" in done.stderr
    assert not any("ctpat-policy==" in p.read_text() for p in tmp_path.rglob("*.y*ml"))


def test_ci_installs_the_commit_from_which_this_program_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = "0123456789" * 4
    url = "https://forge.example/acme/ctpat-policy"
    noted = {"url": url, "vcs_info": {"vcs": "git", "commit_id": commit}}
    installed(monkeypatch, json.dumps(noted))

    done = init(tmp_path, *SMALL)

    workflow = (tmp_path / ".github/workflows/ctpat-policy.yml").read_text()
    hooks = yaml.safe_load((tmp_path / ".pre-commit-config.yaml").read_text())["repos"]
    assert f"git+{url}@{commit}\n" in workflow
    assert [(hook["repo"], hook["rev"]) for hook in hooks] == [(url, commit)]
    assert "FULL_COMMIT_ID" not in done.stderr


@pytest.mark.parametrize("folder", ["", "a b/cömp"])
def test_ci_hooks_and_reviewers_name_the_folder_and_belong_at_the_top(
    tmp_path: Path, folder: str
) -> None:
    Built(tmp_path).git("init", "-q")
    root = tmp_path / folder

    done = init(root, *SMALL)

    workflow = yaml.safe_load((root / ".github/workflows/ctpat-policy.yml").read_text())
    (hooks,) = yaml.safe_load((root / ".pre-commit-config.yaml").read_text())["repos"]
    assert workflow["jobs"]["policy"]["env"]["FOLDER"] == (folder or ".")
    assert hooks["hooks"] == [{"id": "ctpat-policy", "args": [folder or "."]}]
    owners = (root / ".github/CODEOWNERS").read_text()
    assert ("/a\\ b/cömp/policies/" if folder else "/policies/") in owners
    assert "/.github/" in owners
    moved = "Move .github and .pre-commit-config.yaml to the top of the checkout (../..)"
    assert (moved in done.stderr) == bool(folder)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--answer", "colour=blue"), "nobody asks for colour"),
        (("--answer", "land_border"), "write it as land_border=no"),
        (("--answer", "land_border=perhaps"), "answer yes or no"),
        (("--answer", "imports_goods=no"), "an importer answers for the goods"),
        (("--answer", "records_from=2062-09-01"), "that day has not come yet"),
        (("--answer", "records_from=soon"), "write a day as 2026-10-31"),
        (("--entity-type", "shop"), "shop is none of"),
        (("--site", "a b"), "cannot be an id"),
        (("--site", "A", "--site", "a"), "two are called alike"),
        (("--country", "Texas"), "two letters"),
        (("--answer", "routes=by sea"), "Ningbo"),
        (("--answer", "status=certified"), "certified_on must be answered"),
        (("--answer", "SITE-1.activities=none"), "name at least one"),
    ],
)
def test_an_answer_that_is_none_is_refused_before_anything_is_written(
    tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    done = init(tmp_path, "--yes", *words)

    assert isinstance(done.exception, UsageError)
    assert says in str(done.exception)
    assert not list(tmp_path.iterdir())


def test_answers_beside_a_profile_are_refused(small: Path) -> None:
    done = init(small, "--company", "Other")

    assert isinstance(done.exception, UsageError)
    assert "correct it instead" in str(done.exception)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (b"name: Bluebonnet", b"name: Se\xe9", ":5:"),
        (b"  headcount: ", b"  heads: ", "headcount is missing"),
    ],
)
def test_a_profile_that_cannot_be_used_is_to_be_mended_first(
    small: Path, old: bytes, new: bytes, says: str
) -> None:
    file = small / filing.PROFILE
    file.write_bytes(file.read_bytes().replace(old, new, 1))

    done = init(small, "--yes")

    assert isinstance(done.exception, UsageError)
    assert str(done.exception).startswith(f"mend it first: {filing.PROFILE}:")
    assert says in str(done.exception)


def test_features_of_a_site_are_those_of_the_profile() -> None:
    site = law().schemas.value("security_profile.yaml")["properties"]["sites"]["items"]

    assert set(FEATURES) <= set(site["required"])


def test_the_repository_begins_whole(small: Path) -> None:
    files = filing.gather(WorkTree(small), law())

    assert not files.findings
    assert not files.beside
