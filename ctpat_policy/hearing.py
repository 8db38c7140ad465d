"""Hears one criterion for one account, subject by subject: each dossier becomes its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ctpat_policy import cover
from ctpat_policy.assess import ABSENT, Standing, judge, until_of, verdict
from ctpat_policy.criteria import Criterion
from ctpat_policy.dossiers import messages
from ctpat_policy.dossiers.facts import Dossier, subjects
from ctpat_policy.dossiers.ledger import Ledger
from ctpat_policy.dossiers.rows import Row as RecordRow
from ctpat_policy.dossiers.sight import Sight, Subject
from ctpat_policy.model import ClauseResult, Place, Row
from ctpat_policy.reads import kinds_behind, kinds_read, kinds_read_whole, reads_partners

#: How many proving records a row names; the count is always whole.
EVIDENCE_NAMED = 20


class Hearing:
    """One criterion before its subjects, for one account: each is judged when it is asked for.

    `company` are the account's company facts, `level` is the criterion's level and basis today.
    What `ledger.today.lasts` says begins anew.
    """

    def __init__(
        self,
        ledger: Ledger,
        company: Mapping[str, Any],
        criterion: Criterion,
        level: tuple[str, str],
    ) -> None:
        self.ledger, self.criterion, self.level = ledger, criterion, level
        self.kinds = kinds_read(criterion)
        self.whole = kinds_read_whole(criterion, ledger.programme.kinds)
        self._proving = sorted(
            {k for c in criterion.clauses for t in c.tests for k in kinds_behind(criterion, t.of)}
        )
        ledger.today.lasts, ledger.sight = ledger.lasts, Sight(self.kinds, self.whole)
        self.subjects = subjects(ledger, criterion, company)
        # Partners that are not its business a dossier does not get to see, as with records.
        hidden = () if reads_partners(criterion) else ("partners",)
        self._company = {name: fact for name, fact in company.items() if name not in hidden}

    def rows(self, part: slice = slice(None)) -> Iterator[Row]:
        """The rows of all subjects, or of a part of them.

        When all are made, `ledger.today.lasts` is the last day on which they are the same.
        """
        for subject in self.subjects[part]:
            yield from self.rows_of(subject)
        if not self.subjects and not part.start:
            yield from self.rows_of_none()

    def rows_of(self, subject: Subject) -> Iterator[Row]:
        """The rows of one of the subjects: one for each level."""
        self._look_at(subject)
        strength, basis = self.level
        dossier = Dossier(self.ledger, self.criterion, subject, self._company)
        evidence = _evidence(dossier, self._proving)
        for row_level in self.criterion.row_levels(strength):
            yield _row(dossier, strength, row_level, basis, evidence)

    def rows_of_none(self) -> Iterator[Row]:
        """The rows where there is no subject at all."""
        strength, basis = self.level
        for row_level in self.criterion.row_levels(strength):
            yield _nowhere(self.ledger, self.criterion, row_level, basis)

    def seen(self, subject: Subject) -> list[list[RecordRow]]:
        """The records that a dossier of the subject may look at, besides those of whole kinds."""
        self._look_at(subject)
        return [self.ledger.seen(kind, subject) for kind in sorted(self.kinds - self.whole)]

    def _look_at(self, subject: Subject) -> None:
        self.ledger.sight = Sight(self.kinds, self.whole, subject)


def _row(
    dossier: Dossier, level: str, row_level: str, basis: str, evidence: tuple[tuple[str, ...], int]
) -> Row:
    criterion, subject = dossier.criterion, dossier.subject
    applies, reason = messages.applicability(dossier, criterion.applies)
    clauses: list[ClauseResult] = []
    if applies:
        clauses = [judge(dossier, c) for c in criterion.clauses_at(level, row_level)]
        if all(c.state == ABSENT for c in clauses):
            reason = "; ".join(dict.fromkeys(c.reason for c in clauses))
    settled, until, overdue_only = cover.covered(clauses, cover.actions(dossier), criterion.id)
    excused = cover.exception(dossier)
    standing = Standing(row_level, applies, reason, excused, tuple(settled), until, overdue_only)
    found, why = verdict(standing)
    return Row(
        account=dossier.ledger.account["id"],
        criterion=criterion.id,
        level=row_level,
        subject=subject.id,
        verdict=found,
        title=criterion.title,
        category=criterion.category,
        basis=basis,
        reason=why,
        until=until_of(found, standing),
        clauses=tuple(settled),
        remedy=criterion.remedy,
        place=messages.subject_place(dossier),
        evidence=evidence[0],
        evidence_count=evidence[1],
        scope=criterion.scope,
    )


def _nowhere(ledger: Ledger, criterion: Criterion, row_level: str, basis: str) -> Row:
    noun = "site" if criterion.scope == "site" else "active business partner"
    return Row(
        account=ledger.account["id"],
        criterion=criterion.id,
        level=row_level,
        subject="company",
        verdict="not_applicable",
        title=criterion.title,
        category=criterion.category,
        basis=basis,
        reason=f"the account {ledger.account['id']} has no {noun}",
        remedy=criterion.remedy,
        place=Place("policies/security-profile.yaml", ("accounts",)),
        scope=criterion.scope,
    )


def _evidence(dossier: Dossier, kinds: Sequence[str]) -> tuple[tuple[str, ...], int]:
    """The newest records that prove something today for a row, oldest first; and how many."""
    found = [dossier.ledger.current(kind, dossier.subject) for kind in kinds]
    # Each list is in the order of days already, so only its end can be among the newest.
    newest = [row for rows in found for row in rows[-EVIDENCE_NAMED:]]
    newest.sort(key=lambda r: (r["dated"], r["id"]))
    return tuple(r["id"] for r in newest[-EVIDENCE_NAMED:]), sum(map(len, found))
