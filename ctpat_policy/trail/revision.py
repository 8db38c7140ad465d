"""A source that reads one commit: the files as they were, without a checkout."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from ctpat_policy.cache import key_of
from ctpat_policy.codes import MAX_ATTACHMENT, MAX_BYTES, problem
from ctpat_policy.model import Problem
from ctpat_policy.names import is_git, twins, wrong_name, wrong_path
from ctpat_policy.sources import (
    DOCUMENT,
    SourceFile,
    too_large,
    wrong_attachment,
    wrong_suffix,
)
from ctpat_policy.trail.raw import Entry
from ctpat_policy.trail.repository import Repository

_FOLDERS = ("policies/", "evidence/")
_NO_NAMES = ("", ".", "..")
_LINK, _REPOSITORY = "120000", "160000"


class Revision:
    """The tree of one commit, below the policy root; the same rules as for a work tree."""

    def __init__(
        self, repository: Repository, commit: str, kept: dict[str, bytes] | None = None
    ) -> None:
        self.repository, self.commit = repository, commit
        #: What `files` read, by blob: to ask git again for each place of a gap takes a process
        #: each, and other revisions may hold the same.
        self._kept: dict[str, bytes] = {} if kept is None else kept

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """Every file by its path; what is already known of a commit does not need them."""
        return {e.path: e for e in self.repository.tree(self.commit)}

    @cached_property
    def _wrong(self) -> dict[str, Problem]:
        return dict(_wrong(list(self.entries.values())))

    def identity(self) -> str:
        """See Fingerprinted: nothing has to be read for it, as a commit's id says what it holds.

        That is git's word, in most repositories by SHA-1, for which two commits or files can be
        made that share an id. So an id says so only in the repository in which it was met: what
        was judged in one that somebody prepared never answers for another one.
        """
        return key_of("commit", self.repository.identity, self.commit)

    def fingerprint(self) -> str:
        """A digest of the policy's files by their blob ids: nothing has to be read for it."""
        mine = [e for e in self.entries.values() if e.path.startswith(_FOLDERS)]
        return key_of(*(f"{e.mode} {e.blob} {e.path}" for e in mine))

    def files(self, under: str) -> Iterator[SourceFile]:
        """See Source."""
        start = f"{under}/" if under else ""
        mine = [e for e in self.entries.values() if e.path.startswith(start)]
        wanted = [e for e in mine if e.path not in self._wrong and e.path.endswith(DOCUMENT)]
        self._keep(wanted)
        for entry in mine:
            wrong = self._wrong.get(entry.path)
            is_read = wrong is None and entry.path.endswith(DOCUMENT)
            data = self._kept[entry.blob] if is_read else None
            if data is not None and len(data) > MAX_BYTES:
                yield SourceFile(entry.path, None, too_large(len(data)))
            else:
                yield SourceFile(entry.path, data, wrong)

    def read(self, path: str) -> bytes | None:
        """See Source."""
        entry = self.entries.get(path)
        if entry is None or path in self._wrong:
            return None
        content = self._content(entry)
        return content if len(content) <= MAX_BYTES else None

    def attachment_problem(self, path: str) -> Problem | None:
        """See Source."""
        found = self.attachment_digest(path)
        return found if isinstance(found, Problem) else None

    def attachment_digest(self, path: str) -> tuple[str, int] | Problem:
        """See Source. The digest is that of the blob, whatever a checkout would make of it."""
        if wrong := wrong_path(path):
            return problem("attachment-path", wrong)
        entry = self.entries.get(path)
        if entry is None:
            return problem("attachment-missing", "there is no such file")
        if path in self._wrong:
            return self._wrong[path]
        content = self._content(entry)
        if len(content) > MAX_ATTACHMENT:
            return too_large(len(content))
        digest = hashlib.sha256(content).hexdigest(), len(content)
        return wrong_attachment(path, content) or digest

    def _content(self, entry: Entry) -> bytes:
        if entry.blob in self._kept:
            return self._kept[entry.blob]
        return next(content for _, _, content in self.repository.objects([entry.blob]))

    def _keep(self, entries: list[Entry]) -> None:
        new = dict.fromkeys(e.blob for e in entries if e.blob not in self._kept)
        if new:
            self._kept |= ((blob, content) for blob, _, content in self.repository.objects(new))


def _wrong(entries: list[Entry]) -> Iterator[tuple[str, Problem]]:
    """What may not be read, by path: links, repositories, names that some systems confuse."""
    names: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries:
        folder, _, name = entry.path.rpartition("/")
        names[folder].add(name)
    for folder in list(names):
        while folder:
            folder, _, name = folder.rpartition("/")
            names[folder].add(name)
    alike = {folder: found for folder, mine in names.items() if (found := twins(mine))}
    sound = {folder for folder in names if folder and not wrong_path(f"{folder}/x")}
    for entry in entries:
        if trouble := _entry_trouble(entry, alike, sound):
            yield entry.path, trouble


def _entry_trouble(
    entry: Entry, alike: dict[str, dict[str, str]], sound: set[str]
) -> Problem | None:
    """`alike`: the names by folder that are taken for others; `sound`: folders that may be so."""
    if entry.mode == _LINK:
        return problem("file-link", "a symbolic link")
    if entry.mode == _REPOSITORY:
        return problem("file-repository", "a git repository inside this one")
    folder, _, last = entry.path.rpartition("/")
    # A whole path costs four times as much as its last step, and there are many in a folder.
    plain = folder in sound and last not in _NO_NAMES and not is_git(last) and not wrong_name(last)
    if not plain and (wrong := wrong_path(entry.path)):
        return problem("file-name", wrong)
    if alike and (twin := _twin(entry.path, alike)):
        message = f"some systems take this name and {twin} for the same"
        return problem("file-name-taken", message)
    return wrong_suffix(last)


def _twin(path: str, alike: dict[str, dict[str, str]]) -> str:
    """What the first step of a path that is taken for another is taken for; or empty."""
    steps = path.split("/")
    found = (alike.get("/".join(steps[:at]), {}).get(name) for at, name in enumerate(steps))
    return next(filter(None, found), "")
