"""Seals reports: what each was made of, so that nothing is merged that does not belong together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ctpat_policy import __version__
from ctpat_policy.cache import key_of, program_digest
from ctpat_policy.catalog import Catalog
from ctpat_policy.model import Report, Seal
from ctpat_policy.reading import Reader
from ctpat_policy.remembered import judged, still
from ctpat_policy.request import Request
from ctpat_policy.sources import Source


def sealed(source: Source, catalog: Catalog, request: Request, reader: Reader) -> Report:
    """What `judged` says, with its seal."""
    frozen = still(source)
    report = judged(frozen, catalog, request, reader)
    seal = Seal(
        number=request.share.number,
        count=request.share.count,
        version=__version__,
        program=program_digest(),
        law=catalog.schemas.law,
        state=frozen.fingerprint(),
        real_today=request.real_today,
    )
    return replace(report, seal=seal)


def beside(report: Report, others: Iterable[Report], revisions: dict[str, str | None]) -> Report:
    """A sealed report that was held against others; `revisions` are the options that named them."""
    state = key_of(report.seal.state, *(other.seal.state for other in others))
    named = {option: name for option, name in revisions.items() if name}
    return replace(report, seal=replace(report.seal, state=state, revisions=named))
