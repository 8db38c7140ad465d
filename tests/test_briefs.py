"""Briefs say of every record what opening it would, wherever they were made."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ctpat_policy import reading
from ctpat_policy.briefs import LOOKED_UP, Briefs, brief, named
from ctpat_policy.cache import Cache
from ctpat_policy.filing import schema_path
from ctpat_policy.reading import Job, Reader, Shapes, read_one
from ctpat_policy.references import walk
from tests.company import EXAMPLES, law

#: Their examples hold no digest of an approval yet.
SIGNED = {"corrective_action", "criterion_exception"}
KINDS = sorted({p.stem for p in EXAMPLES.glob("*.yaml")} & law().kinds.keys() - SIGNED)


def job(kind: str) -> Job:
    data = (EXAMPLES / f"{kind}.yaml").read_bytes()
    return Job(f"evidence/{kind}/a.yaml", kind, "a", schema_path(kind), data)


def shapes() -> Shapes:
    return Shapes(law().schemas, law().kinds)


@pytest.mark.parametrize("name", KINDS)
def test_a_brief_names_what_a_walk_finds(name: str) -> None:
    kind, value = law().kinds[name], read_one(job(name), shapes()).content
    assert isinstance(value, dict)
    looked_up = [r for r in kind.references if r.to in LOOKED_UP]
    found = {named(r.to, text) for r in looked_up for text, _ in walk(value, r.path, ())}
    attached = {named("evidence", a["path"]) for a in value.get("attachments", ()) if "path" in a}

    names = brief(value, kind).names

    accounts = {named("account", account) for account in value.get("accounts", ())}
    assert sorted(names) == sorted(found - attached | accounts)


def test_what_the_cache_gives_back_is_what_was_read(tmp_path: Path) -> None:
    jobs = [job(name) for name in KINDS]
    reader = Reader(Cache(tmp_path / "cache.sqlite"))
    fresh = [outcome for _, outcome in Reader(Cache(None)).read(jobs, shapes())]
    first = [outcome for _, outcome in reader.read(jobs, shapes())]

    again = [outcome for _, outcome in reader.read(jobs, shapes())]

    assert [o.key for o in again] == [o.key for o in first]
    for plain, kept in zip(fresh, again, strict=True):
        assert isinstance(kept.content, str)
        assert plain.brief is not None
        assert kept.brief is not None
        assert [*map(_listed, kept.brief)] == [*map(_listed, plain.brief)]


@pytest.mark.parametrize("processes", [1, 2])
def test_what_is_done_meanwhile_changes_nothing(
    processes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "WORTH_A_PROCESS", 2)
    monkeypatch.setattr(reading, "_AT_ONCE", len(KINDS))
    begun: list[int] = []
    reader = Reader(Cache(None), processes, lambda: begun.append(os.getpid()))
    jobs = [job(name) for name in KINDS]

    found = [outcome.brief for _, outcome in reader.read(jobs, shapes())]

    assert found == [outcome.brief for _, outcome in Reader(Cache(None)).read(jobs, shapes())]
    assert begun == ([os.getpid()] if processes > 1 else [])  # no copy does it, nor who has none


def test_what_is_no_record_has_no_brief() -> None:
    assert Briefs(law().kinds).of("procedure", {}) is None


def _listed(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
