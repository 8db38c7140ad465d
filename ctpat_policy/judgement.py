"""One check from documents to report: programme, dossiers, verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ctpat_policy import due, excuses, filing, program
from ctpat_policy.catalog import Catalog
from ctpat_policy.criteria import Criterion
from ctpat_policy.errors import UsageError
from ctpat_policy.filing import PROFILE, Files
from ctpat_policy.grounds import SIGNED, Grounds
from ctpat_policy.judging import Bench, Case, judged
from ctpat_policy.model import (
    AccountHead,
    Finding,
    OpenAction,
    Place,
    Report,
    Row,
)
from ctpat_policy.order import in_order
from ctpat_policy.precedents import Asked, Key, Precedents
from ctpat_policy.program import Programme, locate
from ctpat_policy.reading import Reader
from ctpat_policy.reads import kinds_read
from ctpat_policy.request import Request
from ctpat_policy.sources import Source

#: The basis of a level that the member itself confirmed or corrected.
MEMBER = "member"


def judge(
    files: Files, source: Source, catalog: Catalog, request: Request, reader: Reader
) -> Report:
    """Judge a policy repository by what was read of it. Raises UsageError when a filter selects
    nothing at all; a share of what it selects may be empty.

    `reader` says what is remembered, and how many processes judge; it never changes the report.
    """
    programme = program.build(files, catalog, source, request.today, request.real_today)
    findings = list(files.findings)
    if programme is None:
        if not any(f.place.path == PROFILE for f in findings):
            findings.append(_no_profile())
        return _report(source, catalog, request, files.count, None, findings, [], [])
    findings += programme.findings
    accounts = _accounts(programme, request.accounts)
    heads, cases = _cases(catalog, programme, accounts, request)
    bench = Bench(catalog, programme, accounts, source)
    grounds = Grounds(catalog, programme, files) if reader.cache.works else None
    rows = [row for found in judged(bench, cases, grounds, reader) for row in found]
    findings += excuses.idle(programme, rows)
    return _report(source, catalog, request, files.count, programme, findings, heads, rows)


def verdicts(
    source: Source,
    catalog: Catalog,
    request: Request,
    reader: Reader,
    precedents: Precedents,
    asked: Asked,
) -> dict[Key, str]:
    """The verdicts alone, by the keys of their rows; none where there is no valid profile.

    `precedents` are of the state before; `asked` says by scope and id which subjects are asked
    for. Raises UsageError as `judge` does.
    """
    files = filing.gather(source, catalog, reader, kinds_behind(catalog, request))
    programme = program.build(files, catalog, source, request.today, request.real_today)
    if programme is None:
        return {}
    accounts = _accounts(programme, request.accounts)
    _, cases = _cases(catalog, programme, accounts, request)
    return precedents.of(Bench(catalog, programme, accounts, source), cases, asked)


def kinds_behind(catalog: Catalog, request: Request) -> frozenset[str]:
    """The evidence kinds that the verdicts asked for can hang on."""
    return SIGNED.union(*map(kinds_read, _criteria(catalog, request.criteria)))


def levels(catalog: Catalog, programme: Programme, entity_type: str) -> dict[str, tuple[str, str]]:
    """Level and basis of every criterion known for an entity type today, overlays applied."""
    found = {}
    for criterion in catalog.criteria.values():
        level = criterion.level_on(entity_type, programme.today)
        if level is not None:
            found[criterion.id] = (level.level, level.basis)
    for criterion_id, own in programme.own_levels(entity_type).items():
        if own == "absent":
            found.pop(criterion_id, None)
        else:
            found[criterion_id] = (own, MEMBER)
    return {c: found[c] for c in catalog.criteria if c in found}


def _accounts(programme: Programme, wanted: Sequence[str]) -> list[Mapping[str, Any]]:
    accounts: list[Mapping[str, Any]] = list(programme.profile["accounts"])
    known = {a["id"] for a in accounts}
    for name in wanted:
        if name not in known:
            raise UsageError(
                f"there is no account {name}; the profile has {', '.join(sorted(known))}"
            )
    return [a for a in accounts if not wanted or a["id"] in wanted]


def _cases(
    catalog: Catalog,
    programme: Programme,
    accounts: Sequence[Mapping[str, Any]],
    request: Request,
) -> tuple[list[AccountHead], list[Case]]:
    """The heads of the accounts, and what to judge of each: only the criteria of the share."""
    wanted = _criteria(catalog, request.criteria)
    mine = request.share.of(wanted)
    heads: list[AccountHead] = []
    cases: list[Case] = []
    known: set[str] = set()
    for number, account in enumerate(accounts):
        bases = levels(catalog, programme, account["entity_type"])
        heads.append(_head(catalog, account, bases))
        cases += (Case(number, c, bases[c.id]) for c in mine if c.id in bases)
        known |= bases.keys()
    if request.criteria and known.isdisjoint(criterion.id for criterion in wanted):
        raise UsageError(
            f"no account is judged by {', '.join(request.criteria)}: "
            "no level is known for its entity type"
        )
    return heads, cases


def _criteria(catalog: Catalog, wanted: Sequence[str]) -> list[Criterion]:
    names = [w if w.startswith("MSC-") else f"MSC-{w}" for w in wanted]
    for name in names:
        if name not in catalog.criteria:
            raise UsageError(
                f"{name} is not in the catalog; ctpat-policy explain criteria lists them"
            )
    return [c for c in catalog.criteria.values() if not names or c.id in names]


def _head(
    catalog: Catalog, account: Mapping[str, Any], bases: Mapping[str, tuple[str, str]]
) -> AccountHead:
    entity = catalog.entity_types[account["entity_type"]]
    return AccountHead(
        id=account["id"],
        entity_type=account["entity_type"],
        title=entity["title"],
        catalog=entity["catalog"],
        known=len(bases),
        total=len(catalog.criteria),
        bases=dict(sorted(Counter(basis for _, basis in bases.values()).items())),
        status=account["status"],
    )


def _no_profile() -> Finding:
    message = "there is no security profile, so nothing can be judged"
    hint = "ctpat-policy init writes policies/security-profile.yaml, which says what applies"
    return Finding("profile-missing", "unreadable", message, Place(PROFILE), hint)


def _report(
    source: Source,
    catalog: Catalog,
    request: Request,
    count: int,
    programme: Programme | None,
    findings: list[Finding],
    heads: list[AccountHead],
    rows: list[Row],
) -> Report:
    dues = due.upcoming(catalog, programme, {h.id for h in heads}) if programme else []
    actions = _open_actions(programme) if programme else []
    places = [f.place for f in findings] + [d.place for d in dues] + [a.place for a in actions]
    located = locate(places, source.read)
    if programme is None and not any(f.severity == "unreadable" for f in findings):
        # An invalid profile decides what applies, so the run is incomplete, not merely red.
        findings = [
            f._replace(severity="unreadable") if f.place.path == PROFILE else f for f in findings
        ]
    report = Report(
        member=programme.profile["member"]["name"] if programme else "",
        today=request.today,
        fail_on=request.fail_on,
        accounts=tuple(heads),
        rows=tuple(rows),
        findings=tuple(f._replace(place=located.get(f.place, f.place)) for f in findings),
        due=tuple(d._replace(place=located.get(d.place, d.place)) for d in dues),
        actions=tuple(a._replace(place=located.get(a.place, a.place)) for a in actions),
        documents=count,
        within=due.horizon(programme) if programme else due.WITHIN,
        notes=request.share.notes,
        filters={
            "accounts": list(request.accounts),
            "criteria": list(request.criteria),
            **request.share.filters,
        },
        categories=catalog.category_folders,
    )
    return in_order(report)


def _open_actions(programme: Programme) -> list[OpenAction]:
    found = []
    for action in programme.actions.values():
        if not action.is_open:
            continue
        scope = action.record.scope
        subject = ", ".join(scope.get("sites", ()) or scope.get("partners", ())) or "company"
        found.append(
            OpenAction(
                action.id,
                action.due,
                action.state,
                action.covers,
                subject,
                action.record.data["description"],
                Place(action.record.path, ("data", "due")),
            )
        )
    return sorted(found, key=lambda a: (a.due, a.id))
