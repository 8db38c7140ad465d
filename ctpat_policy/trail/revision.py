"""A source that reads one commit: the files as they were, without a checkout."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from operator import itemgetter
from typing import NamedTuple

from ctpat_policy.astray import strays
from ctpat_policy.cache import key_of
from ctpat_policy.codes import MAX_ATTACHMENT, MAX_BYTES, problem
from ctpat_policy.model import Problem
from ctpat_policy.names import visible, wrong_path
from ctpat_policy.sources import SourceFile, too_large, wrong_attachment
from ctpat_policy.trail.raw import FILES, FOLDER, Entry
from ctpat_policy.trail.repository import Repository
from ctpat_policy.walking import DOCUMENT, REPOSITORY, walk

_FOLDERS = ("policies/", "evidence/")
_LINK, _REPOSITORY = "120000", "160000"


class _Listed(NamedTuple):
    """See walking.Listed; a repository inside this one is a folder that is not entered."""

    name: str
    mode: str

    def is_file(self, *, follow_symlinks: bool = True) -> bool:  # noqa: ARG002
        """See walking.Listed."""
        return self.mode in FILES

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:  # noqa: ARG002
        """See walking.Listed."""
        return self.mode in (FOLDER, _REPOSITORY)

    def is_symlink(self) -> bool:
        """See walking.Listed."""
        return self.mode == _LINK


class Revision:
    """The tree of one commit, below the policy root; the same rules as for a work tree."""

    def __init__(
        self, repository: Repository, commit: str, kept: dict[str, bytes] | None = None
    ) -> None:
        self.repository, self.commit = repository, commit
        #: What `files` read, by blob: to ask git again for each place of a gap takes a process
        #: each, and other revisions may hold the same.
        self._kept: dict[str, bytes] = {} if kept is None else kept
        self._large: dict[str, Problem] = {}

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """Every file by its path; what is already known of a commit does not need them."""
        return {e.path: e for e in self.repository.tree(self.commit)}

    @cached_property
    def _folders(self) -> dict[str, list[_Listed]]:
        """What lies in every folder."""
        found: dict[str, list[_Listed]] = {"": []}
        for entry in self.entries.values():
            folder, _, name = entry.path.rpartition("/")
            listed = _Listed(name, entry.mode)
            while folder not in found:
                found[folder] = [listed]
                folder, _, name = folder.rpartition("/")
                listed = _Listed(name, FOLDER)
            found[folder].append(listed)
        return found

    def identity(self) -> str:
        """See Fingerprinted: nothing has to be read for it, as a commit's id says what it holds.

        That is git's word, in most repositories by SHA-1, for which two commits or files can be
        made that share an id. So an id says so only in the repository in which it was met: what
        was judged in one that somebody prepared never answers for another one.
        """
        return key_of("commit", self.repository.identity, self.commit)

    def fingerprint(self) -> str:
        """A digest of the policy's files by their blob ids: nothing has to be read for it."""
        mine = [e for e in self.entries.values() if f"{e.path}/".startswith(_FOLDERS)]
        mine += [self.entries[path] for path in strays(self._scan) if path in self.entries]
        return key_of(*(f"{e.mode} {e.blob} {e.path}" for e in mine))

    def files(self, under: str) -> Iterator[SourceFile]:
        """See Source."""
        entries = self.entries
        found = sorted(self._walk(under), key=itemgetter(0))
        self._keep(entries[p] for p, wrong in found if wrong is None and p.endswith(DOCUMENT))
        for path, wrong in found:
            if wrong is None and path.endswith(DOCUMENT):
                blob = entries[path].blob
                yield SourceFile(path, self._kept.get(blob), self._large.get(blob))
            else:
                yield SourceFile(path, None, wrong)

    def astray(self) -> Iterator[SourceFile]:
        """See Source."""
        return (SourceFile(path, self.read(path), None) for path in strays(self._scan))

    def read(self, path: str) -> bytes | None:
        """See Source."""
        entry = self._file(path)
        content = self._content(entry, MAX_BYTES)
        return None if isinstance(content, Problem) else content

    def attachment_problem(self, path: str) -> Problem | None:
        """See Source."""
        found = self.attachment_digest(path)
        return found if isinstance(found, Problem) else None

    def attachment_digest(self, path: str) -> tuple[str, int] | Problem:
        """See Source. The digest is that of the blob, whatever a checkout would make of it."""
        content = self._content(self._file(path), MAX_ATTACHMENT)
        if isinstance(content, Problem):
            return content
        digest = hashlib.sha256(content).hexdigest(), len(content)
        return wrong_attachment(path, content) or digest

    def _walk(self, under: str) -> Iterator[tuple[str, Problem | None]]:
        top = self._resolve(under) if under else None
        if isinstance(top, Problem):
            if top.code != "attachment-missing":
                yield visible(under), top
            return
        yield from walk(under, self._scan)

    def _scan(self, folder: str, _: int) -> Sequence[_Listed] | Problem:
        """See walk."""
        entry = self.entries.get(folder)
        if entry is None:
            return self._folders[folder]
        if entry.mode == _REPOSITORY:
            return REPOSITORY
        return problem("file-type", "not a folder")

    def _resolve(self, path: str) -> Entry | Problem:
        """What lies at a path, after a look at each step: no link, and nothing outside the root."""
        if wrong := wrong_path(path):
            return problem("attachment-path", wrong)
        steps = path.split("/")
        for at in range(len(steps)):
            entry = self.entries.get("/".join(steps[: at + 1]))
            if entry is not None and entry.mode == _LINK:
                return problem("file-link", "a symbolic link")
        if path in self.entries:
            return self.entries[path]
        if path in self._folders:
            return Entry(FOLDER, "", path)
        return problem("attachment-missing", "there is no such file")

    def _file(self, path: str) -> Entry | Problem:
        """The plain file at a path."""
        entry = self._resolve(path)
        if isinstance(entry, Problem) or entry.mode in FILES:
            return entry
        return REPOSITORY if entry.mode == _REPOSITORY else problem("file-type", "not a plain file")

    def _content(self, entry: Entry | Problem, most: int) -> bytes | Problem:
        if isinstance(entry, Problem):
            return entry
        if entry.blob in self._kept:
            return self._kept[entry.blob]
        _, _, size, content = next(self.repository.contents([entry.blob], most))
        return too_large(size) if content is None else content

    def _keep(self, entries: Iterable[Entry]) -> None:
        kept, large = self._kept, self._large
        new = dict.fromkeys(e.blob for e in entries if e.blob not in kept and e.blob not in large)
        for blob, _, size, content in self.repository.contents(new, MAX_BYTES):
            if content is None:
                large[blob] = too_large(size)
            else:
                kept[blob] = content
