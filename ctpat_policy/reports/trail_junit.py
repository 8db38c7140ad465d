"""The trail as JUnit: one suite, a case per rule, so that their names never change."""

from __future__ import annotations

from collections.abc import Iterator

from ctpat_policy.model import MUST, NOTE, Place
from ctpat_policy.reports import clean
from ctpat_policy.reports.lines import more
from ctpat_policy.reports.outcome import PASSED, finding_outcome
from ctpat_policy.reports.suites import WORST, Case, Suite, placed, written
from ctpat_policy.reports.trail_outcome import exit_code
from ctpat_policy.trail.report import RuleResult, TrailReport

_SUITE = "trail"
#: Lines of one case; GitLab reads no more than 30 MB of a file.
_MOST = 500


def render(report: TrailReport) -> bytes:
    """A rule with notes alone is skipped, so that its notes are read."""
    return _written(report, strict=False)


def render_strict(report: TrailReport) -> bytes:
    """The same as the Jenkins xUnit plug-in takes it; see junit.render_strict."""
    return _written(report, strict=True)


def _written(report: TrailReport, strict: bool) -> bytes:
    cases = [_case(report, rule) for rule in report.rules]
    facts = {"today": report.today, "head": report.head}
    suite = Suite(_SUITE, [case.outcome for case in cases], cases)
    return written([suite], facts, red=bool(exit_code(report)), strict=strict)


def _case(report: TrailReport, rule: RuleResult) -> Case:
    ranked = sorted(rule.findings, key=lambda f: WORST.index(finding_outcome(f, MUST)))
    worst = ranked[0] if ranked else None
    others = f" (and {len(ranked) - 1:,} more)" if len(ranked) > 1 else ""
    return Case(
        classname=_SUITE,
        name=rule.rule,
        outcome=finding_outcome(worst, MUST) if worst else PASSED,
        type=worst.code if worst else "",
        message=f"{worst.severity}: {worst.message}{others}" if worst else "",
        body="\n".join(_lines(rule)),
        place=worst.place.below(report.home) if worst else Place(""),
        properties={"asserts": rule.asserts},
    )


def _lines(rule: RuleResult) -> Iterator[str]:
    ordered = sorted(rule.findings, key=lambda f: f.severity == NOTE)
    for f in ordered[:_MOST]:
        yield f"{placed(f.place)}{f.severity}: {clean.line(f.message)} [{f.code}]"
        if f.hint:
            yield f"  {clean.line(f.hint)}"
    yield from more(len(ordered) - _MOST, "", 0)
