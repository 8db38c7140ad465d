"""The trend and the verdicts of past states: the same however they are had, and had once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ctpat_policy import judgement
from ctpat_policy.cache import Cache, ReadOnly
from ctpat_policy.chronicle import Asked, Chronicle
from ctpat_policy.cli.history import told
from ctpat_policy.errors import NotTrusted
from ctpat_policy.reading import Job, Outcome, Reader, Shapes
from ctpat_policy.trail import months, verdicts
from ctpat_policy.trail.recalling import Recalling
from ctpat_policy.trail.repository import open_repository
from ctpat_policy.trail.walk import walk
from tests.company import example, law
from tests.history_repositories import READER, Built, procedure, record, request, run, started
from tests.repositories import fresh

NOW = "2026-11-24"
SOP = "policies/procedures/SOP-1.yaml"
REVIEWS = [f"evidence/cctv_footage_review/2026-0{month}-10-s-1.yaml" for month in range(1, 9)]
QUESTIONS: list[tuple[str, str, dict[str, str]]] = [
    ("", "trend", {}),
    ("MSC-9.15", "trend", {}),
    ("MSC-9.15", "verdicts", {}),
    ("", "trend", {"site": "S-1"}),
    ("", "trend", {"partner": "PT-1"}),
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Eight months: a procedure, a partner, and reviews that come, change, are broken and go."""
    built = started(tmp_path_factory.mktemp("months") / "r", {}, "2026-01-04")
    built.write(SOP, procedure("MSC-9.15"))
    built.write("policies/partners/PT-1.yaml", example("business_partner"))
    built.commit("2026-02-02", "a text, a partner")
    for month, path in enumerate(REVIEWS, 1):
        day = f"2026-0{month}-10"
        built.write(path, record("cctv_footage_review", {"recorded_on": day}))
        built.commit(day, "a review")
    built.write(REVIEWS[2], "schema: cctv_footage_review/1\nno: review\n")
    built.commit("2026-09-01", "broken")
    built.remove(REVIEWS[6])
    built.commit("2026-09-10", "lost")
    return built


def asked(
    root: Path, reader: Reader, what: str, shown: str, today: str = NOW, **narrowed: str
) -> Chronicle:
    now = request(today=today, real_today=today)
    return told(root, Asked(what, **narrowed), law(), reader, now, (shown,))


def test_who_waits_is_told_which_day_is_judged(built: Built) -> None:
    said: list[str] = []
    now, reader = request(today=NOW, real_today=NOW), Reader(Cache(None))

    found = told(built.root, Asked(""), law(), reader, now, ("trend",), said.append)

    assert len(said) == len(found.months)
    assert [line[:15] for line in said] == [f"judging {m.month}" for m in found.months]


@pytest.mark.parametrize(("what", "shown", "narrowed"), QUESTIONS)
def test_it_is_the_same_however_it_is_had(
    built: Built, tmp_path: Path, what: str, shown: str, narrowed: dict[str, str]
) -> None:
    plain = asked(built.root, READER, what, shown, **narrowed)
    assert plain.months or plain.entries

    for processes in (1, 2):
        assert asked(built.root, Reader(Cache(None), processes), what, shown, **narrowed) == plain
        kept = Reader(Cache(tmp_path / f"{processes}.sqlite"), processes)
        for _ in ("cold", "warm"):
            assert asked(built.root, kept, what, shown, **narrowed) == plain


def test_the_program_says_it_the_same_however_it_is_asked(built: Built, tmp_path: Path) -> None:
    words = ("history", "--trend", "--today", NOW, "--report", "json")
    ways = [("--no-cache", "--jobs", "1"), ("--no-cache", "--jobs", "2"), ("--jobs", "2"), ()]

    cache = str(tmp_path / "cache.sqlite")
    found = [run(*words, *way, cwd=built.root, CTPAT_POLICY_CACHE=cache) for way in ways]

    assert {done.returncode for done in found} == {0}
    assert len({done.stdout for done in found}) == 1


def test_no_question_is_answered_with_what_another_one_was(built: Built, tmp_path: Path) -> None:
    one = Reader(Cache(tmp_path / "cache.sqlite"))
    for today in ("2026-09-05", NOW):
        for what, shown, narrowed in QUESTIONS:
            found = asked(built.root, one, what, shown, today, **narrowed)

            assert found == asked(built.root, READER, what, shown, today, **narrowed)


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Notes the day of each state that is judged."""
    days: list[str] = []
    whole = judgement.verdicts

    def noted(source: Any, *rest: Any) -> Any:
        days.append(rest[1].today)
        return whole(source, *rest)

    monkeypatch.setattr(judgement, "verdicts", noted)
    return days


def test_a_known_trend_judges_and_reads_nothing(
    built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Reader(Cache(tmp_path / "cache.sqlite"))
    before = asked(built.root, reader, "", "trend")

    monkeypatch.setattr(judgement, "verdicts", None)
    monkeypatch.setattr(Reader, "read", None)

    assert asked(built.root, reader, "", "trend") == before


def test_a_new_commit_judges_only_the_months_that_it_is_in(
    built: Built, tmp_path: Path, judged: list[str]
) -> None:
    built.git("clone", "-q", ".", str(tmp_path / "copy"))
    copy = Built(tmp_path / "copy")
    reader = Reader(Cache(tmp_path / "cache.sqlite"))
    before = asked(copy.root, reader, "", "trend")
    copy.remove(REVIEWS[7])
    copy.commit("2026-10-20", "lost, too")
    judged.clear()
    after = asked(copy.root, reader, "", "trend")

    assert sorted(judged) == ["2026-10-31", NOW]
    assert after.months[:-2] == before.months[:-2]
    assert after == asked(copy.root, READER, "", "trend")


def test_the_next_day_judges_only_the_month_that_is_not_over(
    built: Built, tmp_path: Path, judged: list[str]
) -> None:
    reader = Reader(Cache(tmp_path / "cache.sqlite"))
    before = asked(built.root, reader, "", "trend", "2026-11-23")
    judged.clear()
    after = asked(built.root, reader, "", "trend", NOW)

    assert judged == [NOW]
    assert after.months[:-1] == before.months[:-1]
    assert after == asked(built.root, READER, "", "trend", NOW)


def test_what_was_judged_before_a_stop_is_kept(
    built: Built, tmp_path: Path, judged: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Reader(Cache(tmp_path / "cache.sqlite"))
    whole = judgement.verdicts

    def stopped(source: Any, *rest: Any) -> Any:
        if rest[1].today > "2026-06":
            raise KeyboardInterrupt
        return whole(source, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(judgement, "verdicts", stopped)
        with pytest.raises(KeyboardInterrupt):
            asked(built.root, reader, "", "trend")
    judged.clear()
    found = asked(built.root, reader, "", "trend")

    assert judged[0] == "2026-06-30"
    assert found == asked(built.root, READER, "", "trend")


def test_what_is_not_to_be_trusted_is_refused_though_it_is_known(
    built: Built, tmp_path: Path
) -> None:
    built.git("clone", "-q", ".", str(tmp_path / "copy"))
    reader = Reader(Cache(tmp_path / "cache.sqlite"))
    asked(tmp_path / "copy", reader, "", "trend")
    (tmp_path / "copy/.git/shallow").write_text(f"{built.tips[-1]}\n")

    with pytest.raises(NotTrusted, match="shallow"):
        asked(tmp_path / "copy", reader, "", "trend")


def test_days_are_those_of_the_trail(tmp_path: Path) -> None:
    trail = fresh(tmp_path / "trail")
    trail.commit("2026-05-01", "dated back")
    trail.raw_commit(committer=b"Nobody <nobody@test.example> 99999999999999 +0000")
    trail.commit("2026-06-28", "later")
    trail.commit("2031-01-01", "from the future")
    repository = open_repository(trail.root)

    for today in ("2026-06-30", "2026-06-01", "2020-01-01", "2032-01-01"):
        steps = walk(repository, law(), repository.head(), today).steps

        found = months.line(repository, repository.head(), today)
        assert found == [(step.commit.id, step.day) for step in steps]


def test_days_begin_in_1970_where_the_first_commit_has_none(tmp_path: Path) -> None:
    trail = fresh(tmp_path / "trail")
    tree = trail.git("rev-parse", "HEAD^{tree}").encode()
    trail.put(b"tree " + tree + b"\nauthor A <a@b> x\ncommitter A <a@b> x\n\nodd\n")
    repository = open_repository(trail.root)
    (step,) = walk(repository, law(), repository.head(), NOW).steps

    assert months.line(repository, repository.head(), NOW) == [(step.commit.id, step.day)]


# -- what one process remembers


@dataclass(frozen=True, slots=True)
class Counting(Reader):
    """Notes what it is asked for."""

    asked: list[Job] = field(default_factory=list)

    def read(self, jobs: Iterable[Job], shapes: Shapes) -> Iterator[tuple[Job, Outcome]]:
        wanted = list(jobs)
        self.asked.extend(wanted)
        return Reader.read(self, wanted, shapes)


def job(kind: str, data: bytes, path: str = "x.yaml") -> Job:
    return Job(path, kind, "x", f"evidence/{kind}.yaml", data)


def test_equal_bytes_of_a_kind_are_read_once() -> None:
    behind = Counting(Cache(None))
    reader = Recalling(Cache(None), behind=behind)
    shapes = Shapes(law().schemas, law().kinds)
    good = (Path(__file__).parent / "examples/seal_audit.yaml").read_bytes()
    wanted = [
        job("seal_audit", good, "a.yaml"),
        job("seal_audit", b"- bad", "b.yaml"),
        job("seal_audit", good, "c.yaml"),
        job("cctv_footage_review", good, "d.yaml"),
    ]

    first = list(reader.read(wanted, shapes))
    second = list(reader.alone().read(reversed(wanted), shapes))

    assert first == list(Reader(Cache(None)).read(wanted, shapes))
    assert second == first[::-1]
    assert [j.kind for j in behind.asked] == ["seal_audit", "seal_audit", "cctv_footage_review"]


def test_what_is_let_go_is_read_again() -> None:
    behind = Counting(Cache(None))
    reader = Recalling(Cache(None), behind=behind)
    shapes = Shapes(law().schemas, law().kinds)
    wanted = [job("seal_audit", b"- one"), job("seal_audit", b"- two")]
    first = list(reader.read(wanted, shapes))

    reader.keep([b"- two"])

    assert list(reader.read(wanted, shapes)) == first
    assert [j.data for j in behind.asked] == [b"- one", b"- two", b"- one"]


def test_a_long_history_takes_no_more_room_than_its_states(
    built: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[int] = []

    def keep(reader: Recalling, contents: Iterable[bytes]) -> None:
        kept.append(len(set(contents)))

    plain = asked(built.root, READER, "", "trend")
    monkeypatch.setattr(Recalling, "keep", keep)
    monkeypatch.setattr(verdicts, "ROOM", 1)

    assert asked(built.root, READER, "", "trend") == plain
    assert kept
    assert max(kept) <= 12


def test_what_is_recalled_is_open_whatever_read_it(tmp_path: Path) -> None:
    shapes = Shapes(law().schemas, law().kinds)
    good = (Path(__file__).parent / "examples/seal_audit.yaml").read_bytes()
    cache = Cache(tmp_path / "cache.sqlite")
    wanted = [job("seal_audit", good)]
    list(Reader(cache).read(wanted, shapes))

    ((_, known),) = Recalling(Cache(None), behind=Reader(cache)).read(wanted, shapes)
    ((_, plain),) = Reader(Cache(None)).read(wanted, shapes)

    assert known.content == plain.content
    assert not isinstance(known.content, str | bytes)


def test_a_cache_that_is_only_asked_keeps_nothing(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache.sqlite")
    cache.put({"a": "1"})
    asked_only = ReadOnly(cache)
    asked_only.put({"b": "2"})

    assert asked_only.get(["a", "b"]) == {"a": "1"}
    assert not ReadOnly(Cache(None)).works
