"""The dossier of one row: facts by name, each made when a rule first asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ctpat_policy.criteria import Applies, Criterion
from ctpat_policy.dossiers import series
from ctpat_policy.dossiers.ledger import Ledger
from ctpat_policy.dossiers.rows import MISSING, Row, look
from ctpat_policy.dossiers.sight import Subject
from ctpat_policy.dossiers.views import view_rows
from ctpat_policy.dossiers.written import Written, written
from ctpat_policy.filing import PROFILE
from ctpat_policy.reads import source_of


class Dossier:
    """Everything computed for account x criterion x subject.

    `fact(path)` is plain JSON for a rule; MISSING where the profile does not say. `unknown(path)`
    says why rows of a fact may be incomplete, or is empty.
    """

    def __init__(
        self, ledger: Ledger, criterion: Criterion, subject: Subject, company: Mapping[str, Any]
    ) -> None:
        self.ledger, self.criterion, self.subject = ledger, criterion, subject
        self.roots: Mapping[str, Any] = {
            "account": ledger.account,
            "company": company,
            "subject": subject.row,
        }
        self._facts: dict[str, Any] = {}

    def fact(self, path: str) -> Any:
        """The fact at a path; the catalog has checked that such a fact can exist."""
        if path not in self._facts:
            self._facts[path] = self._make(path)
        return self._facts[path]

    def candidates(self, path: str) -> list[Row]:
        """The rows that a view may join; of records all that the subject sees, however old."""
        source, name, rest = source_of(path)
        if source != "records":
            rows: list[Row] = self.fact(path)
            return rows
        seen = self.ledger.seen(name, self.subject)
        return self._items(seen, ".".join(rest)) if rest else seen

    def unknown(self, path: str) -> list[Row]:
        """What the registers by which a view's rows are known leave open: days, or everything."""
        source, name, _ = source_of(path)
        event = self.criterion.views[name].known_by if source == "views" else ""
        if not event:
            return []
        holes = series.register_holes(self.ledger, event, self.subject)
        return holes or series.standstills(self.ledger, event, self.subject, self.roots["company"])

    def applies(self, condition: Applies | None) -> bool | None:
        """Whether a condition holds here; None when a fact that decides it is missing."""
        if condition is None:
            return True
        value = self.fact(condition.of)
        return None if value is MISSING else condition.rule.passes(value)

    @property
    def written(self) -> Written:
        """How far the written procedures cover the criterion's elements here."""
        if "written" not in self._facts:
            self._facts["written"] = written(self)
        found: Written = self._facts["written"]
        return found

    def _make(self, path: str) -> Any:
        source, name, rest = source_of(path)
        if source in ("current", "records"):
            rows: list[Row] = getattr(self.ledger, source)(name, self.subject)
            return self._items(rows, ".".join(rest)) if rest else rows
        if source == "holes":
            return series.holes(self.ledger, name, self.subject)
        if source == "views":
            view = self.criterion.views[name]
            return view_rows(view, self.fact, self.candidates, self.roots, self.ledger)
        if source == "reference":
            return self.ledger.kept(("reference", name), lambda: self._reference(name))
        if source == "written":
            key = ("written", name, self.criterion.id, self.subject.scope, self.subject.id)
            return self.ledger.kept(key, lambda: getattr(self.written, name))
        return self.ledger.today.itself if source == "as_of" else look(self.roots, path)

    def _items(self, rows: list[Row], path: str) -> list[Row]:
        items = self.ledger.items(rows, path)
        # Where none names a site all subjects share one list, and what is looked up in it.
        if not self.ledger.kept(("at a site", str(id(items))), _at_a_site, items):
            return items
        key = ("mine", str(id(items)), self.subject.scope, self.subject.id)
        return self.ledger.kept(key, self._mine, items)

    def _mine(self, items: list[Row]) -> list[Row]:
        """Items of this subject; one that names a site speaks for no other."""
        at_site = self.subject.scope == "site"
        here = [self.subject.id] if at_site else [site["id"] for site in self.ledger.sites]
        return [item for item in items if "site" not in item or item["site"] in here]

    def _reference(self, name: str) -> list[Row]:
        rows = self.ledger.catalog.reference[name]
        return [
            Row(r if isinstance(r, Mapping) else {"value": r}, f"schemas/reference/{name}.yaml")
            for r in rows
        ]


def _at_a_site(items: list[Row]) -> bool:
    return any("site" in item for item in items)


def company_facts(ledger: Ledger) -> dict[str, Any]:
    """The company as an account sees it: its own sites, lanes, systems and partners, all people."""
    profile = ledger.programme.profile
    partners = [
        Row({"id": f.id, **f.value}, f.path)
        for f in ledger.programme.partners.values()
        if ledger.account["id"] in f.value.get("accounts", (ledger.account["id"],))
    ]
    people = [Row(p, PROFILE, ("people", i)) for i, p in enumerate(profile["people"])]
    return {
        "id": "company",
        "member": profile["member"],
        "practices": profile["practices"],
        "settings": profile.get("settings", {}),
        "sites": ledger.sites,
        "lanes": ledger.lanes,
        "systems": ledger.systems,
        "partners": partners,
        "people": people,
    }


def subjects(ledger: Ledger, criterion: Criterion, company: Mapping[str, Any]) -> list[Subject]:
    """What a criterion is judged about: the company, each site, or each active partner."""
    if criterion.scope == "company":
        return [Subject("company", "company", Row(company, PROFILE, ("member",)))]
    if criterion.scope == "site":
        return [Subject("site", site["id"], site) for site in ledger.sites]
    active = [p for p in company["partners"] if p["active"] and ledger.today.in_force(p)]
    return [Subject("partner", p["id"], p) for p in active]
