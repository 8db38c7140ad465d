"""The chapters that a firm has to write: one per category, asking what its criteria ask of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ctpat_policy import program
from ctpat_policy.authoring.profile import CONTACT
from ctpat_policy.authoring.skeleton import Known, procedure
from ctpat_policy.catalog import Catalog
from ctpat_policy.criteria import Criterion, Element
from ctpat_policy.dossiers.facts import Dossier, company_facts, subjects
from ctpat_policy.dossiers.ledger import Ledger
from ctpat_policy.filing import PROFILE, Filed, Files
from ctpat_policy.judgement import levels
from ctpat_policy.sources import Source


def chapters(
    law: Catalog, profile: Mapping[str, Any], source: Source, today: str
) -> dict[str, str]:
    """Path and text of a chapter for each category with something to spell out here."""
    asked = _asked(law, profile, source, today)
    found = {}
    for row in law.reference["categories"]:
        wanted = [
            (c, asked[c.id])
            for c in law.criteria.values()
            if c.category == row["number"] and asked.get(c.id)
        ]
        if wanted:
            known = Known(today, today, {"person": _owner(profile)})
            path = f"policies/procedures/{row['folder']}.yaml"
            found[path] = procedure(law, known, row["title"], wanted)
    return found


def _asked(
    law: Catalog, profile: Mapping[str, Any], source: Source, today: str
) -> dict[str, list[Element]]:
    """The elements of each criterion that apply to some account and subject."""
    filed = Filed(PROFILE, "security_profile", "security-profile", profile)
    files = Files(documents={"security_profile": [filed]})
    programme = program.build(files, law, source, today, today)
    assert programme is not None, "there is a profile"
    found: dict[str, dict[str, Element]] = {}
    for account in profile["accounts"]:
        ledger = Ledger(law, programme, account)
        for name in levels(law, programme, account["entity_type"]):
            criterion = law.criteria[name]
            found.setdefault(name, {}).update((e.id, e) for e in _elements(ledger, criterion))
    order = {c.id: [e.id for e in c.elements] for c in law.criteria.values()}
    return {n: [by_id[e] for e in order[n] if e in by_id] for n, by_id in found.items()}


def _elements(ledger: Ledger, criterion: Criterion) -> Iterator[Element]:
    """Elements that nothing excludes. Partners come later, so all about them is asked."""
    if criterion.scope == "partner":
        yield from criterion.elements
        return
    company = company_facts(ledger)
    for subject in subjects(ledger, criterion, company):
        dossier = Dossier(ledger, criterion, subject, company)
        if dossier.applies(criterion.applies) is not False:
            for element in criterion.elements:
                if dossier.applies(element.applies) is not False:
                    yield element


def _owner(profile: Mapping[str, Any]) -> str:
    ids = [person["id"] for person in profile["people"]]
    return CONTACT if CONTACT in ids else str(ids[-1])
