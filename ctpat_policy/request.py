"""What a run is asked to judge."""

from __future__ import annotations

from dataclasses import dataclass

from ctpat_policy.model import MUST
from ctpat_policy.shares import WHOLE, Share


@dataclass(frozen=True, slots=True)
class Request:
    """What to judge: the clock, the filters, and what counts as failing."""

    today: str
    real_today: str
    accounts: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()
    fail_on: str = MUST
    share: Share = WHOLE
