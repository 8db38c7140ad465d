"""The command that starts the work on a gap, on what falls due, or on a document in trouble."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ctpat_policy import documents
from ctpat_policy.authoring.approve import barred
from ctpat_policy.catalog import Catalog
from ctpat_policy.criteria import WRITTEN, Criterion
from ctpat_policy.filing import PROFILE, expected
from ctpat_policy.kinds import Kind
from ctpat_policy.model import Due, Finding, Gap, Place, Row
from ctpat_policy.reads import source_of
from ctpat_policy.sources import Source

_PROCEDURES = "policies/procedures/"


@dataclass(frozen=True, slots=True)
class Commands:
    """Words commands by the law, the profile and the documents themselves."""

    law: Catalog
    source: Source
    profile: Mapping[str, Any]
    today: str
    has_partners: bool

    def for_gap(self, row: Row, gap: Gap) -> str:
        """What starts to close a gap of a row."""
        criterion = self.law.criteria[row.criterion]
        number = criterion.id.removeprefix("MSC-")
        if gap.place.path.startswith(_PROCEDURES):
            return self.approve(gap.place.path)
        if gap.clause == WRITTEN:
            return self._say("new", "procedure", "--name", f"msc-{number}", "--criterion", number)
        if not (gap.unknown or self.has_partners) and _about_partners(criterion, gap):
            return self._say("new", "partner", "--name", "PT-01")
        kind = self._kind(criterion, gap)
        if kind is None:
            return self._say("explain", number)
        return self._new(kind, self._site(row, gap.place), _partner(row))

    def for_due(self, due: Due) -> str:
        """What starts to renew what falls due."""
        if due.kind == "procedure" or due.kind == "criterion_exception":
            return self.approve(due.place.path)
        if due.kind == "corrective_action":
            return self._say("explain", "corrective_action")
        if due.place.path == PROFILE and due.kind == "cbp_validation":
            return self._say("check", "--account", due.account)
        if due.kind == "cbp_validation":
            return self._new(self.law.kinds["corrective_action"], "", "")
        kind = self.law.kinds[due.kind]
        site = due.subject if kind.unit == "site" and due.subject != "company" else ""
        partner = due.subject if kind.unit == "partner" and due.subject != "company" else ""
        return self._new(kind, site, partner, "" if site or partner else due.subject)

    def for_finding(self, finding: Finding) -> str:
        """What helps with a document in trouble."""
        if finding.code.startswith("approval-") and expected(finding.place.path):
            return self.approve(finding.place.path)
        if finding.code == "profile-missing":
            return self._say("init")
        return self._say("explain", finding.code)

    def approve(self, path: str) -> str:
        """The approval of a document by the first person in post who may give it."""
        document = documents.load(self.source.read(path) or b"", path).value or {}
        kind = (expected(path) or ("procedure", ""))[0]
        by, function = self._approver(kind, document)
        return self._say("approve", path, "--by", by, "--as", function)

    def _approver(self, kind: str, document: Mapping[str, Any]) -> tuple[str, str]:
        functions = self.law.approvers.get(kind, ())
        try:
            excluded = barred(kind, document)
        except (KeyError, TypeError):
            excluded = {}
        for person in self.profile.get("people", ()):
            in_post = person["from"] <= self.today <= person.get("until", "9999-12-31")
            held = [f for f in functions if f in person["functions"]]
            if in_post and held and person["id"] not in excluded:
                return person["id"], held[0]
        return "PERSON", functions[0] if functions else "FUNCTION"

    def _kind(self, criterion: Criterion, gap: Gap) -> Kind | None:
        """The kind whose record is missing; a record that tells bad news asks for an action."""
        if gap.unknown:
            return self.law.kinds["event_register"] if "register" in gap.message else None
        clause = next(c for c in criterion.clauses if c.id == gap.clause)
        kinds = [k for test in clause.tests for k in kinds_of(criterion, test.of)]
        here = gap.place.path.split("/")[1] if gap.place.path.startswith("evidence/") else ""
        if here and (gap.place.pointer or "corrective action" in gap.message):
            others = [k for k in kinds if k not in (here, "corrective_action")]
            return self.law.kinds[others[0] if others else "corrective_action"]
        return self.law.kinds[kinds[0]] if kinds else None

    def _site(self, row: Row, place: Place) -> str:
        if row.scope == "site" and row.subject != "company":
            return row.subject
        if place.path == PROFILE and place.pointer[:1] == ("sites",) and len(place.pointer) > 1:
            site: str = self.profile["sites"][place.pointer[1]]["id"]
            return site
        return ""

    def _new(self, kind: Kind, site: str, partner: str, name: str = "") -> str:
        words = ["new", kind.id]
        sites = self.profile.get("sites", ())
        if kind.unit == "site" and not site and len(sites) == 1:
            site = sites[0]["id"]
        if site and kind.unit in ("site", "person", "any"):
            words += ["--site", site]
        if partner and kind.unit in ("partner", "any"):
            words += ["--partner", partner]
        if name and name != "company" and kind.unit in ("lane", "system", "model", "account"):
            words += ["--name", name]
        return self._say(*words)

    def _say(self, *words: str) -> str:
        return shlex.join(["ctpat-policy", *words])


def _about_partners(criterion: Criterion, gap: Gap) -> bool:
    """Whether the gap's clause looks at the company's business partners themselves."""
    clause = next(c for c in criterion.clauses if c.id == gap.clause)
    views = [criterion.views[t.of.split(".")[1]] for t in clause.tests if t.of[:6] == "views."]
    return any(each == "company.partners" for view in views for each in view.each)


def kinds_of(criterion: Criterion, fact: str) -> list[str]:
    """The evidence kinds behind a fact of a criterion, the leading one first."""
    source, name, _ = source_of(fact)
    if source in ("current", "records", "holes"):
        return [name]
    if source != "views":
        return []
    view = criterion.views[name]
    facts = (*view.each, *(join.source for join in view.joins))
    return [kind for each in facts for kind in kinds_of(criterion, each)]


def _partner(row: Row) -> str:
    return row.subject if row.scope == "partner" and row.subject != "company" else ""
