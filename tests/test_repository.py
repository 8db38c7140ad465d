"""Git is asked so that a hostile repository neither runs code nor shows another history."""

from __future__ import annotations

import hashlib
import os
import shutil
import struct
import subprocess
import tracemalloc
import zlib
from importlib.metadata import version
from pathlib import Path

import pytest

from ctpat_policy.codes import MAX_ATTACHMENT, MAX_BYTES
from ctpat_policy.errors import CtpatError, EnvironmentProblem, NotTrusted, UsageError
from ctpat_policy.sources import WorkTree
from ctpat_policy.trail import checkpoint, environment
from ctpat_policy.trail.moment import moment
from ctpat_policy.trail.repository import open_repository
from ctpat_policy.trail.revision import Revision
from tests.history_repositories import record, run
from tests.orderly_trails import ORDERLY
from tests.repositories import AUDIT, SCAN, TODAY, Trail, audit, codes, fresh, judged, who


@pytest.fixture
def trail(tmp_path: Path) -> Trail:
    """A copy of the trail in order."""
    return fresh(tmp_path / "trail")


def everything(root: Path) -> list[object]:
    """All that the product asks of git, in one list that can be compared."""
    repository = open_repository(root)
    head = repository.head()
    line = repository.first_parents(head)
    seen: list[object] = [head, line, list(repository.changes(head))]
    seen += [list(repository.all_changes(head)), repository.merged(head)]
    seen += [repository.tree(head), repository.blob(head, AUDIT)]
    seen += [moment(repository, "2026-06-01", TODAY)]
    seen += [Revision(repository, head).attachment_digest(SCAN), checkpoint.make(repository, TODAY)]
    seen += [repository.merge_base(line[0], line[2]), repository.resolve("HEAD~2")]
    return seen


def test_gitpython_has_no_known_way_to_show_other_content() -> None:
    assert tuple(int(n) for n in version("gitpython").split(".")[:3]) >= (3, 2, 1)


def test_a_hostile_configuration_runs_nothing(trail: Trail, tmp_path: Path) -> None:
    before = everything(trail.root)
    canary = tmp_path / "canary"
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\necho ran >> {canary}\ncat\n")
    script.chmod(0o755)
    settings = {
        "core.fsmonitor": script,
        "core.hooksPath": tmp_path / "hooks",
        "core.pager": script,
        "core.sshCommand": script,
        "core.alternateRefsCommand": script,
        "core.askPass": script,
        "core.editor": script,
        "core.worktree": tmp_path / "elsewhere",
        "credential.helper": f"!{script}",
        "diff.external": script,
        "diff.evil.command": script,
        "diff.evil.textconv": script,
        "filter.evil.clean": script,
        "filter.evil.smudge": script,
        "filter.evil.process": script,
        "merge.evil.driver": script,
        "gpg.program": script,
        "gpg.ssh.program": script,
        "gpg.ssh.allowedSignersFile": tmp_path / "signers",
        "alias.log": f"!{script}",
        "alias.cat-file": f"!{script}",
        "pager.log": script,
        "remote.origin.url": f"ext::{script}",
        "remote.origin.promisor": "true",
        "extensions.partialClone": "origin",
        "log.showSignature": "true",
        "log.follow": "true",
        "log.showRoot": "false",
        "log.diffMerges": "off",
        "diff.orderFile": "/dev/zero",
        "diff.renames": "copies",
        "diff.noprefix": "true",
        "diff.relative": "true",
        "color.ui": "always",
        "core.abbrev": "4",
    }
    for name in ("post-index-change", "post-checkout", "pre-commit", "reference-transaction"):
        (tmp_path / "hooks").mkdir(exist_ok=True)
        shutil.copy(script, tmp_path / "hooks" / name)
        (trail.root / ".git/hooks").mkdir(exist_ok=True)
        shutil.copy(script, trail.root / ".git/hooks" / name)
    (trail.root / ".git/info").mkdir(exist_ok=True)
    (trail.root / ".git/info/attributes").write_text("* diff=evil filter=evil merge=evil\n")
    for name, value in settings.items():
        trail.git("config", "--add", name, str(value))

    assert everything(trail.root) == before
    assert codes(judged(trail.root)) == {"attributes"}
    done = run("check", ".", "--as-of", "2026-06-20", "--since", "HEAD~1", cwd=trail.root)
    assert done.returncode in (0, 1, 3), done.stderr
    assert not canary.exists()


def test_the_callers_variables_are_not_heard(
    trail: Trail, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(trail.root)
    other = fresh(tmp_path / "other")
    other.commit("2026-06-20")
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    monkeypatch.setenv("GIT_TRACE", str(tmp_path / "trace"))
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "'core.fsmonitor=touch /tmp/never'")
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "false")

    assert everything(trail.root) == before
    assert not (tmp_path / "trace").exists()


def test_an_embedded_repository_runs_nothing(trail: Trail, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    folder = trail.root / "evidence/2024"
    subprocess.run(["git", "init", "-q", "--bare", folder], check=True)
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\necho ran >> {canary}\n")
    script.chmod(0o755)
    with (folder / "config").open("a") as config:
        config.write(f"[core]\n\tfsmonitor = {script}\n\tbare = false\n\tworktree = .\n")
    for name in ("objects", "refs"):
        (folder / name / ".keep").write_text("")
    trail.commit("2026-06-20", "embedded", by=who("P-5"))

    judged(trail.root)
    for command in (("check", "."), ("verify", ".")):
        done = run(*command, "--today", TODAY, cwd=folder.parent.parent)
        assert done.returncode in (0, 1, 3), done.stderr
    assert not canary.exists()


def test_a_submodule_has_a_trail_of_its_own(trail: Trail, tmp_path: Path) -> None:
    outer = Trail(tmp_path / "outer")
    outer.root.mkdir()
    outer.git("init", "-q", "-b", "main")
    outer.git(
        "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(trail.root), "ctpat"
    )
    outer.commit("2026-06-20", "submodule")

    inner = open_repository(outer.root / "ctpat")

    assert inner.head() == trail.git("rev-parse", "HEAD")
    assert inner.prefix == ""
    assert codes(judged(outer.root / "ctpat")) == set()


def test_replace_refs_and_grafts_change_nothing(trail: Trail) -> None:
    before = everything(trail.root)
    trail.git("replace", "--graft", "HEAD~1")
    trail.write(".git/info/grafts", trail.git("rev-parse", "HEAD") + "\n")

    assert everything(trail.root) == before


def test_a_forged_commit_graph_changes_nothing(trail: Trail) -> None:
    before = everything(trail.root)
    trail.git("commit-graph", "write", "--reachable")
    path = trail.root / ".git/objects/info/commit-graph"
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    chunks = {
        bytes(data[o : o + 4]): struct.unpack(">Q", data[o + 4 : o + 12])[0]
        for o in range(8, 8 + 12 * data[6], 12)
    }
    ids, facts = chunks[b"OIDL"], chunks[b"CDAT"]
    head = bytes.fromhex(trail.git("rev-parse", "HEAD"))
    index = (data.index(head, ids) - ids) // 20
    at = facts + 36 * index + 20
    data[at : at + 8] = struct.pack(">II", 0x70000000, 0x70000000)
    path.write_bytes(data)

    assert trail.git("rev-list", "--count", "HEAD") == "1"
    assert everything(trail.root) == before


@pytest.mark.parametrize("what", [f"HEAD:{AUDIT}", "HEAD~1", "HEAD:evidence"])
def test_an_object_that_holds_something_else_is_not_believed(trail: Trail, what: str) -> None:
    oid = trail.git("rev-parse", what)
    kind = trail.git("cat-file", "-t", oid)
    path = trail.root / ".git/objects" / oid[:2] / oid[2:]
    content = zlib.decompress(path.read_bytes()).partition(b"\0")[2]
    forged = content.replace(b"P-5", b"P-6").replace(b"action", b"notion")
    assert forged != content or kind == "tree"
    forged = forged if forged != content else content.replace(b"seal_audit", b"seal_audio")
    path.chmod(0o644)
    path.write_bytes(zlib.compress(f"{kind} {len(forged)}\0".encode() + forged))

    with pytest.raises(NotTrusted):
        judged(trail.root)


def test_a_missing_parent_is_a_broken_history_and_no_short_one(trail: Trail) -> None:
    oid = trail.git("rev-parse", "HEAD~2")
    (trail.root / ".git/objects" / oid[:2] / oid[2:]).unlink()

    with pytest.raises(NotTrusted, match="git cannot read this repository"):
        judged(trail.root)
    with pytest.raises(NotTrusted):
        moment(open_repository(trail.root), "2026-06-01", TODAY)


def test_a_shallow_clone_never_yields_a_date(trail: Trail, tmp_path: Path) -> None:
    trail.git("clone", "-q", "--depth", "1", f"file://{trail.root}", str(tmp_path / "shallow"))
    repository = open_repository(tmp_path / "shallow")

    assert repository.shallow
    for ask in (
        lambda: moment(repository, "2026-06-20", TODAY),
        lambda: moment(repository, "HEAD", TODAY),
        lambda: judged(tmp_path / "shallow"),
        lambda: checkpoint.make(repository, TODAY),
    ):
        with pytest.raises(NotTrusted, match="shallow"):
            ask()


def test_a_partial_clone_says_how_it_becomes_whole(trail: Trail, tmp_path: Path) -> None:
    trail.git("config", "uploadpack.allowFilter", "true")
    clone = Trail(tmp_path / "partial")
    source = f"file://{trail.root}"
    trail.git("clone", "-q", "--filter=blob:none", "--no-checkout", source, str(clone.root))

    with pytest.raises(NotTrusted, match="--refetch --no-filter"):
        judged(clone.root)
    clone.git("fetch", "-q", "--refetch", "--no-filter")
    clone.git("checkout", "-q")
    assert codes(judged(clone.root)) == set()


def test_a_forged_shallow_file_makes_a_clone_shallow(trail: Trail) -> None:
    (trail.root / ".git/shallow").write_text(trail.git("rev-parse", "HEAD") + "\n")

    with pytest.raises(NotTrusted, match="shallow"):
        judged(trail.root)


# -- names


def test_a_name_of_a_branch_and_a_tag_is_refused(trail: Trail) -> None:
    trail.git("tag", "main", "HEAD~2")
    trail.git("config", "core.warnAmbiguousRefs", "false")
    repository = open_repository(trail.root)

    for name in ("main", "main~1", "main^0", "main^{commit}", "main^{}", "main^{}~1"):
        with pytest.raises(UsageError, match="ambiguous: refs/tags/main, refs/heads/main"):
            repository.resolve(name)
    assert repository.resolve("refs/heads/main") == trail.git("rev-parse", "HEAD")
    assert repository.resolve("heads/main~1") == trail.git("rev-parse", "HEAD~1")


@pytest.mark.parametrize("ref", ["refs/main", "refs/remotes/main", "refs/remotes/main/HEAD"])
def test_whatever_git_finds_beside_a_branch_makes_its_name_ambiguous(
    trail: Trail, ref: str
) -> None:
    trail.git("update-ref", ref, "HEAD~2")

    with pytest.raises(UsageError, match="ambiguous"):
        open_repository(trail.root).resolve("main")
    assert codes(judged(trail.root)) == {"ref-ambiguous"}


def test_a_file_in_gits_own_folder_that_is_called_like_a_branch_is_refused(trail: Trail) -> None:
    trail.write(".git/main", trail.git("rev-parse", "HEAD~2") + "\n")

    with pytest.raises(UsageError, match="main in git's own folder, refs/heads/main"):
        open_repository(trail.root).resolve("main")


def test_a_tag_called_head_is_refused(trail: Trail) -> None:
    trail.git("update-ref", "refs/tags/HEAD", "HEAD~2")
    repository = open_repository(trail.root)

    with pytest.raises(UsageError, match="ambiguous: HEAD, refs/tags/HEAD"):
        repository.resolve("HEAD")
    assert repository.head() == trail.git("rev-parse", "main")
    assert codes(judged(trail.root)) == {"ref-ambiguous"}


@pytest.mark.parametrize("digits", [4, 7, 12, 39])
@pytest.mark.parametrize("kind", ["branch", "tag"])
def test_a_ref_called_like_a_short_id_is_refused(trail: Trail, kind: str, digits: int) -> None:
    oid = trail.git("rev-parse", "HEAD~2")
    assert open_repository(trail.root).resolve(oid[:digits]) == oid
    trail.git(kind, oid[:digits], "HEAD")
    repository = open_repository(trail.root)

    with pytest.raises(UsageError, match=f"ambiguous: refs/.*, {oid}"):
        repository.resolve(oid[:digits])
    assert repository.resolve(oid) == oid
    assert codes(judged(trail.root)) == {"ref-ambiguous"}


def test_a_ref_called_like_a_whole_id_changes_nothing(trail: Trail) -> None:
    oid = trail.git("rev-parse", "HEAD~2")
    trail.git("update-ref", f"refs/heads/{oid}", "HEAD")
    trail.git("update-ref", f"refs/tags/{oid}", "HEAD")

    assert open_repository(trail.root).resolve(f"{oid}~1") == trail.git("rev-parse", "HEAD~3")


def test_what_git_does_not_call_ambiguous_is_not_refused(trail: Trail) -> None:
    head = trail.git("rev-parse", "HEAD")
    trail.git("tag", "main/2026-06", "HEAD~2")
    trail.git("tag", trail.git("rev-parse", f"HEAD:{AUDIT}")[:4], "HEAD")
    for name in ("main", "topic"):
        trail.git("update-ref", f"refs/remotes/origin/{name}", "HEAD~1")
    trail.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    repository = open_repository(trail.root)

    assert repository.resolve("main") == head
    assert repository.resolve("origin") == trail.git("rev-parse", "HEAD~1")
    assert repository.resolve(trail.git("tag").split()[0]) == head
    assert codes(judged(trail.root)) == set()


@pytest.mark.parametrize(
    "name",
    ["--output=stolen", "-x", "", "no-such", "HEAD:evidence", "main\n--all", "@{-1}", "0" * 40],
)
def test_what_names_no_commit_is_refused(trail: Trail, name: str) -> None:
    with pytest.raises(CtpatError):
        open_repository(trail.root).resolve(name)
    assert not (trail.root / "stolen").exists()


def test_an_option_as_a_branch_name_is_only_a_name(trail: Trail) -> None:
    trail.git("update-ref", "refs/heads/--output=stolen", "HEAD~1")

    assert codes(judged(trail.root)) == set()
    done = run("check", ".", "--since=--output=stolen", "--today", TODAY, cwd=trail.root)
    assert done.returncode != 4
    assert not (trail.root / "stolen").exists()


def test_ancestors_are_told_apart_from_strangers(trail: Trail) -> None:
    repository = open_repository(trail.root)
    old, head = trail.git("rev-parse", "HEAD~2"), repository.head()

    assert repository.is_ancestor(old, head) is True
    assert repository.is_ancestor(head, old) is False
    assert repository.is_ancestor("1" * 40, head) is None


def test_histories_without_a_common_start_have_no_base(trail: Trail) -> None:
    one = trail.git("commit-tree", "-m", "root", trail.git("rev-parse", "HEAD^{tree}"))
    repository = open_repository(trail.root)

    with pytest.raises(UsageError, match="no common history"):
        repository.merge_base(one, repository.head())


# -- what and where


@pytest.mark.parametrize("name", ["co\x85mp", "co\u2028mp", "co\udcffmp"])
def test_the_folder_around_a_repository_may_be_called_anything(tmp_path: Path, name: str) -> None:
    trail = fresh(tmp_path / name / "trail")

    assert codes(judged(trail.root)) == set()
    assert open_repository(trail.root).git_dir == trail.root / ".git"


def test_a_folder_of_a_repository_sees_paths_from_itself(trail: Trail) -> None:
    part = open_repository(trail.root / "evidence")
    head = part.head()

    assert part.prefix == "evidence/"
    assert [e.path for e in part.tree(head)][:1] == ["corrective_action/CA-1.yaml"]
    assert part.blob(head, "seal_audit/scan.txt") == b"the paper\n"
    assert part.blob(head, AUDIT, from_top=True) is not None
    assert all(not c.path.startswith("evidence/") for _, found in part.changes(head) for c in found)


def test_work_trees_share_what_is_common(trail: Trail) -> None:
    other = ORDERLY["a second work tree"](trail)
    assert other is not None
    trail.write(".git/info/grafts", trail.git("rev-parse", "HEAD") + "\n")

    assert open_repository(other).common_dir.resolve() == (trail.root / ".git").resolve()
    assert codes(judged(other)) == {"trail-grafted"}


def test_a_bare_repository_has_no_work_tree(trail: Trail) -> None:
    bare = ORDERLY["a bare clone"](trail)
    assert bare is not None

    assert open_repository(bare).bare
    assert not open_repository(trail.root).bare


def test_a_repository_that_a_checkout_holds_answers_for_nothing(trail: Trail) -> None:
    """A change could bring one in, to be asked instead of the history that it belongs to."""
    inside = trail.root / "policies"
    for name in ("HEAD", "objects", "refs", "packed-refs"):
        found = trail.root / ".git" / name
        if found.is_dir():
            shutil.copytree(found, inside / name)
        elif found.exists():
            shutil.copy(found, inside / name)

    with pytest.raises(NotTrusted, match="which history is meant"):
        open_repository(inside)


def test_the_kinds_of_changes_are_told(trail: Trail) -> None:
    trail.edit(AUDIT, difference=1)
    trail.remove("evidence/seal_audit/b.yaml")
    trail.write("evidence/seal_audit/c.yaml", record("seal_audit", audit("2026-06-20")))
    trail.commit("2026-06-20")
    repository = open_repository(trail.root)
    _, found = next(iter(repository.changes(repository.head())))

    assert {c.path.rpartition("/")[2]: c.kind for c in found} == {
        "a.yaml": "modified",
        "b.yaml": "deleted",
        "c.yaml": "added",
    }


def test_folders_and_links_are_no_blobs(trail: Trail) -> None:
    os.symlink("scan.txt", trail.root / "evidence/seal_audit/link.txt")
    trail.commit("2026-06-20")
    repository = open_repository(trail.root)
    head = repository.head()

    assert repository.blob(head, "evidence/seal_audit/link.txt") is None
    assert repository.blob(head, "evidence") is None
    assert repository.blob(head, "evidence/none.yaml") is None


def test_an_object_that_nobody_knows_is_missing(trail: Trail) -> None:
    repository = open_repository(trail.root)

    with pytest.raises(NotTrusted, match="missing from this clone"):
        list(repository.objects([repository.head(), "1" * 40]))


def test_reading_may_stop_early(trail: Trail) -> None:
    repository = open_repository(trail.root)
    blobs = [e.blob for e in repository.tree(repository.head())] * 2000
    reader = repository.objects(blobs)

    first = next(reader)
    reader.close()  # type: ignore[attr-defined]

    assert first[0] == blobs[0]
    assert [e.blob for e in repository.tree(repository.head())] == blobs[: len(blobs) // 2000]


def bomb(trail: Trail, path: str, size: int) -> str:
    """The id of a file that is small only as long as it is packed."""
    (trail.root / path).touch()
    os.truncate(trail.root / path, size)
    trail.commit("2026-06-20", "a bomb", by=who("P-5"))
    return trail.git("rev-parse", f"HEAD:{path}")


def test_what_unpacks_to_too_much_is_not_read(trail: Trail) -> None:
    large = bomb(trail, "evidence/seal_audit/zero.csv", MAX_ATTACHMENT + 1)
    repository = open_repository(trail.root)
    small = [e.blob for e in repository.tree(repository.head()) if e.blob != large]
    wanted = [small[0], large, *small[1:], large]

    tracemalloc.start()
    found = list(repository.contents(wanted, MAX_BYTES))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert [each.id for each in found] == wanted
    assert [each.id for each in found if each.content is None] == [large, large]
    assert found[1].size == MAX_ATTACHMENT + 1
    assert peak < MAX_ATTACHMENT // 4
    with pytest.raises(NotTrusted, match="too large to be read"):
        list(repository.objects([large]))


def test_a_checkpoint_takes_no_more_memory_than_a_piece_of_a_file(trail: Trail) -> None:
    large = bomb(trail, "policies/zero.csv", MAX_ATTACHMENT + 1)
    repository = open_repository(trail.root)

    tracemalloc.start()
    made = checkpoint.make(repository, TODAY)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < MAX_ATTACHMENT // 4
    assert codes(judged(trail.root)) == set()
    assert codes(trail.judged(kept=checkpoint.read(checkpoint.render(made).encode()))) == set()
    zeros = hashlib.sha256(bytes(MAX_ATTACHMENT + 1)).hexdigest()
    assert dict(repository.digests([repository.head(), large]))[large] == zeros


def test_an_attachment_that_is_too_large_is_told_as_in_a_work_tree(trail: Trail) -> None:
    bomb(trail, SCAN, MAX_ATTACHMENT + 1)
    repository = open_repository(trail.root)
    source = Revision(repository, repository.head())

    assert source.attachment_digest(SCAN) == WorkTree(trail.root).attachment_digest(SCAN)
    assert "file-too-large" in codes(judged(trail.root))


def test_a_document_that_is_too_large_is_told_as_in_a_work_tree(trail: Trail) -> None:
    bomb(trail, AUDIT, MAX_BYTES + 1)
    repository = open_repository(trail.root)
    source = Revision(repository, repository.head())

    assert list(source.files("evidence")) == list(WorkTree(trail.root).files("evidence"))
    assert source.read(AUDIT) is None


def test_a_tag_on_something_huge_and_huge_attributes_are_not_read(trail: Trail) -> None:
    trail.git("tag", "huge", bomb(trail, "zero.csv", MAX_ATTACHMENT + 1))
    assert codes(judged(trail.root)) == set()
    bomb(trail, ".gitattributes", MAX_BYTES + 1)

    with pytest.raises(NotTrusted, match="too large to be read"):
        judged(trail.root)


def test_without_git_the_environment_is_blamed(
    trail: Trail, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(EnvironmentProblem, match="git"):
        open_repository(trail.root)


def test_a_repository_that_git_refuses_is_a_fault_of_the_environment(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: /nowhere\n")

    with pytest.raises(EnvironmentProblem, match="git will not open"):
        open_repository(tmp_path)


def configured(monkeypatch: pytest.MonkeyPatch, file: Path, *folders: str) -> None:
    """Folders that the user calls safe, in the file that holds the user's configuration."""
    file.write_text("".join(f'[safe]\n\tdirectory = "{folder}"\n' for folder in folders))
    monkeypatch.setenv("HOME", str(file.parent))


@pytest.fixture
def foreign(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> Trail:
    """A trail of another owner."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setitem(environment._ENVIRONMENT, "GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    return trail


def test_a_foreign_repository_is_refused_with_the_command_that_helps(
    foreign: Trail, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(monkeypatch, tmp_path / ".gitconfig", "/somewhere/else")
    foreign.git("config", "safe.directory", "*")
    monkeypatch.chdir(foreign.root)

    with pytest.raises(EnvironmentProblem, match="belongs to another user") as error:
        open_repository(foreign.root)
    assert "git config --global --add safe.directory" in str(error.value)
    assert str(foreign.root) not in str(error.value)


def test_what_the_user_calls_safe_is_opened(
    foreign: Trail, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    for folder in ("*", str(foreign.root)):
        configured(monkeypatch, home / ".gitconfig", folder)
        open_repository(foreign.root)
    (home / ".gitconfig").rename(home / "more")
    (home / ".gitconfig").write_text("[include]\n\tpath = more\n")
    open_repository(foreign.root)
    (home / ".gitconfig").unlink()
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", str(home / "more"))
    open_repository(foreign.root)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "'safe.directory=*'")
    open_repository(foreign.root)


def test_what_the_user_takes_back_is_not_safe(
    foreign: Trail, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(monkeypatch, tmp_path / ".gitconfig", "*", "")

    with pytest.raises(EnvironmentProblem, match="belongs to another user"):
        open_repository(foreign.root)


def test_nothing_is_written(trail: Trail) -> None:
    def state() -> dict[str, bytes]:
        files = (p for p in trail.root.rglob("*") if p.is_file())
        return {str(p): p.read_bytes() for p in files}

    before = state()
    everything(trail.root)
    judged(trail.root)

    assert state() == before
