"""What to do next, for a person: numbered, each step with the command that starts it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from ctpat_policy.authoring.steps import DOCUMENT, FALLS_DUE, MUST_GAP, SHOULD_GAP, Step
from ctpat_policy.reports import clean
from ctpat_policy.reports.lines import counted, more, whole, wrapped

_TITLES = {
    DOCUMENT: "Documents in trouble",
    MUST_GAP: "Gaps of musts",
    FALLS_DUE: "Falls due",
    SHOULD_GAP: "Gaps of shoulds",
}
#: What to do before a command, by how it begins.
_LEADS = {
    "ctpat-policy approve ": "edit it, then let somebody else read and approve it:",
    "ctpat-policy explain action-overdue": "edit it: close it, or have a later day approved:",
}
#: How many criteria of one step are named.
_NAMED = 6


def render(
    member: str, today: str, steps: Sequence[Step], most: int | None, root: str = ""
) -> bytes:
    """UTF-8 text, 80 columns but for commands and paths; at most so many steps.

    `root` leads to the policy repository; empty: it is here.
    """
    shown = steps[:most]
    head = wrapped(f"{clean.line(member) or 'CTPAT'} · what to do next, as of {today}")
    numbered = list(enumerate(shown, 1))
    sections = [
        _section(title, [(n, s) for n, s in numbered if s.rank == rank])
        for rank, title in _TITLES.items()
    ]
    command = clean.word(shlex.join(["ctpat-policy", "todo", *([root] if root else []), "--all"]))
    left = list(more(len(steps) - len(shown), f"steps: {command} lists them", 0))
    return whole([head, *sections, left or ([] if steps else ["nothing is left to do"])])


def _section(title: str, numbered: Sequence[tuple[int, Step]]) -> Iterator[str]:
    if numbered:
        yield title
    for number, step in numbered:
        criteria = [c if i == 0 else c.removeprefix("MSC-") for i, c in enumerate(step.criteria)]
        others = len(criteria) - _NAMED
        named = ", ".join(criteria[:_NAMED]) + (f" and {others} more" if others > 0 else "")
        again = f" (and {counted(step.more, 'more reason')})" if step.more else ""
        why = f"{clean.line(named)}{': ' if named else ''}{clean.line(step.why)}{again}"
        yield from wrapped(f"{number:>2}. {why}", 1, 5)
        yield f"     {clean.word(step.place)}"
        yield from (
            f"     {says}" for begin, says in _LEADS.items() if step.command.startswith(begin)
        )
        yield f"     $ {clean.word(step.command)}"
