"""What a change does, said in sections: the same words for the terminal and for a comment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ctpat_policy.difference import (
    AMBER,
    EASED,
    GONE,
    GREEN,
    OTHERWISE,
    RED,
    Counts,
    Deleted,
    Difference,
    Side,
    Signed,
    Turn,
)
from ctpat_policy.governance import GovernanceChange
from ctpat_policy.model import Row
from ctpat_policy.reports.lines import counted
from ctpat_policy.reports.outcome import GAPS, WORDS, once
from ctpat_policy.reports.phrases import Item, Phrase, Section, Theirs, said
from ctpat_policy.waivers import Waiver

_TURNS: Mapping[str, str] = {
    RED: "Turns red",
    AMBER: "Turns amber: under corrective action",
    GONE: "Judged no longer",
    OTHERWISE: "Other verdict, neither better nor worse",
    EASED: "Better, but still red",
    GREEN: "Turns green",
}
#: How many gaps of one row are told, and how many subjects of one change.
_REASONS, _SUBJECTS = 2, 12


def head(difference: Difference) -> Iterator[Phrase]:
    """What was compared, and where each account stands."""
    yield (said(difference.member), f" · what the change does, judged as of {difference.today}")
    counts = [f"{n:,} {what}" for what, n in difference.documents.items() if n]
    documents = f"documents: {', '.join(counts)}" if counts else "no document differs"
    yield ("from ", *_side(difference.base), " to ", *_side(difference.head), f"; {documents}")
    for side in difference.incomplete:
        yield (f"INCOMPLETE: the {side} could not be judged whole, so much may be missing",)
    for each in difference.counts:
        yield _counts(each)


def verdict(difference: Difference) -> str:
    """The last line: what the exit code says."""
    worse = sum(turn.risen for turn in difference.turns)
    said_so = f"{counted(worse, 'row')} worse than before" if worse else "no row is worse"
    return f"{said_so} (exit {difference.exit_code})"


def sections(difference: Difference) -> Iterator[Section]:
    """Everything that the change does, worst first; what it does not do is left out."""
    for into, title in _TURNS.items():
        turns = [turn for turn in difference.turns if turn.into == into]
        yield Section(title, tuple(_alike(turns)), len(turns))
    yield Section("Approvals voided", tuple(map(_signed, difference.voided)))
    yield Section("Documents deleted", tuple(map(_deleted, difference.deleted)))
    title = "Exceptions and corrective actions"
    yield Section(title, tuple(map(_waiver, difference.waivers)))
    title = "Governance: what is judged, how strictly, and by whom"
    yield Section(title, tuple(map(_governance, difference.governance)))
    yield Section("Documents in trouble", tuple(_findings(difference)))
    yield Section("Approvals given", tuple(map(_signed, difference.given)))
    yield Section("Falls due now", tuple(_dues(difference)))


def _side(side: Side) -> Phrase:
    commit = f" (commit {side.commit[:12]})" if side.commit else ""
    return (Theirs(side.name), commit)


def _counts(counts: Counts) -> Phrase:
    parts = []
    for word, verdicts in (("met", ("met",)), ("gaps", GAPS), ("under action", ("action_open",))):
        old, new = (sum(side.get(v, 0) for v in verdicts) for side in (counts.before, counts.after))
        if old or new:
            parts.append(f"{word} {old:,} -> {new:,}" if old != new else f"{word} {new:,}")
    return (Theirs(counts.account), f" {counts.level}: {', '.join(parts)}")


def _alike(turns: Iterable[Turn]) -> Iterator[Item]:
    """Rows of one criterion with the same change for like reasons are told together, with the
    reasons of the first.
    """
    kept: dict[tuple[Any, ...], list[Turn]] = {}
    for turn in turns:
        row, sides = turn.row, (turn.change.before, turn.change.after)
        why = (g.message.replace(row.subject, "") for g in row.gaps)
        verdicts = tuple((side.verdict, side.until) if side else None for side in sides)
        key = (row.account, row.criterion, row.level, *verdicts, row.reason, *why)
        kept.setdefault(key, []).append(turn)
    for alike in kept.values():
        first = alike[0]
        row, sides = first.row, (first.change.before, first.change.after)
        more = f" and {len(alike) - _SUBJECTS:,} more" if len(alike) > _SUBJECTS else ""
        named = Theirs(", ".join(turn.row.subject for turn in alike[:_SUBJECTS]))
        what = (f"{row.criterion} {row.level} · ", Theirs(row.title), " · ", Theirs(row.account))
        before, after = map(_verdict, sides)
        head = (*what, " ", named, f"{more}: ", *before, " -> ", *after)
        yield Item(head, tuple(_reasons(first)))


def _reasons(turn: Turn) -> Iterator[Phrase]:
    now = turn.change.after
    if now is None:
        return
    gaps = once(now.gaps) if now.verdict in GAPS else ()
    for gap in gaps[:_REASONS]:
        yield (Theirs(str(gap.place)), ": ", Theirs(gap.message))
    if not gaps and now.reason:
        yield (Theirs(now.reason),)
    if len(gaps) > _REASONS:
        yield (f"and {len(gaps) - _REASONS:,} more",)


def _verdict(row: Row | None) -> Phrase:
    if row is None:
        return ("not judged",)
    until: Phrase = (" until ", Theirs(row.until)) if row.until else ()
    return (WORDS.get(row.verdict, row.verdict), *until)


def _signed(signed: Signed) -> Item:
    by = (Theirs(signed.by), " as ", Theirs(signed.function), " on ", Theirs(signed.approved_on))
    details = ((Theirs(signed.why),),) if signed.why else ()
    return Item((Theirs(signed.path), ": ", *(by if signed.by else ())), details)


def _deleted(deleted: Deleted) -> Item:
    rows = tuple(
        (f"it held up {criterion} {level} ", Theirs(account), " ", Theirs(subject))
        for account, criterion, level, subject in deleted.held_up
    )
    return Item((Theirs(deleted.path),), rows)


def _waiver(waiver: Waiver) -> Item:
    end = waiver.until_after or waiver.until_before
    moved = waiver.until_before and waiver.until_after not in ("", waiver.until_before)
    until: Phrase = (Theirs(waiver.until_before), " -> ", Theirs(end)) if moved else (Theirs(end),)
    about = Theirs(", ".join(waiver.about))
    head = (f"{', '.join(waiver.effects)}: ", Theirs(waiver.path), " for ", about)
    gone = "dropped" in waiver.effects
    note: tuple[Phrase, ...] = (("it does not count: see the findings",),)
    place = (" at ", Theirs(waiver.subject), " until ", *until)
    return Item((*head, *place), () if waiver.counts or gone else note)


def _governance(change: GovernanceChange) -> Item:
    effect = change.effect.replace("_", " ")
    moved = (said(change.before), " -> ", said(change.after))
    field: Phrase = (Theirs(change.field), ": ") if change.field else ()
    return Item((f"{effect}: ", *field, *moved, " in ", Theirs(change.path)))


def _findings(difference: Difference) -> Iterator[Item]:
    for f in difference.findings:
        head = (Theirs(str(f.place)), f": {f.severity}: ", Theirs(f.message), " ", Theirs(f.code))
        yield Item(head)


def _dues(difference: Difference) -> Iterator[Item]:
    for due in difference.due:
        yield Item((Theirs(due.on), " ", Theirs(due.what), " · ", Theirs(due.subject)))
