"""All access to git: plumbing by object id, in an environment that runs nobody's code.

Nothing here clones, fetches, checks out or writes. Every call replaces the caller's `GIT_*` and
switches off hooks, filters, file-system monitors, replace refs, grafts and lazy fetches.
"""

from __future__ import annotations

import os
import re
import subprocess
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ctpat_policy.errors import EnvironmentProblem, NotTrusted, UsageError

if TYPE_CHECKING:
    from git.cmd import Git

#: Seconds after which a git call is given up.
_PATIENCE = 120
_CONFIG = (
    ("core.fsmonitor", "false"),
    ("core.hooksPath", os.devnull),
    ("core.attributesFile", os.devnull),
    ("core.excludesFile", os.devnull),
    ("core.pager", "cat"),
    ("core.sshCommand", "false"),
    ("core.quotePath", "true"),
    ("credential.helper", ""),
    ("diff.external", ""),
    ("gpg.program", "gpg"),
    ("gpg.ssh.program", "ssh-keygen"),
    ("i18n.logOutputEncoding", "UTF-8"),
    ("log.mailmap", "false"),
    ("log.showSignature", "false"),
    ("protocol.allow", "never"),
    ("safe.bareRepository", "explicit"),
    ("submodule.recurse", "false"),
)
_ENVIRONMENT = {
    "GIT_ASKPASS": "true",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
}
_HEX = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", re.ASCII)
_SUFFIX = re.compile(r"(?:[~^][0-9]*)+$", re.ASCII)
_NAMESPACES = ("refs/heads/", "refs/tags/", "refs/remotes/")


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a tree: git's mode, its blob id, its path from the policy root."""

    mode: str
    blob: str
    path: str


@dataclass(frozen=True, slots=True)
class Change:
    """One path that a commit changed against its first parent; absent sides have empty ids."""

    path: str
    old: str
    new: str
    mode: str

    @property
    def kind(self) -> str:
        """added, deleted or modified."""
        return "added" if not self.old else "modified" if self.new else "deleted"


class Repository:
    """One git repository, seen from the policy root inside it (`prefix`, ending in a slash)."""

    def __init__(
        self, git: Git, git_dir: Path, prefix: str, environment: Mapping[str, str]
    ) -> None:
        self._git, self.git_dir, self.prefix = git, git_dir, prefix
        self._environment = dict(environment)

    # -- what and where

    @cached_property
    def shallow(self) -> bool:
        """Whether history is cut off; such a clone dates nothing."""
        return self._text("rev-parse", "--is-shallow-repository") == "true"

    def need_full_history(self) -> None:
        """Raise NotTrusted in a shallow clone."""
        if self.shallow:
            raise NotTrusted(
                "this clone is shallow, so its history cannot be trusted; "
                "fetch all of it (actions/checkout: fetch-depth: 0, git fetch --unshallow)"
            )

    def resolve(self, name: str) -> str:
        """The full id of the commit that a name means. Raises UsageError, also when a branch and
        a tag share the name: git would pick the tag.
        """
        bare = _SUFFIX.sub("", name)
        if not _HEX.fullmatch(bare) and not bare.startswith("refs/"):
            found = self._text(
                "for-each-ref", "--format=%(refname)", *(n + bare for n in _NAMESPACES)
            )
            if len(found.splitlines()) > 1:
                options = ", ".join(found.splitlines())
                raise UsageError(f"{name} is ambiguous: {options}; write one of them in full")
        try:
            return self._text(
                "rev-parse", "--verify", "--quiet", "--end-of-options", name + "^{commit}"
            )
        except _GitFailed:
            raise UsageError(f"there is no commit {name} in this repository") from None

    def head(self) -> str:
        """The id of the commit at HEAD. Raises UsageError in a repository without commits."""
        try:
            return self._text("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        except _GitFailed:
            raise UsageError("this repository has no commit yet") from None

    def merge_base(self, one: str, two: str) -> str:
        """The best common ancestor of two commits. Raises UsageError when there is none."""
        try:
            return self._text("merge-base", one, two).splitlines()[0]
        except _GitFailed:
            raise UsageError(f"{one[:12]} and {two[:12]} have no common history") from None

    def is_ancestor(self, one: str, two: str) -> bool | None:
        """Whether `one` is part of the history of `two`; None when an object is unknown."""
        try:
            self._text("merge-base", "--is-ancestor", one, two)
        except _GitFailed as error:
            return False if error.status == 1 else None
        return True

    def refs(self, under: str) -> dict[str, str]:
        """Full names and object ids of the refs below a namespace."""
        lines = self._text("for-each-ref", "--format=%(objectname) %(refname)", under).splitlines()
        return {name: oid for oid, _, name in (line.partition(" ") for line in lines)}

    # -- history

    def first_parents(self, tip: str) -> list[str]:
        """Ids from `tip` back along first parents, newest first."""
        return self._text("rev-list", "--first-parent", tip).split()

    def graph(self, tip: str) -> list[tuple[str, ...]]:
        """Every commit of a history with its parents, children before parents."""
        lines = self._text("rev-list", "--topo-order", "--parents", tip).splitlines()
        return [tuple(line.split()) for line in lines]

    def changes(self, tip: str, since: str = "") -> Iterator[tuple[str, list[Change]]]:
        """Each first-parent commit from `tip` back, with what it changed below the policy root.

        A merge shows what it brought in, evil changes included. Renames are not guessed.
        """
        span = f"{since}..{tip}" if since else tip
        command = ["log", "--first-parent", "--diff-merges=first-parent", "--root", "--raw", "-z"]
        command += [
            "--no-abbrev",
            "--no-renames",
            "--no-ext-diff",
            "--no-textconv",
            "--format=%x01%H",
            span,
        ]
        yield from _parse_log(self._bytes(*command, "--", *self._scope()), self.prefix)

    def tree_changes(self, old: str, new: str) -> list[Change]:
        """What differs between two commits below the policy root."""
        command = [
            "diff-tree",
            "-r",
            "-z",
            "--raw",
            "--no-renames",
            "--no-ext-diff",
            "--no-textconv",
        ]
        raw = self._bytes(*command, "--no-abbrev", old, new, "--", *self._scope())
        return _parse_raw(raw, self.prefix)

    # -- objects

    def tree(self, commit: str) -> list[Entry]:
        """Every file of a commit below the policy root, sorted by path."""
        raw = self._bytes("ls-tree", "-r", "-z", "--full-tree", commit, "--", *self._scope())
        found = []
        for line in raw.split(b"\0"):
            if line:
                facts, _, path = line.partition(b"\t")
                mode, _, blob = facts.decode().split(" ")
                found.append(Entry(mode, blob, _path(path).removeprefix(self.prefix)))
        return sorted(found, key=lambda e: e.path)

    def objects(self, ids: Iterable[str]) -> Iterator[tuple[str, str, bytes]]:
        """Id, type and content of each object, in the order asked for.

        Raises NotTrusted when one is missing (a partial or broken clone).
        """
        wanted = list(ids)
        process: Any = self._run(
            "cat-file", "--batch", "--buffer", as_process=True, istream=subprocess.PIPE
        )
        feeder = threading.Thread(target=_feed, args=(process.stdin, wanted), daemon=True)
        feeder.start()
        try:
            for oid in wanted:
                header = process.stdout.readline().split()
                if len(header) != 3:
                    raise NotTrusted(f"the object {oid} is missing from this clone")
                size = int(header[2])
                content = process.stdout.read(size)
                process.stdout.read(1)
                yield oid, header[1].decode(), content
        finally:
            process.stdout.close()
            process.proc.kill()
            process.proc.wait()
            feeder.join()

    def blob(self, commit: str, path: str) -> bytes | None:
        """The bytes of one file of a commit, or None."""
        raw = self._bytes("ls-tree", "-z", "--full-tree", commit, "--", self.prefix + path)
        entry = raw.split(b"\0")[0].partition(b"\t")[0].split()
        if len(entry) != 3 or entry[1] != b"blob" or entry[0] == b"120000":
            return None
        return next(content for _, _, content in self.objects([entry[2].decode()]))

    # -- private

    def _scope(self) -> list[str]:
        return [self.prefix.rstrip("/")] if self.prefix else []

    def _text(self, *command: str) -> str:
        return self._bytes(*command).decode("utf-8", "surrogateescape").rstrip("\n")

    def _bytes(self, *command: str) -> bytes:
        status, out, error = self._run(
            *command, with_extended_output=True, with_exceptions=False, kill_after_timeout=_PATIENCE
        )
        if status:
            raise _GitFailed(status, error)
        found: bytes = out
        return found

    def _run(self, *command: str, **options: Any) -> Any:
        options = {"stdout_as_string": False, "strip_newline_in_stdout": False, **options}
        line = ["git", f"--git-dir={self.git_dir}", "--no-pager", *command]
        return self._git.execute(line, env=self._environment, **options)


def open_repository(root: Path) -> Repository:
    """The repository around a policy root, found by its `.git` without asking git to search.

    Raises EnvironmentProblem when git is missing or will not open it, NotTrusted when there is
    no repository.
    """
    top = _top(root.resolve())
    environment = _environment()
    git = _git(top)
    try:
        raw = git.execute(
            ["git", "rev-parse", "--absolute-git-dir"]
            if (top / ".git").exists()
            else ["git", f"--git-dir={top}", "rev-parse", "--absolute-git-dir"],
            env=environment,
            with_extended_output=True,
            with_exceptions=False,
        )
    except OSError as error:
        raise EnvironmentProblem(f"git cannot be run: {error.strerror}") from None
    status, out, message = raw
    if status:
        raise EnvironmentProblem(f"git will not open {top}: {str(message).strip().splitlines()[0]}")
    prefix = "" if top == root.resolve() else root.resolve().relative_to(top).as_posix() + "/"
    return Repository(git, Path(str(out).strip()), prefix, environment)


class _GitFailed(Exception):  # noqa: N818  never leaves this module but for its status
    def __init__(self, status: int, error: bytes | str) -> None:
        super().__init__(error)
        self.status = status


def _top(root: Path) -> Path:
    for folder in (root, *root.parents):
        if (folder / ".git").exists():
            return folder
        if folder == root and all((folder / name).exists() for name in ("HEAD", "objects", "refs")):
            return folder
    raise NotTrusted(f"{root} is not in a git repository, so there is no history to ask")


def _git(folder: Path) -> Git:
    """GitPython's command runner, with none of the caller's `GIT_*` left to leak into it."""
    for name in [n for n in os.environ if n.startswith("GIT_")]:
        del os.environ[name]
    try:
        from git.cmd import Git
    except ImportError:
        raise EnvironmentProblem("git was not found; install it to ask about history") from None
    return Git(folder)


def _environment() -> dict[str, str]:
    """Everything that git may hear from outside."""
    config = [*_CONFIG, *(("safe.directory", folder) for folder in _safe_folders())]
    counted = {"GIT_CONFIG_COUNT": str(len(config))}
    for index, (key, value) in enumerate(config):
        counted |= {f"GIT_CONFIG_KEY_{index}": key, f"GIT_CONFIG_VALUE_{index}": value}
    return {**_ENVIRONMENT, **counted}


def _safe_folders() -> list[str]:
    """The folders that the user declared safe: a CI runner writes them into its own config."""
    try:
        found = subprocess.run(
            ["git", "config", "--global", "--get-all", "safe.directory"],  # noqa: S607  git of PATH, as GitPython
            cwd="/",
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
            env={k: v for k, v in os.environ.items() if not k.startswith("GIT_")},
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return [line for line in found.stdout.splitlines() if line != "*"]


def _feed(pipe: Any, ids: list[str]) -> None:
    try:
        pipe.write("".join(f"{oid}\n" for oid in ids).encode())
        pipe.close()
    except (BrokenPipeError, ValueError):
        pass  # the reader stopped early


def _parse_log(raw: bytes, prefix: str) -> Iterator[tuple[str, list[Change]]]:
    for part in raw.split(b"\x01")[1:]:
        head, _, rest = part.partition(b"\0")
        yield head.strip(b"\n").decode(), _parse_raw(rest, prefix)


def _parse_raw(raw: bytes, prefix: str) -> list[Change]:
    """`:oldmode newmode oldid newid status NUL path NUL`, again and again."""
    fields = raw.strip(b"\n").split(b"\0")
    found = []
    for facts, path in zip(fields[::2], fields[1::2], strict=False):
        facts = facts.lstrip(b"\n")
        if not facts.startswith(b":"):
            continue
        _, mode, old, new, _ = facts.decode().split(" ")
        found.append(Change(_path(path).removeprefix(prefix), _absent(old), _absent(new), mode))
    return found


def _absent(oid: str) -> str:
    return "" if not oid.strip("0") else oid


def _path(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
