"""One pass over a history: commits by their bytes, changes, documents; the rules read it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from ctpat_policy import filing
from ctpat_policy.catalog import Catalog
from ctpat_policy.codes import MAX_ATTACHMENT
from ctpat_policy.errors import NotTrusted
from ctpat_policy.filing import PROFILE
from ctpat_policy.signed import APPROVABLE
from ctpat_policy.sources import too_large, wrong_attachment
from ctpat_policy.trail import commits, versions
from ctpat_policy.trail.chain import (
    PROFILE_KEY,
    Attached,
    Brought,
    Decision,
    History,
    Sealed,
    Step,
    Trail,
)
from ctpat_policy.trail.commits import Commit
from ctpat_policy.trail.decisions import decisions
from ctpat_policy.trail.graph import Graph
from ctpat_policy.trail.raw import FILES, Change
from ctpat_policy.trail.repository import Repository
from ctpat_policy.trail.signatures import COMMIT, bare, claim, of_armour, verify
from ctpat_policy.trail.surroundings import look

_FOLDERS = ("policies/", "evidence/")
_ANY_PROFILE = f"/{PROFILE}"


def walk(repository: Repository, catalog: Catalog, head: str, today: str) -> Trail:
    """The whole trail up to a commit. Raises NotTrusted where history is cut off or damaged."""
    repository.need_full_history()
    repository.need_sound_trees(head)
    brought, profiles = _brought(repository, head)
    steps = tuple(_steps(brought, head, today))
    graph = Graph(brought)
    decided = decisions(graph, {s.commit.id: s.branches for s in steps})
    found = versions.histories(repository, catalog, steps)
    first = next((s.number for s in steps if any(c.path == PROFILE for c in s.changes)), len(steps))
    files = _files(steps)
    trail = Trail(
        catalog=catalog,
        today=today,
        steps=steps,
        first=first,
        judged_from=_judged_from(steps, first, found.get(PROFILE_KEY)),
        histories=found,
        files=files,
        values=versions.values(repository, catalog, _only_files(_beside(steps, decided), brought)),
        digests={},
        seals={},
        graph=graph,
        decided=decided,
        surroundings=look(repository, head),
        elsewhere=_elsewhere(steps, first, profiles, repository.prefix),
    )
    digests, seals = dict(_digests(repository, trail)), dict(_seals(trail))
    return replace(trail, digests=digests, seals=seals)


def started_on(profile: History | None) -> str:
    """The first `trail_from` that was ever set, or empty: moving it later hides nothing."""
    for version in profile.readable if profile else ():
        if found := (version.value or {})["settings"].get("trail_from"):
            return str(found)
    return ""


def _brought(
    repository: Repository, head: str
) -> tuple[dict[str, Brought], dict[str, list[Change]]]:
    """Every commit by id, children before parents, with its changes to documents and files; and
    those of profiles in other folders.
    """
    changes, profiles = {}, {}
    for oid, found in repository.all_changes(head, _ANY_PROFILE.lstrip("/")):
        changes[oid] = tuple(c for c in found if c.path.startswith(_FOLDERS))
        if others := [c for c in found if c.path.endswith(_ANY_PROFILE)]:
            profiles[oid] = others
    merged = {
        oid: tuple(m for m in found if m.path.startswith(_FOLDERS))
        for oid, found in repository.merged(head).items()
    }
    read = commits.read(repository, changes)
    return {c.id: Brought(c, changes[c.id], merged.get(c.id, ())) for c in read}, profiles


def _elsewhere(
    steps: Iterable[Step], first: int, profiles: Mapping[str, list[Change]], prefix: str
) -> dict[str, int | None]:
    held: set[str] = set()
    gone: dict[str, int | None] = {}
    for step in steps:
        for change in profiles.get(step.commit.id, ()):
            folder = (prefix + change.path).removesuffix(PROFILE)
            if change.path.startswith("/"):
                folder = change.path.removesuffix(PROFILE)[1:]
            if change.new and step.number < first:
                held.add(folder)
            gone[folder] = None if change.new else step.number
    return {folder: gone[folder] for folder in sorted(held)}


def _steps(brought: Mapping[str, Brought], head: str, today: str) -> Iterator[Step]:
    line, at = [], head
    while at:
        if at not in brought:
            raise NotTrusted(f"the commit {at} is missing from this clone")
        line.append(brought[at])
        at = next(iter(brought[at].commit.parents), "")
    order = {oid: -place for place, oid in enumerate(brought)}
    seen = {each.commit.id for each in line}
    line.reverse()
    committers = (each.commit.committer for each in line)
    moments = commits.latest((c.seconds if c else None for c in committers), today)
    for number, (each, latest) in enumerate(zip(line, moments, strict=True)):
        branches = tuple(_branches(each.commit, brought, seen, order))
        yield Step(number, each.commit, latest, each.changes, branches)


def _branches(
    commit: Commit, brought: Mapping[str, Brought], seen: set[str], order: Mapping[str, int]
) -> Iterator[tuple[Brought, ...]]:
    """What each further parent of a merge brought in that was not there before."""
    for parent in commit.parents[1:]:
        todo, found = [parent], []
        while todo:
            oid = todo.pop()
            if oid not in brought:
                raise NotTrusted(f"the commit {oid} is missing from this clone")
            if oid not in seen:
                seen.add(oid)
                found.append(oid)
                todo += brought[oid].commit.parents
        yield tuple(brought[oid] for oid in sorted(found, key=lambda o: order[o]))


def _judged_from(steps: tuple[Step, ...], first: int, profile: History | None) -> int:
    start = started_on(profile)
    return next((s.number for s in steps[first:] if s.day >= start), len(steps))


def _files(steps: Iterable[Step]) -> dict[str, list[tuple[int, str]]]:
    files: dict[str, list[tuple[int, str]]] = {}
    for step in steps:
        for change in step.changes:
            blob = change.new if change.mode in FILES else ""
            files.setdefault(change.path, []).append((step.number, blob))
    return files


def _beside(
    steps: Iterable[Step], decided: Mapping[str, Iterable[Decision]]
) -> Iterator[tuple[str, str]]:
    """Blobs that are not on the first-parent line, or that rules compare in full."""
    for step in steps:
        for branch in step.branches:
            for change in (c for b in branch for c in b.changes if _compared(c)):
                yield from ((blob, change.path) for blob in (change.old, change.new) if blob)
    for each in (d for found in decided.values() for d in found):
        if filing.expected(each.path):
            blobs = (*each.parents, *each.bases, each.new)
            yield from ((blob, each.path) for blob in blobs if blob)


def _only_files(blobs: Iterable[tuple[str, str]], brought: Mapping[str, Brought]) -> dict[str, str]:
    """The same without what is no file, such as a repository inside this one."""
    changes = (c for b in brought.values() for c in b.changes)
    others = {c.new for c in changes if c.mode not in FILES}
    return {blob: path for blob, path in blobs if blob not in others}


def _compared(change: Change) -> bool:
    key = filing.expected(change.path)
    return key is not None and (key == PROFILE_KEY or key[0] in APPROVABLE)


def _digests(repository: Repository, trail: Trail) -> Iterator[tuple[str, Attached]]:
    """The attachments of the documents at the tip, and those that approvals covered."""
    wanted: dict[str, str] = {}
    for key, history in trail.histories.items():
        for version in history.versions if key[0] in APPROVABLE else (history.last,):
            for path, _ in version.attached:
                steps = (version.step, len(trail.steps))
                wanted |= {trail.blob_at(path, step): path for step in steps}
    wanted.pop("", None)
    for blob, _, size, content in repository.contents(wanted, MAX_ATTACHMENT):
        if content is None:
            yield blob, Attached("", too_large(size))
            continue
        problem = wrong_attachment(wanted[blob], content)
        yield blob, Attached("" if problem else hashlib.sha256(content).hexdigest(), problem)


def _seals(trail: Trail) -> Iterator[tuple[str, Sealed]]:
    """The signed commits since the policy began, checked side by side."""
    signed = [
        (step, each)
        for step in trail.steps[trail.first :]
        for each in (step.commit, *(b.commit for branch in step.branches for b in branch))
        if each.seal is not None
    ]
    with ThreadPoolExecutor() as pool:
        found = pool.map(lambda pair: _sealed(trail, *pair), signed)
        yield from zip((commit.id for _, commit in signed), found, strict=True)


def _sealed(trail: Trail, step: Step, commit: Commit) -> Sealed:
    assert commit.seal is not None
    signature = of_armour(commit.seal.armour)
    claimed = claim(signature)
    if claimed is None:
        return Sealed("foreign", "")
    people: Iterable[Mapping[str, Any]] = trail.people_before(step.number).values()
    person = next((p for p in people if bare(p.get("signing_key", "")) == claimed.key), None)
    name = person["id"] if person else ""
    if not verify(commit.seal.payload, signature, COMMIT, claimed.key):
        return Sealed("broken", name, claimed.key)
    if person is None:
        return Sealed("unknown", "", claimed.key)
    if not person["from"] <= step.last_day or step.day > person.get("until", step.day):
        return Sealed("not_in_post", name, claimed.key)
    return Sealed("good", name, claimed.key)
