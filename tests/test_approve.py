"""ctpat-policy approve: what cannot be approved is said with its place, and nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ctpat_policy import catalog
from ctpat_policy.cli import group
from ctpat_policy.errors import UsageError
from ctpat_policy.filing import PROFILE
from tests.company import dump, example, law, patched
from tests.policy_folder import Folder

PATH = "policies/procedures/SOP-1.yaml"
DAY = "2026-05-04"
#: Stands for a key without a value.
EMPTY = "(empty)"
TEXT = """\
schema: procedure/1
title: Seal control
version: "1.0"
owner: P-2
review_every: P1Y
steps:
  - id: storage
    text: >-
      Seals are kept in the locked seal room.
satisfies: {}
"""
ENTRY = f"""\
approvals:
  - by: P-1
    as: executive
    approved_on: "{DAY}"
    digest: "v1:sha256:{"0" * 64}"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.setattr(catalog, "installed", lambda _=None: law())
    made = Folder(tmp_path, law())
    made.put(PROFILE, dump(patched(example("security_profile"), {})))
    made.put(PATH, TEXT)
    return made


def approve(folder: Folder, *words: str, path: str = PATH) -> Result:
    file = str(folder.root / path)
    return CliRunner().invoke(group, ["approve", file, "--by", "P-1", "--as", "executive", *words])


def refusal(folder: Folder, *words: str) -> str:
    """What is said, after nothing was written."""
    before = (folder.root / PATH).read_bytes()
    done = approve(folder, *words)
    assert isinstance(done.exception, UsageError), done.exception
    assert (folder.root / PATH).read_bytes() == before
    return str(done.exception)


def test_an_approval_is_added_and_counts(folder: Folder) -> None:
    done = approve(folder, "--on", DAY)

    assert done.exit_code == 0
    assert not folder.codes()
    assert (folder.root / PATH).read_text().startswith(TEXT + "approvals:\n  - by: P-1\n")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (ENTRY, "approvals:\n", "approvals must be a list"),
        ("    digest", "    diggest", "digest is missing"),
        (f'approved_on: "{DAY}"', "approved_on:", "approved_on must be text"),
        ("  - by: P-1\n    as: ", "  - as: ", "by is missing"),
        ("title: Seal control\n", "", "title is missing"),
        ("owner: P-2", "owner: [P-2", "never closed"),
    ],
)
def test_a_slip_in_the_document_is_to_be_mended_first(
    folder: Folder, old: str, new: str, says: str
) -> None:
    folder.put(PATH, (TEXT + ENTRY).replace(old, new))

    said = refusal(folder)

    assert said.startswith(f"mend it first: {PATH}:")
    assert says in said


@pytest.mark.parametrize(
    ("patch", "says"),
    [
        ({"from": EMPTY}, "from must be text"),
        ({"from": None}, "from is missing"),
        ({"functions": EMPTY}, "functions must be a list"),
        ({"id": None}, "id is missing"),
    ],
)
def test_a_slip_in_the_profile_is_to_be_mended_first(
    folder: Folder, patch: dict[str, object], says: str
) -> None:
    value = patched(example("security_profile"), {})
    value["people"][1] = patched(value["people"][1], patch)
    folder.put(PROFILE, dump(value).replace(EMPTY, ""))

    said = refusal(folder)

    assert said.startswith(f"mend it first: {PROFILE}:")
    assert says in said


def test_without_a_profile_nobody_may_approve(folder: Folder) -> None:
    (folder.root / PROFILE).unlink()

    assert "nobody knows who may approve" in refusal(folder)


def test_a_day_to_come_is_refused(folder: Folder) -> None:
    assert "it is dated 2999-01-01, after " in refusal(folder, "--on", "2999-01-01")


def test_a_text_with_a_todo_is_refused_at_its_line(folder: Folder) -> None:
    folder.put(PATH, TEXT.replace("Seals are kept", "TODO Seals are kept"))

    said = refusal(folder)

    assert said.startswith(f"mend it first: {PATH}:9:7: steps.0.text still holds a TODO")


def test_a_text_that_still_asks_is_refused_at_its_line(folder: Folder) -> None:
    folder.put(PATH, TEXT.replace("Seals are kept in the locked seal room.", "6.5 where they are?"))

    said = refusal(folder)

    assert said.startswith(f"mend it first: {PATH}:8:5: steps.0.text still holds a question")


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("x", False),
        ("See policy.", False),
        ("x" * 40, False),
        ("Lead counts\n      seals.", True),
        ("封条存放在上锁的房间里。", True),
    ],
)
def test_a_text_too_short_to_say_anything_is_refused(folder: Folder, text: str, fits: bool) -> None:
    folder.put(PATH, TEXT.replace("Seals are kept in the locked seal room.", text))

    if fits:
        assert approve(folder).exit_code == 0
    else:
        assert "text has the wrong form" in refusal(folder)


def test_what_the_hint_of_an_approval_in_the_future_says_helps(folder: Folder) -> None:
    folder.put(PATH, TEXT + ENTRY.replace(DAY, "2999-01-01"))
    (found,) = folder.findings()

    folder.put(PATH, TEXT)
    done = approve(folder, "--on", DAY)

    assert found.code == "approval-in-future"
    assert found.hint == "remove this entry, then have it approved anew: ctpat-policy approve"
    assert done.exit_code == 0
    assert not folder.codes()
