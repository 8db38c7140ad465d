"""Cases of tests/clauses/: what a clause must say about records that a person can read.

    criterion: MSC-6.6
    entity_type: consolidator          # default
    given: {records: {...}, profile: {...}, partners: [...]}     # shared by all cases
    cases:
      - clause: audited
        says: an audit of last month proves it
        records: {seal_audit: [{}]}    # merge patches over tests/examples/seal_audit.yaml
        expect: pass                   # pass, fail, unknown, absent
      - clause: audited
        records: {seal_audit: []}
        gap: no current audit of the seals      # exactly, of one of its gaps; expect is then fail

A case's `records`, `profile` and `partners` replace those of `given` kind by kind. It may change
the first site (`site: {staffed: false}`) or have several (`sites: [{}, {id: S-2}]`), each a merge
patch over the first site of the example profile.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ctpat_policy.assess import judge
from ctpat_policy.criteria import Clause, Criterion
from ctpat_policy.dossiers.facts import Dossier, company_facts, subjects
from ctpat_policy.dossiers.ledger import Ledger
from ctpat_policy.model import ClauseResult
from ctpat_policy.program import Programme
from tests.company import TODAY, example, full_procedure, law, patched, programme, read_yaml

FOLDER = Path(__file__).parent / "clauses"


@dataclass(frozen=True)
class Case:
    """One dossier for one clause, and what must come out."""

    criterion: str
    clause: str
    name: str
    entity_type: str
    subject: str
    today: str
    given: Mapping[str, Any]
    expect: str
    gap: str


def cases() -> Iterator[Case]:
    """Every case of every file, in order."""
    for path in sorted(FOLDER.glob("*/*.yaml")):
        raw = read_yaml(path)
        for index, case in enumerate(raw["cases"], 1):
            yield _case(raw, case, index)


def result(case: Case, criterion: Criterion | None = None) -> ClauseResult:
    """What the engine says of the case, by the shipped criterion or a changed one."""
    criterion = criterion or law().criteria[case.criterion]
    made = _programme(case)
    ledger = Ledger(law(), made, made.profile["accounts"][0])
    company = company_facts(ledger)
    found = {s.id: s for s in subjects(ledger, criterion, company)}
    subject = found[case.subject] if case.subject else next(iter(found.values()))
    dossier = Dossier(ledger, criterion, subject, company)
    if dossier.applies(criterion.applies) is not True:
        return ClauseResult(case.clause, "absent", reason="the criterion does not apply")
    return judge(dossier, clause_of(criterion, case.clause))


def clause_of(criterion: Criterion, name: str) -> Clause:
    """A clause by its id."""
    return next(c for c in criterion.clauses if c.id == name)


_PROGRAMMES: dict[str, Programme] = {}


def _programme(case: Case) -> Programme:
    if case.name not in _PROGRAMMES:
        given = case.given
        _PROGRAMMES[case.name] = programme(
            case.entity_type,
            profile=given.get("profile"),
            partners=given.get("partners", ({},)),
            procedures=given.get("procedures", (full_procedure(law().criteria[case.criterion]),)),
            records=given.get("records"),
            today=case.today,
        )
    return _PROGRAMMES[case.name]


def _case(raw: Mapping[str, Any], case: Mapping[str, Any], index: int) -> Case:
    shared = raw.get("given", {})
    profile = patched(shared.get("profile", {}), case.get("profile", {}))
    sites = case.get("sites", [case["site"]] if "site" in case else None)
    if sites is not None:
        first = example("security_profile")["sites"][0]
        profile["sites"] = [patched(first, site) for site in sites]
    given = {
        "profile": profile,
        "records": {**shared.get("records", {}), **case.get("records", {})},
    }
    for key in ("partners", "procedures"):
        if key in case or key in shared:
            given[key] = case.get(key, shared.get(key))
    gap = case.get("gap", "")
    return Case(
        criterion=raw["criterion"],
        clause=case["clause"],
        name=f"{raw['criterion']}/{case['clause']}-{index}",
        entity_type=case.get("entity_type", raw.get("entity_type", "consolidator")),
        subject=case.get("subject", raw.get("subject", "")),
        today=case.get("today", raw.get("today", TODAY)),
        given=given,
        expect=case.get("expect", "fail" if gap else "pass"),
        gap=gap,
    )
