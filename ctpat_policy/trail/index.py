"""The work tree as git knows it: what the next commit holds, and what a sparse checkout leaves out.

Whoever judges a work tree wants to know of a commit, or of a clone that somebody else will have.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ctpat_policy import checkout
from ctpat_policy.codes import problem
from ctpat_policy.errors import NotTrusted, UsageError
from ctpat_policy.model import Problem
from ctpat_policy.remembered import still
from ctpat_policy.sources import Source, SourceFile, WorkTree

if TYPE_CHECKING:
    from ctpat_policy.trail.repository import Repository

_FOLDERS = ("policies", "evidence")
#: How `git ls-files -t` calls a file that is left out on purpose.
_LEFT_OUT = "S"


def need_whole(root: Path) -> None:
    """Raise NotTrusted where a sparse checkout leaves documents out: nobody sees that they exist.

    Git is asked only where one has ever been made.
    """
    if not checkout.may_be_sparse(root):
        return
    from ctpat_policy.trail.repository import open_repository

    listed = open_repository(root).indexed()
    out = [path for path, tag in listed.items() if tag == _LEFT_OUT and _counts(path)]
    if out:
        raise NotTrusted(
            f"this is a sparse checkout that leaves out {len(out):,} files, such as {min(out)}, so "
            "not everything can be judged; check all of it out (git sparse-checkout disable)"
        )


def next_commit(repository: Repository, root: Path, base: Collection[str]) -> tuple[Source, str]:
    """The work tree without what was taken out of git's index though it still lies there; and a
    note on what git does not know at all, or an empty one. `base` are the files before.

    Raises UsageError in a bare repository.
    """
    if repository.bare:
        raise UsageError("a bare repository has no work tree; name a revision, as with --as-of")
    tree = still(WorkTree(root))
    known = repository.indexed()
    there = {file.path for folder in _FOLDERS for file in tree.files(folder)} - known.keys()
    gone = there.intersection(base)
    return (Without(tree, gone) if gone else tree), _note(sorted(there - gone))


class Without:
    """A source without some of its files."""

    def __init__(self, source: Source, gone: Collection[str]) -> None:
        self._source, self._gone = source, gone

    def files(self, under: str) -> Iterator[SourceFile]:
        """See Source."""
        return (file for file in self._source.files(under) if file.path not in self._gone)

    def astray(self) -> Iterator[SourceFile]:
        """See Source."""
        return self._source.astray()

    def read(self, path: str) -> bytes | None:
        """See Source."""
        return None if path in self._gone else self._source.read(path)

    def attachment_problem(self, path: str) -> Problem | None:
        """See Source."""
        return _MISSING if path in self._gone else self._source.attachment_problem(path)

    def attachment_digest(self, path: str) -> tuple[str, int] | Problem:
        """See Source."""
        return _MISSING if path in self._gone else self._source.attachment_digest(path)


_MISSING = problem("attachment-missing", "there is no such file in git's index")


def _note(unknown: list[str]) -> str:
    if not unknown:
        return ""
    files = "1 file counts" if len(unknown) == 1 else f"{len(unknown):,} files count"
    return f"{files} here that git does not track, so no clone has them: {unknown[0]}" + (
        " and more" if len(unknown) > 1 else ""
    )


def _counts(path: str) -> bool:
    return path.split("/")[0] in _FOLDERS
