"""Time travel: which commit was the state on a day, and which documents differ between two."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from ctpat_policy.cache import Cache, key_of
from ctpat_policy.errors import NotTrusted, UsageError
from ctpat_policy.filing import PROFILE
from ctpat_policy.model import Problem
from ctpat_policy.sources import Source, SourceFile
from ctpat_policy.trail import commits
from ctpat_policy.trail.repository import Repository
from ctpat_policy.trail.revision import Revision
from ctpat_policy.walking import DOCUMENT

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_FOLDERS = ("policies", "evidence")
#: Folders whose documents decide what is judged and how, unless a folder below is named apart.
_GOVERNANCE = ("policies/", "evidence/criterion_exception/", "evidence/corrective_action/")
_RECORDS_IN_POLICIES = "policies/procedures/"


class Moment(NamedTuple):
    """A commit and the day to judge it on."""

    commit: str
    day: str


def remembered(
    repository: Repository, wanted: str, real_today: str, law: str, cache: Cache
) -> Moment:
    """What `moment` says; a tip that was asked before, by the program with the same `law`, need
    not be walked again.
    """
    if not cache.works:
        return moment(repository, wanted, real_today)
    repository.need_full_history()  # no id says whether a clone is cut off
    tip = repository.head() if is_day(wanted) else repository.resolve(wanted)
    parts = (law, repository.identity, tip, wanted, real_today)
    key = key_of("moment", *parts)  # see Revision.identity for what an id is good for
    commit, _, day = cache.get([key]).get(key, "").partition(" ")
    if day:
        return Moment(commit, day)
    found = moment(repository, wanted, real_today)
    cache.put({key: f"{found.commit} {found.day}"})
    return found


def moment(repository: Repository, wanted: str, real_today: str) -> Moment:
    """The state that a day or a revision names.

    A day means the last first-parent commit whose running maximum of committer dates is not after
    the end of that day (UTC): a commit with a forged earlier date cannot slip into the past.
    Raises UsageError for a day that is none, is before the first commit or after today, NotTrusted
    in a shallow clone.
    """
    repository.need_full_history()
    if not is_day(wanted):
        commit = repository.resolve(wanted)
        return Moment(commit, dict(_days(repository, commit, real_today))[commit])
    if wanted > real_today:
        raise UsageError(f"{wanted} is in the future; --as-of asks about the past")
    found = ""
    for commit, day in _days(repository, repository.head(), real_today):
        if day <= wanted:
            found = commit
    if not found:
        raise UsageError(f"{wanted} is before the first commit, so there was no programme yet")
    return Moment(found, wanted)


def is_day(wanted: str) -> bool:
    """Whether a day is asked for, and no revision. Raises UsageError for one that is in no
    calendar.
    """
    if not _DAY.fullmatch(wanted):
        return False
    try:
        date.fromisoformat(wanted)
    except ValueError:
        raise UsageError(f"{wanted} is in no calendar; write a day as 2026-10-31") from None
    return True


def is_governance(path: str) -> bool:
    """Whether a document decides what is judged and how."""
    return path.startswith(_GOVERNANCE) and not path.startswith(_RECORDS_IN_POLICIES)


class Governed:
    """Records of one source under the governance of another (`check --trust`); `counting` are
    files of the one that count all the same (answering.counting).
    """

    def __init__(self, records: Source, governance: Source, counting: Collection[str] = ()) -> None:
        self.records, self.governance, self._counting = records, governance, counting

    def files(self, under: str) -> Iterator[SourceFile]:
        """See Source: governance from the one, everything else from the other."""
        mine = [f for f in self.records.files(under) if not self._is_theirs(f.path)]
        theirs = [f for f in self.governance.files(under) if self._is_theirs(f.path)]
        return iter(sorted([*mine, *theirs], key=lambda f: f.path))

    def astray(self) -> Iterator[SourceFile]:
        """See Source."""
        return self.records.astray()

    def read(self, path: str) -> bytes | None:
        """See Source."""
        return self._side(path).read(path)

    def attachment_problem(self, path: str) -> Problem | None:
        """See Source."""
        return self._side(path).attachment_problem(path)

    def attachment_digest(self, path: str) -> tuple[str, int] | Problem:
        """See Source."""
        return self._side(path).attachment_digest(path)

    def _side(self, path: str) -> Source:
        return self.governance if self._is_theirs(path) else self.records

    def _is_theirs(self, path: str) -> bool:
        return is_governance(path) and path not in self._counting


def need_profile(revision: Revision, name: str) -> None:
    """Raise UsageError when a revision that is to be trusted has no policies: no fallback to the
    head, which is what is not trusted.
    """
    if PROFILE not in revision.entries:
        raise UsageError(f"{name} holds no {PROFILE}, so there are no policies to trust")


def removed(before: Revision, after: Source) -> list[str]:
    """Documents of an earlier revision that are gone."""
    there = documents(after)
    return [path for path in documents(before) if path not in there]


def governance_changes(before: Revision, after: Source) -> list[str]:
    """Governance documents that were added, changed or removed."""
    old, new = documents(before), documents(after)
    paths = sorted(path for path in old.keys() | new.keys() if is_governance(path))
    return [path for path in paths if old.get(path) != new.get(path)]


def touched(before: Source, after: Source) -> dict[str, tuple[Any, Any]]:
    """The values of every document that differs: None where there is none, UNREADABLE where it
    cannot be read.
    """
    old, new = documents(before), documents(after)
    paths = sorted(
        p for p in old.keys() | new.keys() if p not in old or p not in new or old[p] != new[p]
    )
    return {p: (_value(old, p), _value(new, p)) for p in paths}


def documents(source: Source) -> dict[str, bytes | None]:
    """Every document of a source by its path; None where it cannot be read."""
    found = (file for folder in _FOLDERS for file in source.files(folder))
    return {file.path: file.data for file in found if file.path.endswith(DOCUMENT)}


def _value(found: Mapping[str, bytes | None], path: str) -> Any:
    if path not in found:
        return None
    from ctpat_policy.documents import load  # not loaded where only a day is asked for
    from ctpat_policy.governance import UNREADABLE

    value = load(found[path] or b"", path).value
    return UNREADABLE if value is None else value


def _days(repository: Repository, tip: str, today: str) -> Iterator[tuple[str, str]]:
    """First-parent commits, oldest first, each with the day on which it came."""
    dated = list(commits.line(repository, tip))
    moments = commits.latest((seconds for _, seconds in dated), today)
    for (commit, seconds), latest in zip(dated, moments, strict=True):
        if seconds is None:
            odd = next(commits.read(repository, [commit])).odd
            raise NotTrusted(f"commit {commit[:12]} cannot be dated: {odd}")
        yield commit, commits.day_at(latest)
