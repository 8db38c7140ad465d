"""States of git that were judged before: known again in their repository, and never mistaken."""

from __future__ import annotations

import shutil
import subprocess
import zlib
from pathlib import Path

import pytest

from ctpat_policy.cache import Cache
from ctpat_policy.cli.check import with_history
from ctpat_policy.errors import CtpatError, NotTrusted
from ctpat_policy.model import Report
from ctpat_policy.names import wrong_path
from ctpat_policy.reading import Reader
from ctpat_policy.trail import folders
from ctpat_policy.trail import moment as moments
from ctpat_policy.trail.raw import Entry, entries
from ctpat_policy.trail.repository import Repository, open_repository
from ctpat_policy.trail.revision import Revision
from tests.company import law
from tests.history_repositories import READER, Built, record, request, started
from tests.repositories import AUDIT, Trail, build, fresh

NOW = "2026-11-24"
REVIEW = "evidence/cctv_footage_review/2023-03-10-s-1.yaml"


@pytest.fixture
def built(tmp_path: Path) -> Built:
    """A profile, and a day later a review."""
    built = started(tmp_path / "r", {"settings": {"records_from": "2022-01-01"}}, "2023-01-10")
    built.write(REVIEW, record("cctv_footage_review", {"recorded_on": "2023-03-10"}))
    built.commit("2023-03-11", "a review")
    return built


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    """Keeps what it judged."""
    return Reader(Cache(tmp_path / "cache.sqlite"))


def judged(root: Path, reader: Reader, as_of: str, now: str = NOW) -> Report:
    return with_history(root, law(), reader, request(real_today=now), as_of=as_of)


def test_what_is_known_is_what_was_judged(built: Built, reader: Reader) -> None:
    for as_of in ("2023-01-10", "2023-03-10", "2023-03-11", "2024-02-29", "HEAD", "HEAD~1"):
        fresh_one = judged(built.root, READER, as_of)

        assert judged(built.root, reader, as_of) == fresh_one, as_of
        assert judged(built.root, reader, as_of) == fresh_one, as_of


def test_what_is_known_needs_no_object(
    built: Built, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = judged(built.root, reader, "2023-03-11")

    with monkeypatch.context() as patched:
        patched.setattr(Repository, "objects", None)
        patched.setattr(Repository, "tree", None)

        assert judged(built.root, reader, "2023-03-11") == before


def test_a_new_commit_moves_the_days_after_it(built: Built, reader: Reader) -> None:
    before = judged(built.root, reader, "2023-06-01")
    built.remove(REVIEW)
    built.commit("2023-05-02", "gone")

    after = judged(built.root, reader, "2023-06-01")

    assert after != before
    assert after == judged(built.root, READER, "2023-06-01")
    assert (
        judged(built.root, reader, "2023-05-01").rows
        == judged(built.root, READER, "2023-05-01").rows
    )


def test_a_state_is_known_by_the_day_of_the_request_and_the_true_one(
    built: Built, reader: Reader
) -> None:
    for as_of, now in [("2023-03-11", NOW), ("2023-03-12", NOW), ("2023-03-12", "2023-03-12")]:
        known = [judged(built.root, reader, as_of, now) for _ in range(2)]

        assert known == [judged(built.root, READER, as_of, now)] * 2


def test_a_clone_that_was_cut_off_is_refused_all_the_same(built: Built, reader: Reader) -> None:
    judged(built.root, reader, "2023-03-11")
    (built.root / ".git/shallow").write_text(f"{built.tips[-1]}\n")

    with pytest.raises(NotTrusted, match="shallow"):
        judged(built.root, reader, "2023-03-11")


def test_a_state_is_known_only_in_its_repository(built: Built, tmp_path: Path) -> None:
    shutil.copytree(built.root, tmp_path / "copy")
    shutil.copytree(built.root / "policies", built.root / "below" / "policies")
    built.commit("2023-04-01", "a second policy root")
    repository = open_repository(built.root)
    here = Revision(repository, built.tips[1])
    there = Revision(open_repository(tmp_path / "copy"), built.tips[1])
    below = Revision(open_repository(built.root / "below"), built.tips[1])
    later = Revision(repository, built.tips[2])

    found = [source.identity() for source in (here, there, below, later)]

    assert len(set(found)) == 4
    assert here.fingerprint() == there.fingerprint()
    assert Revision(open_repository(built.root), built.tips[1]).identity() == found[0]


def test_work_trees_of_one_repository_know_the_same(built: Built, tmp_path: Path) -> None:
    built.git("worktree", "add", "-q", str(tmp_path / "other"))

    here, there = open_repository(built.root), open_repository(tmp_path / "other")

    assert here.identity == there.identity


@pytest.mark.parametrize("what", ["HEAD", "HEAD^{tree}", "HEAD:evidence", "HEAD:policies"])
def test_a_state_that_is_not_what_its_id_says_is_not_judged(
    tmp_path: Path, what: str, reader: Reader
) -> None:
    trail = fresh(tmp_path / "trail")
    head = trail.git("rev-parse", "HEAD")
    _forge(trail, what)

    for each in (READER, reader, reader):
        with pytest.raises(CtpatError):
            judged(trail.root, each, "HEAD")
    with pytest.raises(NotTrusted):
        open_repository(trail.root).tree(head)


def test_a_commit_that_cannot_be_dated_is_refused_all_the_same(
    tmp_path: Path, reader: Reader
) -> None:
    trail = fresh(tmp_path / "trail")
    trail.raw_commit(committer=b"Nobody <nobody@test.example> 99999999999999 +0000")

    for _ in range(2):
        with pytest.raises(NotTrusted, match="cannot be dated"):
            judged(trail.root, reader, "2026-06-20")


def test_a_moment_is_kept_by_the_law(built: Built, reader: Reader) -> None:
    repository = open_repository(built.root)
    wanted = ("2023-03-11", NOW)
    found = moments.remembered(repository, *wanted, "one", reader.cache)

    assert found == moments.remembered(repository, *wanted, "two", reader.cache)
    assert found == moments.moment(repository, *wanted)


_NAMES = ["a.yaml", "con.yaml", "-x", "x.yml", "..", ".", ".git", "GIT~1", "a\\b", "é", "C:"]
_HOSTILE = ["evidence", "con", "..", ".", ".git", "a\\b", "C:", "a" * 300, "evidence/con"]


@pytest.mark.parametrize("folder", _HOSTILE)
def test_a_path_is_wrong_whichever_of_its_steps_is(built: Built, folder: str) -> None:
    paths = [f"{folder}/{name}" for name in _NAMES]
    blob = built.git("rev-parse", f"HEAD:{REVIEW}")
    source = Revision(open_repository(built.root), "HEAD")
    source.__dict__["entries"] = {path: Entry("100644", blob, path) for path in paths}

    found = {file.path: file.problem for file in source.files("")}

    for path in paths:
        problem = found.get(path) or found.get(folder) or found.get(folder.split("/")[0])
        if wrong_path(path):
            assert problem is not None, path
            assert problem.code in ("file-name", "file-repository"), path
        else:
            assert problem is None or problem.code == "file-suffix", path


@pytest.mark.parametrize("options", [(), ("--object-format=sha256",)])
def test_folders_are_read_as_git_reads_them(tmp_path: Path, options: tuple[str, ...]) -> None:
    trail = build(tmp_path / "trail", *options)
    blob, folder = trail.git("rev-parse", f"HEAD:{AUDIT}"), trail.git("rev-parse", "HEAD:evidence")
    items = [
        (b"100600", b"a", blob),
        (b"100775", b"b \xff", blob),
        (b"120777", b"c", blob),
        (b"160000", b"d", trail.tips[0]),
        (b"040000", b"evidence", folder),
        (b"40000", b"f\n", folder),
    ]
    content = b"".join(m + b" " + n + b"\0" + bytes.fromhex(oid) for m, n, oid in items)
    tree = trail.written("tree", content)
    head = trail.put(f"tree {tree}\n{_PEOPLE}\n\nodd\n".encode())

    command = ["git", "ls-tree", "-r", "-z", head]
    listed = subprocess.run(command, cwd=trail.root, capture_output=True, check=True).stdout
    repository = open_repository(trail.root)

    by_path = sorted(entries(listed, ""), key=lambda e: e.path)
    assert repository.tree(head) == by_path
    repository.need_sound_trees(head)


@pytest.mark.parametrize("content", [b"x", b"100644 a\0" + b"1" * 19, b" a\0" + b"1" * 20])
def test_what_is_no_folder_is_refused(tmp_path: Path, content: bytes) -> None:
    trail = fresh(tmp_path / "trail")
    tree = trail.written("tree", content)
    head = trail.put(f"tree {tree}\n{_PEOPLE}\n\nodd\n".encode())

    with pytest.raises(NotTrusted, match="it is no folder"):
        open_repository(trail.root).tree(head)


def test_folders_that_hold_each_other_many_times_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "MOST", 20_000)
    trail = fresh(tmp_path / "trail")
    oid = trail.git("rev-parse", f"HEAD:{AUDIT}")
    for mode in (b"100644", *[b"40000"] * 8):
        names = (b"%02d" % number for number in range(50))
        content = b"".join(mode + b" " + n + b"\0" + bytes.fromhex(oid) for n in names)
        oid = trail.written("tree", content)
    head = trail.put(f"tree {oid}\n{_PEOPLE}\n\nodd\n".encode())

    with pytest.raises(NotTrusted, match="more than 20,000 files"):
        open_repository(trail.root).tree(head)


def test_a_commit_without_a_folder_is_damaged_and_never_an_empty_one(tmp_path: Path) -> None:
    trail = fresh(tmp_path / "trail")
    head = trail.written("commit", f"{_PEOPLE}\n\nodd\n".encode())
    repository = open_repository(trail.root)

    for asked in (repository.tree, repository.need_sound_trees):
        with pytest.raises(NotTrusted, match="it names no folder"):
            asked(head)


_PEOPLE = "author A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000"


def _forge(trail: Trail, what: str) -> None:
    """Put something else under the id of an object."""
    oid = trail.git("rev-parse", what)
    kind = trail.git("cat-file", "-t", oid)
    # A folder that holds all of its commit holds itself: whoever believes it walks in circles.
    others = {"HEAD": "HEAD~1", "HEAD^{tree}": "HEAD:policies", "HEAD:policies": "HEAD^{tree}"}
    other = trail.git("rev-parse", others.get(what, "HEAD~2:evidence"))
    content = _loose(trail, other).read_bytes()
    assert other != oid
    assert zlib.decompress(content).startswith(kind.encode())
    _loose(trail, oid).chmod(0o644)
    _loose(trail, oid).write_bytes(content)


def _loose(trail: Trail, oid: str) -> Path:
    return trail.root / ".git/objects" / oid[:2] / oid[2:]
