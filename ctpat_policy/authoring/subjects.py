"""Whom a new record can be about, those first of whom nothing is on file, and what it is called."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ctpat_policy import documents
from ctpat_policy.authoring.place import PARTNERS, Asked, known_of_record, takes_batch
from ctpat_policy.catalog import Catalog
from ctpat_policy.dossiers.series import is_wanted
from ctpat_policy.features import feature_since
from ctpat_policy.filing import PROFILE
from ctpat_policy.kinds import Kind
from ctpat_policy.model import Place, Row
from ctpat_policy.sources import Source

#: Units whose records may bear any name; of the others a name says whom the record is about.
_FREELY_NAMED = ("site", "partner", "company", "any")


class About(NamedTuple):
    """What a record is about, as `new` is told it; empty where nothing is said."""

    site: str = ""
    partner: str = ""
    name: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class Subjects:
    """Finds subjects in the profile and the files; `now` is the day on which `new` is run."""

    law: Catalog
    source: Source
    profile: Mapping[str, Any]
    now: str
    partners: Sequence[str]
    _known: dict[str, list[bytes]] = field(default_factory=dict)

    def named(self, row: Row, place: Place) -> About:
        """What a gap is about: the subject of its row, or what its place tells."""
        site = row.subject if row.scope == "site" and row.subject != "company" else ""
        partner = row.subject if row.scope == "partner" and row.subject != "company" else ""
        folder, _, file = place.path.rpartition("/")
        if folder == PARTNERS:
            partner = partner or file.removesuffix(".yaml")
        if place.path != PROFILE or len(place.pointer) < 2:
            return About(site, partner, "", row.account)
        listed, index = place.pointer[:2]
        if listed not in ("sites", "systems", "lanes"):
            return About(site, partner, "", row.account)
        name: str = self.profile[listed][index]["id"]
        if listed == "sites":
            return About(site or name, partner, "", row.account)
        return About(site, partner, name, row.account)

    def of(self, kind: Kind, about: About) -> list[About]:
        """Whom a record of a kind can be about: only those who are named, where it takes one."""
        if about.site and about.site not in [s["id"] for s in self.profile.get("sites", ())]:
            return []
        if kind.unit == "site":
            if about.site or kind.covers == "company":
                return [About(site=about.site)]
            return self._lacking(kind, [About(site=s) for s in self._sites(kind, about.account)])
        if takes_batch(kind) and self.partners:
            return [About()]
        if kind.unit == "partner":
            partners = [about.partner] if about.partner else self.partners
            return self._lacking(kind, [About(partner=p) for p in partners])
        if kind.unit in ("system", "lane"):
            names = [about.name] if about.name else self._units(kind, about.account)
            return self._lacking(kind, [About(name=n) for n in names]) or [About()]
        if kind.unit == "account":
            return [About(name=about.account)]
        if kind.unit == "any":
            return [About(site=about.site) if about.site else About(partner=about.partner)]
        if kind.unit == "person":
            return [About(site=about.site)]
        return [About(name=about.name if kind.unit == "model" else "")]

    def keeps(self, kind: Kind, about: About) -> bool:
        """Whether the site or partner has what the records of a kind are about."""
        if kind.unit == "site" and about.site:
            units = [s for s in self.profile.get("sites", ()) if s["id"] == about.site]
            return all(feature_since(s, kind.series_from) is not None for s in units)
        if kind.unit == "partner" and about.partner:
            path = f"{PARTNERS}/{about.partner}.yaml"
            partner = documents.load(self.source.read(path) or b"", path).value
            return is_wanted(partner or {}, kind)
        return True

    def path(self, kind: Kind, about: About) -> str:
        """The file that `new` would write today."""
        asked = Asked(self.now, "", about.site, about.partner, about.name)
        return known_of_record(self.law, kind, self.profile, asked)[1]

    def is_free(self, path: str) -> bool:
        """Whether no document lies there."""
        return self.source.read(path) is None

    def renamed(self, kind: Kind, about: About) -> About | None:
        """The same under a name that is free, for a further record; None where names mean much."""
        if kind.unit not in _FREELY_NAMED:
            return None
        stem = self.path(kind, about).rpartition("/")[2][len(self.now) + 1 : -5]
        names = (about._replace(name=f"{stem}-{number}") for number in range(2, 1000))
        return next((each for each in names if self.is_free(self.path(kind, each))), None)

    def _sites(self, kind: Kind, account: str) -> list[str]:
        """The sites of an account of which a series is kept; all of them where it has none such."""
        mine = [s for s in self._in_force("sites") if account in s.get("accounts", (account,))]
        kept = [s for s in mine if feature_since(s, kind.series_from) is not None]
        return [s["id"] for s in [s for s in kept if is_wanted(s, kind)] or mine]

    def _units(self, kind: Kind, account: str) -> list[str]:
        found = [u for u in self._in_force(f"{kind.unit}s") if is_wanted(u, kind)]
        return [u["id"] for u in found if account in u.get("accounts", (account,))]

    def _in_force(self, listed: str) -> Iterator[Mapping[str, Any]]:
        return (
            each
            for each in self.profile.get(listed, ())
            if self.now <= (each.get("until") or each.get("ended_on") or self.now)
        )

    def _lacking(self, kind: Kind, found: list[About]) -> list[About]:
        """Those first whom no record of the kind names, whether it is finished or not."""
        if len(found) < 2:
            return found
        texts = self._known.get(kind.id)
        if texts is None:
            files = self.source.files(f"evidence/{kind.id}")
            texts = self._known[kind.id] = [f.data for f in files if f.data is not None]

        def is_named(about: About) -> bool:
            name = re.escape(about.site or about.partner or about.name).encode()
            word = re.compile(rb"(?<![\w.-])" + name + rb"(?![\w.-])")
            return any(word.search(text) for text in texts)

        return sorted(found, key=is_named)
