"""Written procedures: which elements of a criterion they spell out, and whether they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ctpat_policy import clock
from ctpat_policy.criteria import Element
from ctpat_policy.dossiers.rows import Row
from ctpat_policy.signed import Procedure

if TYPE_CHECKING:
    from ctpat_policy.dossiers.facts import Dossier


class Written(NamedTuple):
    """What the clause `written` is judged on; each list but the first must be empty."""

    procedures: list[Row]
    uncovered: list[Row]
    overdue: list[Row]
    unapproved: list[Row]
    undecided: list[Element]
    wanted: int


def written(dossier: Dossier) -> Written:
    """Hold the procedures that apply to the subject against the criterion's elements."""
    criterion, subject = dossier.criterion, dossier.subject
    verdicts = [(e, dossier.applies(e.applies)) for e in criterion.elements]
    wanted = [e for e, applies in verdicts if applies]
    undecided = [e for e, applies in verdicts if applies is None]
    mapped = [p for p in _reaching(dossier) if criterion.id in p.value.get("satisfies", {})]
    trouble: dict[tuple[str, str], Row] = {}
    uncovered: list[Row] = []
    for element in wanted:
        spelling = [p for p in mapped if _spells(p, criterion.id, element.id)]
        if any(not _trouble(dossier, p) for p in spelling):
            continue
        if not spelling:
            uncovered.append(_uncovered(element, mapped, criterion.id, subject.row))
        for procedure in spelling:
            kind = _trouble(dossier, procedure)
            trouble[kind, procedure.id] = _about(dossier, procedure)
    for procedure in _reaching(dossier):
        if not set(criterion.reviews).isdisjoint(procedure.value.get("satisfies", {})):
            kind = _trouble(dossier, procedure)
            if kind:
                trouble[kind, procedure.id] = _about(dossier, procedure)
    return Written(
        procedures=[_about(dossier, p) for p in mapped],
        uncovered=uncovered,
        overdue=[row for (kind, _), row in trouble.items() if kind == "overdue"],
        unapproved=[row for (kind, _), row in trouble.items() if kind != "overdue"],
        undecided=undecided,
        wanted=len(wanted),
    )


def review_due(dossier: Dossier, procedure: Procedure) -> str:
    """The last day on which the newest approval still counts as a review for this criterion."""
    spans = [procedure.value["review_every"], dossier.criterion.review_within]
    return min(clock.plus(procedure.approved_on, span) for span in spans if span)


def _spells(procedure: Procedure, criterion: str, element: str) -> bool:
    """Whether a step that is there spells the element out; a mention is not enough."""
    named = procedure.value["satisfies"][criterion].get(element, ())
    return not {step["id"] for step in procedure.value["steps"]}.isdisjoint(named)


def _reaching(dossier: Dossier) -> list[Procedure]:
    """Procedures in force for the subject; one for some sites never speaks for the company."""
    procedures = dossier.ledger.programme.procedures
    if dossier.subject.scope == "site":
        return [
            p
            for p in procedures
            if dossier.subject.id in p.value.get("sites", (dossier.subject.id,))
        ]
    mine = {site["id"] for site in dossier.ledger.sites}
    return [p for p in procedures if "sites" not in p.value or mine <= set(p.value["sites"])]


def _trouble(dossier: Dossier, procedure: Procedure) -> str:
    if procedure.unwritten is not None:
        return "unwritten"
    if not procedure.approved_on:
        return "unapproved"
    late = dossier.ledger.today.is_past(review_due(dossier, procedure))
    return "overdue" if late else ""


def _about(dossier: Dossier, procedure: Procedure) -> Row:
    content = {
        "id": procedure.id,
        "title": procedure.value["title"],
        "version": procedure.value["version"],
        "owner": procedure.value["owner"],
        "approved_on": procedure.approved_on,
        "trouble": _trouble(dossier, procedure),
    }
    if procedure.approved_on:
        content["review_due"] = review_due(dossier, procedure)
    if procedure.unwritten is not None:
        content["why"] = procedure.unwritten.why
        return Row(content, procedure.path, procedure.unwritten.at)
    pointer = ("approvals",) if "approvals" in procedure.value else ("owner",)
    return Row(content, procedure.path, pointer)


def _uncovered(element: Element, mapped: list[Procedure], criterion: str, subject: Row) -> Row:
    content = {"element": element.id, "says": element.says}
    if mapped:
        return Row(content, mapped[0].path, ("satisfies", criterion))
    return Row(content, subject.path, subject.pointer)
