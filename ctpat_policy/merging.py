"""Puts the parts of a check together to what one run would have said; refuses any other. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ctpat_policy.errors import UsageError
from ctpat_policy.model import Finding, Report
from ctpat_policy.order import in_order
from ctpat_policy.parts import shown
from ctpat_policy.shares import Share

#: The report of a shard, and what its file is called.
Part = tuple[str, Report]

#: How many missing shards are named.
_NAMED = 10


def merged(parts: Sequence[Part]) -> Report:
    """The whole report. Raises UsageError unless the parts are all of one check, each once."""
    for part in parts[1:]:
        if why := next(_differences(part, parts[0]), ""):
            raise UsageError(why)
    _need_each_once(parts)
    ordered = sorted(parts, key=lambda part: part[1].seal.number)
    _need_own_criteria(ordered)
    first = replace(_common(ordered[0][1]), home=ordered[0][1].home)
    rows = tuple(row for _, report in ordered for row in report.rows)
    return in_order(replace(first, rows=rows, findings=tuple(_told_once(ordered))))


def _differences(part: Part, first: Part) -> Iterator[str]:
    """Why two parts are not of one check, the likeliest cause first."""
    (name, mine), (other, theirs) = part, first
    for said, instead in zip(_asked(mine), _asked(theirs), strict=True):
        if said != instead:
            yield f"{name} was judged {said}, and {other} {instead}"
    if mine.seal.law != theirs.seal.law:
        yield f"{name} was judged by other criteria than {other}"
    if mine.seal.state != theirs.seal.state:
        what = f"{name} was judged from other documents than {other}"
        yield f"{what}; every shard needs the same commit"
    if _common(mine) != _common(theirs):
        yield _at_odds(name, other)


def _asked(report: Report) -> Iterator[str]:
    """What was asked for, in words that go on from `was judged`."""
    seal, filters = report.seal, report.filters
    yield f"in {seal.count} shards" if seal.count > 1 else "in one run"
    yield f"on {shown(seal.real_today)} (UTC)"
    yield f"as of {shown(report.today)}"
    yield f"with --fail-on {shown(report.fail_on)}"
    asked = {"account": filters["accounts"], "criterion": filters["criteria"]}
    asked |= {name: [seal.revisions.get(name)] for name in ("as-of", "since", "trust")}
    for option, values in asked.items():
        named = ", ".join(value for value in values if value)
        yield f"with --{option} {shown(named)}" if named else f"without --{option}"


def _common(report: Report) -> Report:
    """What every shard says alike: all but rows, findings, its folder, and that it is a shard."""
    share = Share(report.seal.number, report.seal.count)
    return replace(
        report,
        rows=(),
        findings=(),
        home="",
        notes=tuple(note for note in report.notes if note not in share.notes),
        filters={name: asked for name, asked in report.filters.items() if name != "shard"},
        seal=replace(report.seal, number=1, count=1),
    )


def _need_each_once(parts: Sequence[Part]) -> None:
    count = parts[0][1].seal.count
    names: dict[int, str] = {}
    for name, report in parts:
        number = report.seal.number
        if number in names:
            raise UsageError(f"{names[number]} and {name} are both shard {number} of {count}")
        names[number] = name
    missing = [str(number) for number in range(1, count + 1) if number not in names]
    if missing:
        *some, last = missing if len(missing) <= _NAMED else [*missing[:_NAMED], "others"]
        which = f"shards {', '.join(some)} and {last}" if some else f"shard {last}"
        verb = "are" if some else "is"
        raise UsageError(f"{which} of {count} {verb} missing; merge needs the part of every shard")


def _need_own_criteria(parts: Sequence[Part]) -> None:
    """Each criterion is judged by one shard as a whole."""
    owners: dict[str, str] = {}
    for name, report in parts:
        for criterion in {row.criterion for row in report.rows}:
            if (other := owners.setdefault(criterion, name)) != name:
                raise UsageError(_at_odds(name, other))


def _told_once(parts: Sequence[Part]) -> Iterator[Finding]:
    """Findings about documents, which every shard tells, and those that only one can tell."""
    counts = [Counter(report.findings) for _, report in parts]
    for finding in dict.fromkeys(f for count in counts for f in count):
        told = [count[finding] for count in counts]
        if len(set(told)) > 1 and sum(map(bool, told)) > 1:
            raise UsageError(_at_odds(parts[0][0], parts[-1][0]))
        yield from [finding] * max(told)


def _at_odds(name: str, other: str) -> str:
    return f"{name} and {other} contradict each other; judge all shards anew"
