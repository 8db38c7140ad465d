"""Reads the documents of one state after the other: what an earlier one held is not read again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from ctpat_policy.filing import Filed, open_all
from ctpat_policy.reading import Job, Outcome, Reader, Shapes

_Mark = tuple[str, str, bytes]


@dataclass(frozen=True, slots=True)
class Recalling(Reader):
    """A reader that keeps in this process what it read, by schema, kind and bytes, and open.

    `behind` reads the rest. The cache of this one itself is to be empty: who judges state after
    state keeps what it says of each, not all that it made of it on the way.
    """

    behind: Reader = field(kw_only=True)
    _known: dict[_Mark, Outcome] = field(default_factory=dict, kw_only=True)

    def alone(self) -> Recalling:
        """The same with what it knows, for one process among several."""
        return replace(self, processes=1, behind=replace(self.behind, processes=1))

    def read(self, jobs: Iterable[Job], shapes: Shapes) -> Iterator[tuple[Job, Outcome]]:
        """See Reader."""
        wanted = [(_mark(job), job) for job in jobs]
        missing = {mark: job for mark, job in wanted if mark not in self._known}
        if missing:
            found = dict(zip(missing, self.behind.read(missing.values(), shapes), strict=True))
            filed = {
                mark: Filed(*job[:3], outcome.content)
                for mark, (job, outcome) in found.items()
                if outcome.content is not None
            }
            open_all(filed.values())
            for mark, (_, outcome) in found.items():
                value = filed[mark].value if mark in filed else None
                self._known[mark] = outcome._replace(content=value)
        for mark, job in wanted:
            yield job, self._known[mark]

    def keep(self, contents: Iterable[bytes]) -> None:
        """Forget all but what was read of these."""
        kept = set(contents)
        for mark in [mark for mark in self._known if mark[2] not in kept]:
            del self._known[mark]


def _mark(job: Job) -> _Mark:
    return job.schema, job.kind, job.data
