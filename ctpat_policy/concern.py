"""Which documents a question about history is about. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ctpat_policy.catalog import Catalog
from ctpat_policy.fields import listed, part, text
from ctpat_policy.reads import kinds_read

_PROFILE, _PARTNER, _PROCEDURE = "security_profile", "business_partner", "procedure"


@dataclass(frozen=True, slots=True)
class Concern:
    """A question: a criterion, a path (file or folder), a site, a partner; empty narrows nothing.

    `spans` are the criteria whose procedures count: the criterion, and those that it reviews.
    """

    criterion: str = ""
    path: str = ""
    site: str = ""
    partner: str = ""
    scope: str = ""
    kinds: frozenset[str] = frozenset()
    spans: frozenset[str] = frozenset()

    def covers(self, path: str, kind: str, name: str, value: Mapping[str, Any] | None) -> bool:
        """Whether a document is part of the answer. `value` may lack `data`, or be None."""
        if self.path and path != self.path and not path.startswith(f"{self.path}/"):
            return False
        value = value or {}
        return (
            (not self.criterion or self._of_criterion(kind, value))
            and (not self.site or self._of_site(kind, value))
            and (not self.partner or self._of_partner(kind, name, value))
        )

    def keeps(self, kind: str, at: str) -> bool:
        """Whether a field of a document belongs to the answer."""
        whole = kind != _PROFILE or not self.site
        return whole or at.startswith(f"sites[{self.site}]")

    def judges(self, scope: str, subject: str) -> bool:
        """Whether the verdicts about a subject belong to the answer."""
        mine = {("site", self.site), ("partner", self.partner)}
        return not (self.site or self.partner) or (subject != "" and (scope, subject) in mine)

    def _of_criterion(self, kind: str, value: Mapping[str, Any]) -> bool:
        data = part(value, "data")
        if kind == _PROFILE:
            return True
        if kind == _PROCEDURE:
            return not self.spans.isdisjoint(part(value, "satisfies"))
        if kind == _PARTNER:
            return self.scope == "partner"
        if kind == "level_overlay":
            return text(value, "criterion") == self.criterion
        if kind == "criterion_exception":
            return text(data, "criterion") == self.criterion
        if kind == "corrective_action":
            clauses = (str(clause).split("/")[0] for clause in listed(data, "covers"))
            return self.criterion in (*listed(data, "criteria"), *clauses)
        return kind in self.kinds

    def _of_site(self, kind: str, value: Mapping[str, Any]) -> bool:
        if kind == _PROFILE:
            return True
        if kind == _PROCEDURE:
            sites = listed(value, "sites")
            return self.site in sites or (bool(self.criterion) and not sites)
        scope = part(value, "scope")
        wide = bool(self.criterion) and (kind == "level_overlay" or "company" in scope)
        return wide or self.site in listed(scope, "sites")

    def _of_partner(self, kind: str, name: str, value: Mapping[str, Any]) -> bool:
        if kind == _PARTNER:
            return name == self.partner
        if kind in (_PROCEDURE, "level_overlay"):
            return bool(self.criterion)
        return self.partner in listed(part(value, "scope"), "partners")


def concern(catalog: Catalog, criterion: str, path: str, site: str, partner: str) -> Concern:
    """The concern of a question; the criterion must be one of the catalog."""
    if not criterion:
        return Concern("", path, site, partner)
    known = catalog.criteria[criterion]
    spans: Sequence[str] = (criterion, *known.reviews)
    return Concern(
        criterion, path, site, partner, known.scope, frozenset(kinds_read(known)), frozenset(spans)
    )
