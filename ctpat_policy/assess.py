"""Judges clauses on dossiers and settles each row by the truth table (design.md section 4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ctpat_policy.catalog import kinds_read, kinds_read_whole, reads_partners
from ctpat_policy.criteria import WRITTEN, Clause, Criterion, Test
from ctpat_policy.dossiers import messages
from ctpat_policy.dossiers.facts import Dossier, kinds_behind, subjects
from ctpat_policy.dossiers.ledger import Ledger, Sight, Subject
from ctpat_policy.dossiers.rows import MISSING
from ctpat_policy.dossiers.rows import Row as LedgerRow
from ctpat_policy.model import MUST, SHOULD, ClauseResult, Gap, Place, Row
from ctpat_policy.signed import Action, CriterionException

PASS, FAIL, UNKNOWN, ABSENT = "pass", "fail", "unknown", "absent"
#: How many proving records a row names; the count is always whole.
EVIDENCE_NAMED = 20


class Standing(NamedTuple):
    """What decides a row, as the columns of the truth table have it."""

    level: str
    applies: bool | None
    reason: str
    exception: CriterionException | None
    clauses: tuple[ClauseResult, ...]
    until: str | None
    #: Clauses that fail only because an action about them is overdue; never the carrying one.
    overdue_only: frozenset[str]


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
        # Whom a dossier may not see it does not get to see, as with records.
        seen = company.items() if reads_partners(criterion) else _alone(company)
        self._company = dict(seen)

    def rows(self, subject: Subject) -> Iterator[Row]:
        """The rows of one of the subjects: one for each level."""
        self._look_at(subject)
        strength, basis = self.level
        dossier = Dossier(self.ledger, self.criterion, subject, self._company)
        evidence = _evidence(dossier, self._proving)
        for row_level in self.criterion.row_levels(strength):
            yield _row(dossier, strength, row_level, basis, evidence)

    def nowhere(self) -> Iterator[Row]:
        """The rows where there is no subject at all."""
        strength, basis = self.level
        for row_level in self.criterion.row_levels(strength):
            yield _nowhere(self.ledger, self.criterion, row_level, basis)

    def seen(self, subject: Subject) -> list[list[LedgerRow]]:
        """The records that a dossier of the subject may look at, besides those of whole kinds."""
        self._look_at(subject)
        return [self.ledger.seen(kind, subject) for kind in sorted(self.kinds - self.whole)]

    def _look_at(self, subject: Subject) -> None:
        self.ledger.sight = Sight(self.kinds, self.whole, subject)


def rows(hearing: Hearing, part: slice = slice(None)) -> Iterator[Row]:
    """The rows of a hearing, or of a part of its subjects.

    When all are made, `ledger.today.lasts` is the last day on which they are the same.
    """
    for subject in hearing.subjects[part]:
        yield from hearing.rows(subject)
    if not hearing.subjects and not part.start:
        yield from hearing.nowhere()


def verdict(standing: Standing) -> tuple[str, str]:
    """The verdict and its reason: the first line of the table that matches."""
    exception = standing.exception
    left = [c for c in standing.clauses if c.state in (FAIL, UNKNOWN) and not c.covered_by]
    covered = [c for c in standing.clauses if c.covered_by]
    present = [c for c in standing.clauses if c.state != ABSENT]
    if standing.applies is None:
        return "not_assessed", standing.reason
    if not standing.applies or not present:
        return "not_applicable", standing.reason
    if exception and exception.type == "not_applicable":
        return "not_applicable", exception.record.data["reason"]
    unmet = [c for c in present if c.state != PASS or c.covered_by]
    if exception and exception.type == "should_not_adopted" and standing.level == SHOULD and unmet:
        return "not_adopted", exception.record.data["reason"]
    failed = [c for c in left if c.state == FAIL]
    if failed:
        carries = failed[0] is present[0] and failed[0].clause not in standing.overdue_only
        return ("not_met" if carries else "partly_met"), ""
    if left:
        return "not_assessed", left[0].gaps[0].message if left[0].gaps else ""
    return ("action_open", "") if covered else ("met", "")


def judge(dossier: Dossier, clause: Clause) -> ClauseResult:
    """One clause: fail when any fact fails, else unknown when one is unknown, else pass."""
    applies, reason = messages.applicability(dossier, clause.applies)
    if applies is None:
        gap = Gap(clause.id, reason, messages.subject_place(dossier), unknown=True)
        return ClauseResult(clause.id, UNKNOWN, (gap,))
    if not applies:
        return ClauseResult(clause.id, ABSENT, reason=reason)
    if clause.id == WRITTEN and not clause.tests:
        return _written(dossier, clause)
    if clause.mode == "any":
        return _any(dossier, clause)
    gaps = tuple(gap for test in clause.tests for gap in _test(dossier, clause, test))
    return ClauseResult(clause.id, _state(gaps), gaps)


def _alone(company: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return (fact for fact in company.items() if fact[0] != "partners")


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
    actions = _covering(dossier)
    settled, until, overdue_only = _covered(clauses, actions, criterion.id)
    exception = _exception(dossier)
    standing = Standing(row_level, applies, reason, exception, tuple(settled), until, overdue_only)
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
        until=_until(found, standing),
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


def _test(dossier: Dossier, clause: Clause, test: Test) -> list[Gap]:
    value = dossier.fact(test.of)
    if value is MISSING:
        return [
            Gap(
                clause.id,
                f"the profile does not say {test.of}",
                messages.subject_place(dossier),
                True,
            )
        ]
    if not test.rule.passes(value):
        return messages.gaps(dossier, clause, test, value)
    holes = dossier.unknown(test.of)
    return [messages.unknown(dossier, clause, test, hole) for hole in holes]


def _any(dossier: Dossier, clause: Clause) -> ClauseResult:
    results = []
    for test in clause.tests:
        gaps = _test(dossier, clause, test)
        if not gaps:
            return ClauseResult(clause.id, PASS)
        results.append(gaps)
    unknown = [g for gaps in results for g in gaps if g.unknown]
    if unknown:
        return ClauseResult(clause.id, UNKNOWN, tuple(unknown))
    # One sentence for the clause; the branches' own places show where to look.
    place = next(
        (g.place for gaps in results for g in gaps if g.place.path.startswith("evidence/")),
        results[0][0].place,
    )
    message = messages.filled(clause.gap, dossier) if clause.gap else results[0][0].message
    return ClauseResult(clause.id, FAIL, (Gap(clause.id, message, place),))


def _written(dossier: Dossier, clause: Clause) -> ClauseResult:
    gaps = messages.written(dossier, clause)
    return ClauseResult(clause.id, _state(gaps), gaps)


def _state(gaps: Sequence[Gap]) -> str:
    if any(not g.unknown for g in gaps):
        return FAIL
    return UNKNOWN if gaps else PASS


def _covering(dossier: Dossier) -> list[Action]:
    """Open corrective actions about this account, criterion and subject."""
    account, subject = dossier.ledger.account["id"], dossier.subject
    return [
        action
        for action in dossier.ledger.programme.covering.get(dossier.criterion.id, ())
        if (not action.record.accounts or account in action.record.accounts)
        and _reaches(action.record.scope, subject, dossier.ledger)
    ]


def _reaches(scope: Mapping[str, Any], subject: Subject, ledger: Ledger) -> bool:
    """Whether an action is about the subject; one about a site of this account is about it, too."""
    if scope.get("company"):
        return True
    if subject.scope == "company":
        sites = scope.get("sites", ())
        mine = not sites or any(site["id"] in sites for site in ledger.sites)
        return mine and not scope.get("partners")
    return subject.id in scope.get(f"{subject.scope}s", ())


def _covered(
    clauses: list[ClauseResult], actions: list[Action], criterion: str
) -> tuple[list[ClauseResult], str | None, frozenset[str]]:
    """Clauses with their open actions: in time they cover, overdue they are a gap themselves."""
    if not actions:
        return clauses, None, frozenset()
    settled, until, overdue = [], [], set()
    for clause in clauses:
        mine = [a for a in actions if f"{criterion}/{clause.clause}" in a.covers]
        in_time = [a for a in mine if a.state == "in_time"]
        late = [a for a in mine if a.state in ("overdue", "unapproved") and a.severity == MUST]
        if clause.state == ABSENT or not mine:
            settled.append(clause)
        elif late:
            if clause.state != FAIL:
                overdue.add(clause.clause)
            settled.append(
                clause._replace(state=FAIL, gaps=(*clause.gaps, *(_late(clause, a) for a in late)))
            )
        elif in_time and (clause.state != PASS or any(a.severity == MUST for a in in_time)):
            until += [a.due for a in in_time]
            settled.append(clause._replace(covered_by=tuple(a.id for a in in_time)))
        else:
            settled.append(clause)
    # The row is covered until the first of them falls due.
    return settled, min(until, default=None), frozenset(overdue)


def _late(clause: ClauseResult, action: Action) -> Gap:
    why = f"was due on {action.due}" if action.state == "overdue" else "is not approved"
    message = f"corrective action {action.id} {why} and is not closed"
    return Gap(clause.clause, message, Place(action.record.path, ("data", "due")))


#: Exceptions that change a verdict, the stronger one first; the others are only on record.
_EXCUSES = ("not_applicable", "should_not_adopted")


def _exception(dossier: Dossier) -> CriterionException | None:
    """The exception that counts here; of several of one type the one that lasts longest."""
    account, subject = dossier.ledger.account["id"], dossier.subject
    found = []
    for exception in dossier.ledger.programme.exceptions:
        if exception.criterion != dossier.criterion.id or exception.type not in _EXCUSES:
            continue
        scope, accounts = exception.record.scope, exception.record.accounts
        named = scope.get("company") or subject.id in scope.get(f"{subject.scope}s", ())
        if named and (not accounts or account in accounts):
            found.append(exception)
    found.sort(key=lambda e: e.expires, reverse=True)
    return min(found, key=lambda e: _EXCUSES.index(e.type), default=None)


def _until(found: str, standing: Standing) -> str | None:
    """The last day of what covers or excuses; what does not apply anyway has no end."""
    if found == "action_open":
        return standing.until
    argued = standing.applies and any(c.state != ABSENT for c in standing.clauses)
    if standing.exception and argued and found in ("not_applicable", "not_adopted"):
        return standing.exception.expires
    return None


def _evidence(dossier: Dossier, kinds: Sequence[str]) -> tuple[tuple[str, ...], int]:
    """The newest records that prove something today for a row, oldest first; and how many."""
    found = [dossier.ledger.current(kind, dossier.subject) for kind in kinds]
    # Each list is in the order of days already, so only its end can be among the newest.
    newest = [row for rows in found for row in rows[-EVIDENCE_NAMED:]]
    newest.sort(key=lambda r: (r["dated"], r["id"]))
    return tuple(r["id"] for r in newest[-EVIDENCE_NAMED:]), sum(map(len, found))
