"""The trail for a person: what cannot be trusted, what is worth knowing, how strong it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ctpat_policy.model import INVALID, NOTE, Finding
from ctpat_policy.reports import clean
from ctpat_policy.reports.lines import counted, more, whole, wrapped
from ctpat_policy.reports.trail_outcome import exit_code
from ctpat_policy.trail.report import ApprovalProof, TrailReport

#: How many a person is shown of each; the JSON has everything.
FINDINGS, NOTES, APPROVALS, KINDS = 40, 15, 15, 8
_STRENGTHS = ("signed", "signed_commit", "commit", "claimed")
_WORDS = {
    "signed": "signed by the approver",
    "signed_commit": "in a commit that the approver signed",
    "commit": "in a commit in the approver's name",
    "claimed": "claimed, nothing more",
}


def render(report: TrailReport) -> bytes:
    """UTF-8 text, 80 columns but for long words."""
    found = [f for rule in report.rules for f in rule.findings]
    notes = [f for f in found if f.severity == NOTE]
    sections = (
        _head(report),
        _section(
            "What the trail says against itself", [f for f in found if f.severity != NOTE], FINDINGS
        ),
        _section("Worth knowing", notes, NOTES),
        _approvals(report),
        _kept(report),
        _verdict(report),
    )
    return whole(sections)


def _head(report: TrailReport) -> Iterator[str]:
    member = clean.line(report.member) or "CTPAT"
    yield from wrapped(f"{member} · the trail as of {report.today}")
    where = f"commit {report.head[:12]}, {counted(report.commits, 'first-parent commit')}"
    begun = f", policy since {report.policy_from}" if report.policy_from else ""
    yield from wrapped(f"{where}{begun}", 2, 2)
    if report.trail_from:
        imported = counted(report.imported, "commit")
        yield from wrapped(f"trail from {report.trail_from}; {imported} before it imported", 2, 2)
    for rule in report.rules:
        bad = sum(f.severity != NOTE for f in rule.findings)
        mark = counted(bad, "finding") if bad else "ok"
        notes = len(rule.findings) - bad
        aside = f" ({counted(notes, 'note')})" if notes else ""
        yield from wrapped(f"{rule.asserts}: {mark}{aside}", 2, 4)


def _section(title: str, findings: Sequence[Finding], most: int) -> Iterator[str]:
    if findings:
        yield f"{title} ({len(findings):,})"
    # A few of every code: a thousand late entries must not hide the one of another kind.
    ranks: Counter[str] = Counter()
    ranked = []
    for finding in findings:
        ranks[finding.code] += 1
        ranked.append((ranks[finding.code], finding))
    chosen = sorted(range(len(ranked)), key=lambda i: ranked[i][0])[:most]
    hints: set[str] = set()
    for index in sorted(chosen):
        yield from _finding(findings[index], hints)
    yield from more(len(findings) - len(chosen), "", 2)


def _finding(finding: Finding, hints: set[str]) -> Iterator[str]:
    place = f"{clean.word(str(finding.place))}: " if finding.place.path else ""
    yield from wrapped(f"{place}{clean.line(finding.message)} [{finding.code}]", 2, 4)
    if finding.hint and finding.hint not in hints:
        hints.add(finding.hint)
        yield from wrapped(clean.line(finding.hint), 4, 4)


def _approvals(report: TrailReport) -> Iterator[str]:
    if report.approvals:
        yield f"Approvals ({len(report.approvals):,})"
    for strength in _STRENGTHS:
        found = [a for a in report.approvals if a.strength == strength]
        imported = sum(a.imported for a in found)
        aside = f" ({imported:,} imported)" if imported else ""
        if found:
            yield from wrapped(f"{len(found):,} {_WORDS[strength]}{aside}", 2, 4)
    newest = [a for a in report.approvals if a.newest and not a.imported]
    newest.sort(key=lambda a: (-_STRENGTHS.index(a.strength), a.path))
    for proof in newest[:APPROVALS]:
        yield from wrapped(_approval(proof), 4, 6)
    yield from more(len(newest) - APPROVALS, "newest approvals", 4)


def _approval(proof: ApprovalProof) -> str:
    state = proof.strength.replace("_", " ") if proof.valid else "void"
    when = f"commit {proof.commit[:12]} of {proof.committed_on}"
    aside = "" if proof.in_time else ", not in time"
    who = f"{clean.line(proof.by)} as {clean.line(proof.function).replace('_', ' ')}"
    return f"{clean.word(proof.path)}: {who} on {proof.approved_on}, {state} ({when}{aside})"


def _kept(report: TrailReport) -> Iterator[str]:
    if report.kept:
        yield "Nothing that has to be kept was lost since"
    for day in sorted({k.complete_since for k in report.kept}):
        kinds = [k for k in report.kept if k.complete_since == day]
        names = ", ".join(f"{k.kind}{f' ({k.lost:,} lost)' if k.lost else ''}" for k in kinds)
        what = names if len(kinds) <= KINDS else counted(len(kinds), "kind")
        total = counted(sum(k.records for k in kinds), "record")
        yield from wrapped(f"{day}: {total} of {what}", 2, 4)


def _verdict(report: TrailReport) -> Iterator[str]:
    code = exit_code(report)
    bad = sum(f.severity == INVALID for rule in report.rules for f in rule.findings)
    if code:
        said = counted(bad, "finding") if bad else "not fully checked"
        yield f"{said}: the trail cannot be trusted in this (exit {code})"
    else:
        yield "the trail holds"
