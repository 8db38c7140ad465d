"""Every approval at the tip with its proof: what it is about, who gave it, who wrote the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from ctpat_policy import clock
from ctpat_policy.signed import APPROVABLE
from ctpat_policy.trail import writers
from ctpat_policy.trail.chain import Brought, History, Step, Trail, Version
from ctpat_policy.trail.strength import (
    SIGNED,
    by_commit,
    has,
    is_about,
    maker_of,
    signature_of,
)
from ctpat_policy.trail.writers import Proven


@dataclass(frozen=True, slots=True)
class Proof:
    """One approval at the tip. `fitted`: the last version whose text it is about, if any;
    `signature`: none, good, broken, unknown, other_person or other_purpose.
    """

    history: History
    entry: Mapping[str, Any]
    index: int
    newest: bool
    step: Step
    maker: Brought
    fitted: Version | None
    fits: bool
    strength: str
    signature: str
    #: Whether the approver's own git identity wrote the text, or who brought the approval did.
    own_text: bool
    writer_brought: bool
    with_text: bool

    @property
    def days(self) -> int:
        """From the day of the approval to that of the commit that brought it in."""
        return clock.days_between(self.entry["approved_on"], self.step.day)


@lru_cache(maxsize=1)
def proofs(trail: Trail) -> tuple[Proof, ...]:
    """Every approval of every document at the tip, oldest entry first."""
    return tuple(_proofs(trail))


def _proofs(trail: Trail) -> Iterator[Proof]:
    for key, history in trail.histories.items():
        if key[0] not in APPROVABLE or history.last.value is None:
            continue
        entries = list(history.last.value.get("approvals", ()))
        newest = max(range(len(entries)), key=lambda i: (entries[i]["approved_on"], i), default=-1)
        proven = writers.proven(trail, history) if entries else []
        for index in range(len(entries)):
            yield _proof(trail, history, index, index == newest, proven)


def _proof(
    trail: Trail, history: History, index: int, newest: bool, proven: Sequence[Proven]
) -> Proof:
    assert history.last.value is not None
    entry = history.last.value["approvals"][index]
    at = next(i for i, v in enumerate(history.readable) if has(v.value, entry))
    brought = history.readable[at]
    step = trail.steps[brought.step]
    maker = maker_of(trail, step, brought, entry)
    fitted = [v for v in history.readable if is_about(trail, history, v, entry)]
    signature = signature_of(trail, history, entry)
    person = trail.people_before(step.number).get(entry["by"], {})
    wrote = writers.of(trail, history, at, entry, proven)
    return Proof(
        history=history,
        entry=entry,
        index=index,
        newest=newest,
        step=step,
        maker=maker,
        fitted=fitted[-1] if fitted else None,
        fits=is_about(trail, history, replace(history.last, step=len(trail.steps)), entry),
        strength=SIGNED if signature == "good" else by_commit(trail, step, maker, person),
        signature=signature,
        own_text=writers.include(trail, wrote, entry["by"], step),
        writer_brought=any(writers.same_author(w, maker) for w in wrote),
        with_text=any(w.commit.id == maker.commit.id for w in wrote),
    )
