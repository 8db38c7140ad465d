"""The trail judged by its own rules: a table, and the one value that every report renders."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from ctpat_policy import clock
from ctpat_policy.catalog import Catalog
from ctpat_policy.model import Finding, Place
from ctpat_policy.program import locate
from ctpat_policy.trail import checkpoint, keeping, proofs
from ctpat_policy.trail.answers import answered
from ctpat_policy.trail.chain import Trail
from ctpat_policy.trail.checkpoint import Checkpoint
from ctpat_policy.trail.report import ApprovalProof, RuleResult, TrailReport
from ctpat_policy.trail.repository import Repository
from ctpat_policy.trail.revision import Revision
from ctpat_policy.trail.rules import (
    approvals,
    attachments,
    attributes,
    commits,
    deletions,
    edits,
    entries,
    merges,
    people,
    refs,
    seals,
    start,
    substitutes,
    worktree,
)
from ctpat_policy.trail.walk import started_on, walk


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its name, what it asserts, and the function that finds where that is not so."""

    name: str
    asserts: str
    find: Callable[[Trail], Iterator[Finding]]


RULES = (
    Rule("start", "the policy says who may do what, and where the trail starts", start.find),
    Rule("substitutes", "nothing stands in the place of a commit or file", substitutes.find),
    Rule("refs", "every name means one thing", refs.find),
    Rule("commits", "every commit can be read, and its dates can be true", commits.find),
    Rule("seals", "every signature on a commit fits its author", seals.find),
    Rule("merges", "merges add nothing and throw nothing away", merges.find),
    Rule("people", "nobody gives power to himself", people.find),
    Rule("approvals", "approvals were given by whom they name", approvals.find),
    Rule("entries", "records were committed when they were made", entries.find),
    Rule("edits", "records are superseded, not changed", edits.find),
    Rule("deletions", "records are kept until their retention ends", deletions.find),
    Rule("attachments", "attachments are what was recorded", attachments.find),
    Rule("attributes", "git changes and hides no record", attributes.find),
    Rule("worktree", "what lies here is what is committed", worktree.find),
)
_CHECKPOINT = ("checkpoint", "today's history extends the checkpoint")


def verify(
    repository: Repository, catalog: Catalog, today: str, kept: Checkpoint | None = None
) -> TrailReport:
    """Judge the trail up to HEAD. Raises NotTrusted where history is cut off or damaged."""
    head = repository.head()
    trail = walk(repository, catalog, head, today)
    results = [
        RuleResult(rule.name, rule.asserts, tuple(answered(trail, rule.find(trail))))
        for rule in RULES
    ]
    if kept is not None:
        findings = tuple(checkpoint.compare(repository, trail, kept))
        results.append(RuleResult(*_CHECKPOINT, findings))
    located = _located(repository, head, results)
    begun = trail.steps[trail.first].day if trail.first < len(trail.steps) else ""
    return TrailReport(
        member=trail.profile.get("member", {}).get("name", ""),
        today=today,
        head=head,
        commits=len(trail.steps),
        policy_from=begun,
        trail_from=started_on(trail.histories.get(("security_profile", "security-profile"))),
        imported=max(trail.judged_from - trail.first, 0),
        rules=tuple(_sorted(result, located) for result in results),
        approvals=tuple(_proof(trail, p) for p in proofs.proofs(trail)),
        kept=tuple(keeping.kept(trail)),
        home=repository.prefix,
    )


def _proof(trail: Trail, proof: proofs.Proof) -> ApprovalProof:
    commit = proof.maker.commit
    day = proof.entry["approved_on"]
    in_time = day <= proof.step.last_day and proof.step.day <= clock.plus(day, trail.within)
    return ApprovalProof(
        path=proof.history.last.path,
        by=proof.entry["by"],
        function=proof.entry["as"],
        approved_on=day,
        strength=proof.strength,
        commit=commit.id,
        committed_by=commit.author.name if commit.author else "",
        committed_on=proof.step.day,
        in_time=in_time,
        valid=proof.fits,
        newest=proof.newest,
        imported=proof.step.number < trail.judged_from,
    )


def _located(
    repository: Repository, head: str, results: Iterable[RuleResult]
) -> Mapping[Place, Place]:
    """Lines for the findings that point into a document of the last commit."""
    places = [f.place for r in results for f in r.findings if f.place.pointer]
    return locate(places, Revision(repository, head).read) if places else {}


def _sorted(result: RuleResult, located: Mapping[Place, Place]) -> RuleResult:
    found = [f._replace(place=located.get(f.place, f.place)) for f in result.findings]
    found.sort(key=lambda f: (f.place.path, f.place.line, f.code, f.message))
    return result._replace(findings=tuple(found))
