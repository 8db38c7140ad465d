"""Verdicts that one state takes over from the state before: on the same ground they are the same.

States are judged in the order of their days. A subject whose ground has not changed is not judged
again, on a day on which what was said still holds. Its ground is whatever its dossier may look at;
its hearing lets it look at no other record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ctpat_policy.dossiers.rows import Row
from ctpat_policy.dossiers.sight import Subject
from ctpat_policy.hearing import Hearing
from ctpat_policy.judging import Bench, Case
from ctpat_policy.reads import reads_partners

#: Account, criterion, level and subject of a row.
Key = tuple[str, str, str, str]
Verdicts = Mapping[Key, str]
#: Whether a subject is asked for, by its scope and id.
Asked = Callable[[str, str], bool]


class _Held(NamedTuple):
    """What was said of a subject: on which ground, and from which day to which it holds."""

    ground: list[Any]
    first: str
    last: str
    verdicts: Verdicts


class Precedents:
    """What was said in the state before: by case the ground of all subjects, and each subject; and
    the rows that it was said of.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[list[Any], dict[str, _Held]]] = {}
        self._rows: dict[str, Mapping[str, list[Row]]] = {}

    def of(self, bench: Bench, cases: Iterable[Case], asked: Asked) -> dict[Key, str]:
        """The verdicts of all cases of a state, about the subjects that are asked for."""
        for ledger in bench.ledgers:
            ledger.before = self._rows.get(ledger.account["id"], {})
        found: dict[Key, str] = {}
        for case in cases:
            for verdicts in self._verdicts(bench, case, asked):
                found |= verdicts
        self._rows = {ledger.account["id"]: ledger.made for ledger in bench.ledgers}
        return found

    def _verdicts(self, bench: Bench, case: Case, asked: Asked) -> Iterator[Verdicts]:
        hearing = bench.hearing(case)
        key = hearing.ledger.account["id"], case.criterion.id
        ground, before = _shared_ground(hearing), self._known.get(key)
        known = before[1] if before is not None and before[0] == ground else {}
        found: dict[str, _Held] = {}
        for subject in hearing.subjects:
            if asked(subject.scope, subject.id):
                found[subject.id] = _held(hearing, subject, bench.today, known.get(subject.id))
                yield found[subject.id].verdicts
        if not hearing.subjects and asked(case.criterion.scope, "company"):
            yield {row.key: row.verdict for row in hearing.rows_of_none()}
        self._known[key] = ground, found


def _held(hearing: Hearing, subject: Subject, day: str, known: _Held | None) -> _Held:
    """What is said of a subject on a day: what is known, if it still stands."""
    ground = [subject.row if subject.scope == "partner" else None, *hearing.seen(subject)]
    if known is not None and known.first <= day <= known.last and known.ground == ground:
        return known
    today = hearing.ledger.today
    verdicts, last = today.noted(lambda: {r.key: r.verdict for r in hearing.rows_of(subject)})
    return _Held(ground, day, min(last, hearing.ledger.lasts), verdicts)


def _shared_ground(hearing: Hearing) -> list[Any]:
    """What the dossiers of all subjects may look at, besides the records of their own.

    Sites, lanes, systems, people and settings are the profile's; a partner is its own file's.
    """
    ledger, criterion = hearing.ledger, hearing.criterion
    programme = ledger.programme
    spans = {criterion.id, *criterion.reviews}
    return [
        hearing.level,
        programme.profile,
        reads_partners(criterion) and [(f.id, f.value) for f in programme.partners.values()],
        [ledger.rows(kind) for kind in sorted(hearing.whole)],
        [
            (p.id, p.approved_on, p.unwritten, p.value)
            for p in programme.procedures
            if not spans.isdisjoint(p.value.get("satisfies", ()))
        ],
        [
            (a.id, a.state, a.record.value)
            for a in programme.actions.values()
            if "explains" in a.record.data or a in programme.covering.get(criterion.id, ())
        ],
        [
            (e.type, e.expires, e.record.value)
            for e in programme.exceptions
            if e.criterion == criterion.id
        ],
    ]
