"""A revision is read from git objects, under the same rules as a work tree."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ctpat_policy import walking
from ctpat_policy.codes import MAX_BYTES
from ctpat_policy.errors import NotTrusted
from ctpat_policy.model import Problem
from ctpat_policy.names import visible
from ctpat_policy.sources import SourceFile, WorkTree
from ctpat_policy.trail.repository import open_repository
from ctpat_policy.trail.revision import Revision
from tests.history_repositories import PROFILE
from tests.repositories import AUDIT, SCAN, SOP, Trail, fresh, judged


@pytest.fixture
def trail(tmp_path: Path) -> Trail:
    """A copy of the trail in order."""
    return fresh(tmp_path / "trail")


def revision(trail: Trail, name: str = "HEAD") -> Revision:
    repository = open_repository(trail.root)
    return Revision(repository, repository.resolve(name))


def by_path(source: Revision | WorkTree, under: str = "evidence") -> dict[str, SourceFile]:
    return {file.path: file for file in source.files(under)}


def problem(source: Revision, path: str) -> str:
    found = by_path(source)[visible(path)].problem
    return found.code if found else ""


def test_it_holds_the_same_files_as_a_clean_work_tree(trail: Trail) -> None:
    here, there = WorkTree(trail.root), revision(trail)

    for folder in ("policies", "evidence"):
        assert list(there.files(folder)) == list(here.files(folder))
    assert there.read(AUDIT) == here.read(AUDIT)
    assert there.attachment_digest(SCAN) == here.attachment_digest(SCAN)


def test_what_lies_beside_the_folders_is_found_alike_and_nothing_of_others(trail: Trail) -> None:
    for path in (
        "a.yaml",
        "b.txt",
        "Evidence/x/c.yml",
        "policy/d.yaml",
        "policy/e.txt",
        "f/g.yaml",
    ):
        trail.write(path, f"schema: seal_audit/1  # {path}\n")
    before = revision(trail).fingerprint()
    trail.commit("2026-06-18", "beside")

    here, there = WorkTree(trail.root), revision(trail)

    assert list(there.astray()) == list(here.astray())
    assert [file.path for file in here.astray()] == ["Evidence/x/c.yml", "a.yaml", "policy/d.yaml"]
    assert there.fingerprint() != before


def test_what_is_not_committed_is_not_there(trail: Trail) -> None:
    before = revision(trail).read(AUDIT)
    trail.edit(AUDIT, difference=7)
    trail.write("evidence/seal_audit/new.yaml", "schema: seal_audit/1\n")

    assert revision(trail).read(AUDIT) == before
    assert revision(trail).read("evidence/seal_audit/new.yaml") is None


def test_an_older_revision_is_what_was(trail: Trail) -> None:
    assert revision(trail, "HEAD~6").read(SOP) is None
    assert revision(trail, "HEAD~6").read(PROFILE) is not None
    assert b"approvals" not in (revision(trail, "HEAD~5").read(SOP) or b"")


def test_attributes_and_filters_do_not_change_its_bytes(trail: Trail) -> None:
    trail.write(".gitattributes", "*.txt ident eol=crlf\n*.yaml text eol=crlf\n")
    trail.write(SCAN, "$Id$\n")
    trail.commit("2026-06-20")
    trail.remove(SCAN)
    trail.git("checkout", "--", SCAN)

    assert (trail.root / SCAN).read_bytes() != b"$Id$\n"
    digest = hashlib.sha256(b"$Id$\n").hexdigest()
    assert revision(trail).attachment_digest(SCAN) == (digest, 5)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("", "attachment-path"),
        ("/etc/passwd", "attachment-path"),
        ("evidence/../secret.txt", "attachment-path"),
        ("evidence\\x", "attachment-path"),
        (".git/config", "attachment-path"),
        ("C:/x", "attachment-path"),
        ("evidence/none.txt", "attachment-missing"),
        ("evidence/seal_audit", "file-type"),
        (AUDIT, "attachment-document"),
    ],
)
def test_what_cannot_be_an_attachment_is_said(trail: Trail, path: str, code: str) -> None:
    found = revision(trail).attachment_problem(path)

    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "attachment-empty"),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "attachment-lfs-pointer"),
    ],
)
def test_attachments_that_hold_nothing_are_said(trail: Trail, content: str, code: str) -> None:
    trail.write(SCAN, content)
    trail.commit("2026-06-20")
    found = revision(trail).attachment_digest(SCAN)

    assert isinstance(found, Problem)
    assert found.code == code


def test_links_and_repositories_are_not_followed(trail: Trail) -> None:
    os.symlink("/etc/passwd", trail.root / "evidence/link.yaml")
    trail.git("add", "-A")
    head = trail.git("rev-parse", "HEAD")
    trail.git("update-index", "--add", "--cacheinfo", f"160000,{head},evidence/module")
    trail.git("commit", "-q", "-m", "odd")
    found = revision(trail)

    assert problem(found, "evidence/link.yaml") == "file-link"
    assert problem(found, "evidence/module") == "file-repository"
    assert found.read("evidence/link.yaml") is None
    assert isinstance(found.attachment_digest("evidence/link.yaml"), Problem)


def test_names_that_some_systems_confuse_are_problems(trail: Trail) -> None:
    for name in ("A.yaml", "new\nline.yaml", "con.yaml", "x.yml", "tr\u202eap.yaml"):
        trail.write(f"evidence/seal_audit/{name}", "schema: seal_audit/1\n")
    trail.commit("2026-06-20")
    found = revision(trail)
    folder = "evidence/seal_audit"

    assert problem(found, f"{folder}/A.yaml") == problem(found, f"{folder}/a.yaml")
    assert problem(found, f"{folder}/a.yaml") == "file-name-taken"
    assert problem(found, f"{folder}/x.yml") == "file-suffix"
    for name in ("new\nline.yaml", "con.yaml", "tr\u202eap.yaml"):
        assert problem(found, f"{folder}/{name}") == "file-name"


def _folder_like_a_document(root: Path) -> None:
    (root / "evidence/2026.yaml").mkdir()
    (root / "evidence/2026.yaml/a.yaml").write_text("schema: seal_audit/1\n")


def _repository_inside(root: Path) -> None:
    for name in ("HEAD", "objects/a", "refs/a", "a.yaml"):
        (root / "evidence/seal_audit" / name).parent.mkdir(exist_ok=True)
        (root / "evidence/seal_audit" / name).write_text("x\n")


def _link(root: Path) -> None:
    (root / "evidence").rename(root / "elsewhere")
    (root / "evidence").symlink_to("elsewhere")


def _file(root: Path) -> None:
    (root / "evidence").rename(root / "elsewhere")
    (root / "evidence").write_text("x\n")


def _deep(root: Path) -> None:
    folder = root / "evidence" / "/".join(["d"] * 63)
    (folder / "e").mkdir(parents=True)
    for path in (folder / "a.yaml", folder / "e/a.yaml"):
        path.write_text("schema: seal_audit/1\n")


def _wrong_names(root: Path) -> None:
    for name in ("con/a.yaml", "A/a.yaml", "a/a.yaml", "x\udcff.yaml", "l\n/a.yml", "B.YAML"):
        (root / "evidence" / name).parent.mkdir(exist_ok=True)
        (root / "evidence" / name).write_text("schema: seal_audit/1\n")


@pytest.mark.parametrize(
    "change", [_folder_like_a_document, _repository_inside, _link, _file, _deep, _wrong_names]
)
def test_what_a_checkout_cannot_hold_is_said_alike(
    trail: Trail, change: Callable[[Path], None]
) -> None:
    before = by_path(revision(trail))
    change(trail.root)
    trail.commit("2026-06-20")
    here, there = WorkTree(trail.root), revision(trail)

    for under in ("policies", "evidence", "evidence/seal_audit", "evidence/d/d", "nowhere"):
        assert list(there.files(under)) == list(here.files(under))
    found = by_path(there)
    assert found != before
    for path in {*found, *there.entries, "evidence/seal_audit", SCAN}:
        assert there.attachment_digest(path) == here.attachment_digest(path), path
        assert there.read(path) == here.read(path), path


def test_more_files_than_are_walked_are_said_alike(
    trail: Trail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "MAX_FILES", 3)

    for source in (revision(trail), WorkTree(trail.root)):
        found = by_path(source)["evidence"].problem
        assert found is not None
        assert found.code == "file-count"


def test_a_folder_with_two_entries_of_a_name_is_damaged(trail: Trail) -> None:
    blob, folder = trail.git("rev-parse", f"HEAD:{AUDIT}"), trail.git("rev-parse", "HEAD:evidence")
    items = ((b"100644 evidence", blob), (b"40000 evidence", folder))
    tree = trail.written("tree", b"".join(i + b"\0" + bytes.fromhex(oid) for i, oid in items))
    people = "author A <a@b.example> 1 +0000\ncommitter A <a@b.example> 1 +0000"
    trail.put(f"tree {tree}\n{people}\n\ntwo\n".encode())

    with pytest.raises(NotTrusted, match="no folder"):
        list(revision(trail).files("evidence"))


def test_a_name_with_a_line_end_does_not_shift_what_is_read_next(trail: Trail) -> None:
    trail.write("evidence/seal_audit/a\nb.yaml", "forged: true\n")
    trail.commit("2026-06-20")
    found = revision(trail)

    assert found.read("evidence/seal_audit/a\nb.yaml") is None
    assert found.read(AUDIT) == (trail.root / AUDIT).read_bytes()


def test_a_document_may_not_be_huge(trail: Trail) -> None:
    trail.write("evidence/seal_audit/big.yaml", "#" * (MAX_BYTES + 1))
    trail.commit("2026-06-20")
    found = revision(trail)

    assert problem(found, "evidence/seal_audit/big.yaml") == "file-too-large"
    assert found.read("evidence/seal_audit/big.yaml") is None
    judged(trail.root)


def test_in_a_sha256_repository_all_is_the_same(tmp_path: Path) -> None:
    from tests.repositories import build

    one, other = build(tmp_path / "one"), build(tmp_path / "other", "--object-format=sha256")

    assert list(revision(one).files("")) == list(revision(other).files(""))
