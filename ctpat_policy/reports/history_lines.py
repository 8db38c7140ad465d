"""An answer about history, said line by line: the same words for the terminal and for a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from ctpat_policy.chronicle import (
    ADDED,
    Chronicle,
    Counts,
    DocumentChange,
    Entry,
    Given,
    Hand,
    Month,
)
from ctpat_policy.reports.lines import counted
from ctpat_policy.reports.outcome import GAPS, WORDS
from ctpat_policy.reports.phrases import Item, Phrase, Section, Theirs, said

#: How far in a line stands, and what it says.
Line = tuple[int, Phrase]

_STRENGTHS: Mapping[str, str] = {
    "signed": "signed by the approver",
    "signed_commit": "in a commit that the approver signed",
    "commit": "in a commit in the approver's name",
    "claimed": "claimed, nothing more",
}
#: How many rows that turned are named after one commit, and files that it added to one folder.
_TURNED, _ALIKE = 12, 6


def head(chronicle: Chronicle) -> Iterator[Phrase]:
    """What was asked, and how much history there is."""
    asked = chronicle.asked
    title: Phrase = (" · ", Theirs(asked.title)) if asked.title else ()
    yield ("History of ", Theirs(asked.what) if asked.what else "everything", *title)
    narrowed = (("only site ", asked.site), ("only partner ", asked.partner))
    for words, name in (*narrowed, ("since ", asked.since)):
        if name:
            yield (words, Theirs(name))
    commits = counted(chronicle.commits, "first-parent commit")
    yield (f"up to commit {chronicle.head[:12]}, {commits}, as of {chronicle.today}",)
    if chronicle.entries:
        yield (f"{counted(len(chronicle.entries), 'commit')} changed it, newest first",)
    elif not chronicle.months:
        yield ("no commit changed it",)


def entry(entry: Entry) -> Iterator[Line]:
    """One commit: who, when, what, and the verdicts after it."""
    commit = f"commit {entry.hand.commit[:12]} · "
    yield 0, (f"{entry.day} · ", commit, said(entry.hand.author))
    yield 1, (said(entry.hand.subject),)
    if entry.committer:
        yield 1, ("committed by ", Theirs(entry.committer))
    if entry.doubt:
        yield 1, ("its date is not to be trusted: ", Theirs(entry.doubt))
    names = {hand.commit: hand for hand in entry.merged}
    for hand in entry.merged:
        yield 1, ("brought in ", *_hand(hand), " · ", said(hand.subject))
    for alike in _alike(entry.changes):
        if len(alike) > _ALIKE:
            folder = alike[0].path.rpartition("/")[0]
            yield 1, (f"added {len(alike):,} files to ", Theirs(f"{folder}/"))
        else:
            for change in alike:
                yield from _change(change, names)
    if entry.standing is not None:
        yield 1, (f"verdicts then: {tally(entry.standing.counts)}",)
        for turned in entry.standing.turned[:_TURNED]:
            old, new = (_verdict(side) for side in (turned.before, turned.after))
            row = (Theirs(turned.account), f" {turned.level} ", Theirs(turned.subject))
            yield 2, (*row, f": {old} -> {new}")
        if len(entry.standing.turned) > _TURNED:
            yield 2, (f"and {len(entry.standing.turned) - _TURNED:,} more",)


def waived(chronicle: Chronicle) -> Section:
    """Corrective actions and exceptions, with their time and their approvals."""
    items = []
    for each in chronicle.waived:
        about = (Theirs(", ".join(each.about)), " at ", Theirs(each.subject))
        time = (Theirs(each.start), " to ", Theirs(each.until))
        status: Phrase = (" · ", Theirs(each.status)) if each.status else ()
        by = tuple(("approved by ", Theirs(approval)) for approval in each.approved_by)
        head = (*time, " ", Theirs(each.path), " for ", *about, *status)
        items.append(Item(head, by or (("not approved",),)))
    return Section("Corrective actions and exceptions that ran", tuple(items))


def trend(months: Sequence[Month]) -> Iterator[Phrase]:
    """One line per month, newest last; the JSON tells each verdict apart."""
    for month in months:
        parts = [f"{level} {_brief(verdicts)}" for level, verdicts in month.counts.items()]
        yield (f"{month.month} · {' | '.join(parts) or 'nothing could be judged'}",)


def tally(counts: Counts) -> str:
    """Counts by level, as the head of a check says them."""
    parts = []
    for level, verdicts in counts.items():
        total = sum(n for verdict, n in verdicts.items() if verdict != "not_applicable")
        said_so = [f"{verdicts.get('met', 0):,}/{total:,} met"]
        said_so += [f"{verdicts[v]:,} {WORDS[v]}" for v in GAPS if v in verdicts]
        for verdict in ("action_open", "not_adopted"):
            said_so += [f"{verdicts[verdict]:,} {WORDS[verdict]}"] if verdict in verdicts else []
        parts.append(f"{level} {', '.join(said_so)}")
    return " | ".join(parts) or "nothing could be judged"


def _brief(verdicts: Mapping[str, int]) -> str:
    total = sum(n for verdict, n in verdicts.items() if verdict != "not_applicable")
    gaps = sum(verdicts.get(verdict, 0) for verdict in GAPS)
    return f"{verdicts.get('met', 0):,}/{total:,} met, {counted(gaps, 'gap')}"


def _alike(changes: Sequence[DocumentChange]) -> Iterator[list[DocumentChange]]:
    """Changes of which no more is to be said than that files were added to a folder, together."""
    for (is_plain, _), found in groupby(changes, _likeness):
        alike = list(found)
        yield from [alike] if is_plain else ([change] for change in alike)


def _likeness(change: DocumentChange) -> tuple[bool, str]:
    is_plain = change.effect == ADDED and not (change.approvals or change.by or change.note)
    return is_plain, change.path.rpartition("/")[0]


def _change(change: DocumentChange, names: Mapping[str, Hand]) -> Iterator[Line]:
    yield 1, (f"{change.effect} ", Theirs(change.path))
    for oid in change.by if len(names) > 1 or not names else ():
        own: Phrase = ("by the merge itself",)
        yield 2, ("by ", *_hand(names[oid])) if oid in names else own
    for field in change.fields:
        yield 2, (Theirs(field.at), ": ", said(field.before), " -> ", said(field.after))
    if change.more:
        yield 2, (f"and {counted(change.more, 'field')} more",)
    yield from ((2, _given(given)) for given in change.approvals)
    if change.note:
        yield 2, (Theirs(change.note),)


def _given(given: Given) -> Phrase:
    fits = "" if given.fits else "; it does not fit this text"
    by = (Theirs(given.by), " as ", Theirs(given.function), " on ", Theirs(given.approved_on))
    return ("approval by ", *by, f": {_STRENGTHS.get(given.strength, given.strength)}{fits}")


def _hand(hand: Hand) -> Phrase:
    return (f"commit {hand.commit[:12]} of {hand.day or 'no day'} by ", said(hand.author))


def _verdict(verdict: str | None) -> str:
    return WORDS.get(verdict, verdict) if verdict else "not judged"
