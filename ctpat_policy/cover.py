"""What stands before a row: open corrective actions about its clauses, and exceptions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ctpat_policy.assess import ABSENT, FAIL, PASS
from ctpat_policy.dossiers.facts import Dossier
from ctpat_policy.dossiers.ledger import Ledger
from ctpat_policy.dossiers.sight import Subject
from ctpat_policy.model import MUST, ClauseResult, Gap, Place
from ctpat_policy.signed import Action, CriterionException


def actions(dossier: Dossier) -> list[Action]:
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


def covered(
    clauses: list[ClauseResult], about: list[Action], criterion: str
) -> tuple[list[ClauseResult], str | None, frozenset[str]]:
    """Clauses with their open actions: in time they cover, overdue they are a gap themselves."""
    if not about:
        return clauses, None, frozenset()
    settled, until, overdue = [], [], set()
    for clause in clauses:
        mine = [a for a in about if f"{criterion}/{clause.clause}" in a.covers]
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


def exception(dossier: Dossier) -> CriterionException | None:
    """The exception that counts here; of several of one type the one that lasts longest."""
    account, subject = dossier.ledger.account["id"], dossier.subject
    found = []
    for each in dossier.ledger.programme.exceptions:
        if each.criterion != dossier.criterion.id or each.type not in _EXCUSES:
            continue
        scope, accounts = each.record.scope, each.record.accounts
        named = scope.get("company") or subject.id in scope.get(f"{subject.scope}s", ())
        if named and (not accounts or account in accounts):
            found.append(each)
    found.sort(key=lambda e: e.expires, reverse=True)
    return min(found, key=lambda e: _EXCUSES.index(e.type), default=None)
