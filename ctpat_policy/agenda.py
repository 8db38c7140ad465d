"""What falls due in a span, for a calendar: the same judgement of days that a check makes."""

from __future__ import annotations

from dataclasses import dataclass

from ctpat_policy import clock, due, filing, program
from ctpat_policy.catalog import Catalog
from ctpat_policy.errors import NotTrusted
from ctpat_policy.filing import PROFILE
from ctpat_policy.model import Due
from ctpat_policy.reading import Reader
from ctpat_policy.sources import Source

#: What stays to be done once its day is past. Expired evidence is a gap of the check instead.
STAYS_OPEN = ("corrective_action", "procedure", "cbp_validation")


@dataclass(frozen=True, slots=True)
class Agenda:
    """Everything that falls due from `today` to `until`, and what is overdue, soonest first."""

    member: str
    today: str
    until: str
    items: tuple[Due, ...]
    #: How many documents could not be read or broke their schema: what they date is missing.
    unread: int = 0


def agenda(
    source: Source,
    catalog: Catalog,
    today: str,
    real_today: str,
    within: str | None = None,
    reader: Reader | None = None,
) -> Agenda:
    """The agenda of a repository. Raises NotTrusted without a security profile that can be read."""
    files = filing.gather(source, catalog, reader)
    programme = program.build(files, catalog, source, today, real_today)
    if programme is None:
        raise NotTrusted(f"{PROFILE} is missing or invalid; ctpat-policy check says why")
    until = clock.plus(today, within or due.horizon(programme))
    accounts = {account["id"] for account in programme.profile["accounts"]}
    wanted = [d for d in due.everything(catalog, programme, accounts) if _wanted(d, today, until)]
    places = program.locate((d.place for d in wanted), source.read)
    located = tuple(d._replace(place=places.get(d.place, d.place)) for d in wanted)
    unread = len({finding.place.path for finding in files.findings})
    return Agenda(programme.profile["member"]["name"], today, until, located, unread)


def _wanted(one: Due, today: str, until: str) -> bool:
    return one.on <= until and (one.on >= today or one.kind in STAYS_OPEN)
