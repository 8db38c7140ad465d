"""All access to git: plumbing by object id, in an environment that runs nobody's code.

Nothing here clones, fetches, checks out or writes. Every call replaces the caller's `GIT_*` and
switches off hooks, filters, file-system monitors, replace refs, grafts and lazy fetches.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ctpat_policy import checkout
from ctpat_policy.cache import key_of
from ctpat_policy.codes import MAX_BYTES
from ctpat_policy.errors import EnvironmentProblem, NotTrusted, UsageError
from ctpat_policy.trail import folders, raw, refnames, stream
from ctpat_policy.trail.environment import PATIENCE, prepared
from ctpat_policy.trail.raw import FILES, Change, Entry, Merged
from ctpat_policy.trail.stream import Object

if TYPE_CHECKING:
    from git.cmd import Git

#: Of a commit, a tag or a folder.
_LARGEST = 64 << 20
_DIFF = ("--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv")
_LOG = ("log", "--root", *_DIFF, "--format=%x01%H")


class Lies(NamedTuple):
    """Where a repository lies: its own folder, and the one of what all work trees share (refs,
    grafts, attributes). In a shallow one history is cut off; such a clone dates nothing.
    """

    git_dir: Path
    common_dir: Path
    shallow: bool


class Repository:
    """One git repository, seen from the policy root inside it (`prefix`, ending in a slash).

    A history that git cannot read raises NotTrusted, whichever question is asked.
    """

    def __init__(
        self, git: Git, lies: Lies, top: Path, prefix: str, environment: Mapping[str, str]
    ) -> None:
        self._git, self.top, self.prefix = git, top, prefix
        self.git_dir, self.common_dir, self.shallow = lies
        self._environment = dict(environment)

    # -- what and where

    @property
    def root(self) -> Path:
        """The policy root in the work tree."""
        return self.top / self.prefix

    @cached_property
    def bare(self) -> bool:
        """Whether there is no work tree."""
        return not (self.top / ".git").exists()

    @cached_property
    def identity(self) -> str:
        """What tells this policy root from every other on this machine, of other repositories too:
        where its objects lie, and the folder in it.
        """
        return key_of("repository", os.path.realpath(self.common_dir), self.prefix)

    def need_full_history(self) -> None:
        """Raise NotTrusted in a shallow clone."""
        if self.shallow:
            raise NotTrusted(
                "this clone is shallow, so its history cannot be trusted; "
                "fetch all of it (actions/checkout: fetch-depth: 0, git fetch --unshallow)"
            )

    def resolve(self, name: str) -> str:
        """The full id of the commit that a name means. Raises UsageError, also when it means two
        things: git would take one of them, and only warn.
        """
        status, out, said = self._ask(
            "rev-parse", "--verify", "--end-of-options", name + "^{commit}"
        )
        if status:
            raise UsageError(f"there is no commit {name} in this repository")
        found = out.decode().strip()
        short = refnames.bare(name)
        refs = self.refs(*refnames.places(short)) if short else {}
        options = refnames.ambiguous(short, found, refs, self._commits, str(said))
        if options:
            raise UsageError(
                f"{name} is ambiguous: {', '.join(options)}; write one of them in full"
            )
        return found

    def head(self) -> str:
        """The id of the commit at HEAD. Raises UsageError in a repository without commits."""
        status, out, _ = self._ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        if status:
            raise UsageError("this repository has no commit yet")
        return out.decode().strip()

    def merge_base(self, one: str, two: str) -> str:
        """The best common ancestor of two commits. Raises UsageError when there is none."""
        status, out, _ = self._ask("merge-base", one, two)
        if status:
            raise UsageError(f"{one[:12]} and {two[:12]} have no common history")
        return out.decode().splitlines()[0]

    def is_ancestor(self, one: str, two: str) -> bool | None:
        """Whether `one` is part of the history of `two`; None when an object is unknown."""
        status, _, _ = self._ask("merge-base", "--is-ancestor", one, two)
        return status == 0 if status in (0, 1) else None

    def refs(self, *under: str) -> dict[str, str]:
        """Full names and object ids of the refs below namespaces, or of those called so."""
        found = self._text("for-each-ref", "--format=%(objectname) %(refname)", *under)
        lines = found.split("\n") if found else ()
        return {name: oid for oid, _, name in (line.partition(" ") for line in lines)}

    # -- history

    def first_parents(self, tip: str) -> list[str]:
        """Ids from `tip` back along first parents, newest first."""
        return self._text("rev-list", "--first-parent", tip).split()

    def changes(self, tip: str, since: str = "") -> Iterator[tuple[str, list[Change]]]:
        """Each first-parent commit from `tip` back, with what it changed below the policy root.

        A merge shows what it brought in, evil changes included. Renames are not guessed.
        """
        span = f"{since}..{tip}" if since else tip
        command = [*_LOG, "--first-parent", "--diff-merges=first-parent", span]
        yield from raw.log(self._bytes(*command, "--", *self._scope()), self.prefix)

    def all_changes(self, tip: str, beyond: str = "") -> Iterator[tuple[str, list[Change]]]:
        """Every commit of a history, children before parents, each against its first parent.

        No path limits the walk, as git would leave out side branches that a merge discarded.
        `beyond`: see raw.log.
        """
        command = [*_LOG, "--topo-order", "--diff-merges=first-parent", tip]
        yield from raw.log(self._bytes(*command), self.prefix, beyond)

    def merged(self, tip: str) -> dict[str, list[Merged]]:
        """Every merge of a history by id, with the paths that it made differ from every parent."""
        command = [*_LOG, "--merges", "--diff-merges=combined", tip]
        return dict(raw.combined(self._bytes(*command), self.prefix))

    def indexed(self) -> dict[str, str]:
        """The files below the policy root that the next commit holds, with git's one-letter tag."""
        found = self._bytes("ls-files", "-t", "-z", "--full-name", "--cached", "--", *self._scope())
        lines = (raw.text(line) for line in found.split(b"\0") if line)
        return {line[2:].removeprefix(self.prefix): line[0] for line in lines}

    # -- objects

    def tree(self, commit: str) -> list[Entry]:
        """Every file of a commit below the policy root, sorted by path.

        Raises NotTrusted when the commit or a folder is not what its id says.
        """
        found = folders.files(self.objects, commit, self.prefix)
        if self.prefix:
            mine = (e for e in found if e.path.startswith(self.prefix))
            found = (e._replace(path=e.path.removeprefix(self.prefix)) for e in mine)
        return sorted(found, key=attrgetter("path"))

    def need_sound_trees(self, commit: str) -> None:
        """Raise NotTrusted when a folder of a commit is not what its id says."""
        for _ in folders.files(self.objects, commit):
            pass

    def objects(self, ids: Iterable[str], most: int = _LARGEST) -> Iterator[tuple[str, str, bytes]]:
        """Id, type and content of each object, in the order asked for.

        Raises NotTrusted when one is missing (a partial or broken clone), is larger than anybody
        needs, or when its content is not what its id says: git takes what lies under the name.
        """
        for oid, kind, size, content in stream.objects(self._handed_out(), list(ids), most):
            if content is None:
                raise NotTrusted(f"the object {oid} is too large to be read: {size:,} bytes")
            yield oid, kind, content

    def contents(self, ids: Iterable[str], most: int) -> Iterator[Object]:
        """The same of objects that may be larger than so many bytes: those have no content, and
        whether they are what their ids say stays open.
        """
        left = list(ids)
        while left:
            done = 0
            for found in stream.objects(self._handed_out(), left, most):
                done += 1
                yield found
            left = left[done:]  # behind a large one git is asked anew, as it would unpack it

    def digests(self, ids: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Id and SHA-256 of each object, however large. Raises NotTrusted as `objects` does."""
        return stream.digests(self._handed_out(), list(ids))

    def blob(self, commit: str, path: str, *, from_top: bool = False) -> bytes | None:
        """The bytes of one file of a commit, or None; `from_top`: not from the policy root."""
        full = path if from_top else self.prefix + path
        found = raw.entries(self._bytes("ls-tree", "-z", "--full-tree", commit, "--", full), "")
        if len(found) != 1 or found[0].mode not in FILES:
            return None
        return next(content for _, _, content in self.objects([found[0].blob], MAX_BYTES))

    # -- private

    def _handed_out(self) -> Any:
        command = ("cat-file", "--batch", "--buffer")
        return self._run(*command, as_process=True, istream=subprocess.PIPE)

    def _commits(self, start: str) -> Iterator[str]:
        """The ids of the commits that begin with a few hexadecimal digits."""
        for oid in self._text("rev-parse", f"--disambiguate={start}").split():
            if self._text("cat-file", "-t", oid) == "commit":
                yield oid

    def _scope(self) -> list[str]:
        return [self.prefix.rstrip("/")] if self.prefix else []

    def _text(self, *command: str) -> str:
        return raw.text(self._bytes(*command)).rstrip("\n")

    def _bytes(self, *command: str) -> bytes:
        status, out, error = self._ask(*command)
        if status:
            raise NotTrusted(f"git cannot read this repository: {_first_line(error)}")
        return out

    def _ask(self, *command: str) -> tuple[int, bytes, bytes | str]:
        found: tuple[int, bytes, bytes | str] = self._run(
            *command, with_extended_output=True, with_exceptions=False, kill_after_timeout=PATIENCE
        )
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
    top = _top(root)
    git, variables = prepared(str(top))
    asked = ("--is-shallow-repository", "--absolute-git-dir", "--git-common-dir")
    command = ["git", "rev-parse", *asked]
    if not (top / ".git").exists():
        command.insert(1, f"--git-dir={top}")
    try:
        status, out, error = git.execute(
            command, env=variables, with_extended_output=True, with_exceptions=False
        )
    except OSError as problem:
        raise EnvironmentProblem(f"git cannot be run: {problem.strerror}") from None
    if status:
        raise EnvironmentProblem(f"git will not open the repository: {_refused(top, error)}")
    shallow, *paths = str(out).rstrip("\n").split("\n")
    if len(paths) != 2:
        raise EnvironmentProblem("the name of a folder above the repository has a line break")
    lies = Lies(Path(paths[0]), top / paths[1], shallow == "true")
    prefix = "" if top == root.resolve() else root.resolve().relative_to(top).as_posix() + "/"
    return Repository(git, lies, top, prefix, variables)


def _top(root: Path) -> Path:
    """The folder that git keeps: that of the nearest `.git`, or a bare repository itself.

    One inside a checkout may have been committed to it, to tell of another history.
    """
    whole = root.resolve()
    found = checkout.top(whole)
    if found != whole and all((whole / name).exists() for name in ("HEAD", "objects", "refs")):
        if found is None:
            return whole
        raise NotTrusted(
            f"{root} looks like a repository of its own inside that of {_way(found)}, "
            "so nobody can tell which history is meant; take HEAD, objects and refs away"
        )
    if found is not None:
        return found
    raise NotTrusted(f"{root} is not in a git repository, so there is no history to ask")


def _refused(top: Path, error: bytes | str) -> str:
    """Why git refuses a folder; what belongs to somebody else may be declared safe."""
    why = _first_line(error)
    if "dubious ownership" not in why:
        return why.replace(str(top), _way(top))
    return (
        "it belongs to another user; if you trust it: "
        f'git config --global --add safe.directory "$(realpath {shlex.quote(_way(top))})"'
    )


def _way(folder: Path) -> str:
    """The way to a folder from here, as no message shows where things lie on a machine."""
    return os.path.relpath(folder)


def _first_line(error: bytes | str) -> str:
    text = error.decode("utf-8", "replace") if isinstance(error, bytes) else str(error)
    return (text.strip().splitlines() or ["it gives no reason"])[0]
