"""A verdict is taken over from the state before on the same ground, and on no other."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any, NamedTuple

import pytest

from ctpat_policy import filing, hearing, judgement, program
from ctpat_policy.dossiers.computed import DAILY, OPERATORS
from ctpat_policy.dossiers.facts import Dossier
from ctpat_policy.dossiers.ledger import Ledger
from ctpat_policy.dossiers.rows import Row
from ctpat_policy.hearing import Hearing
from ctpat_policy.judging import Bench, Case
from ctpat_policy.model import Place
from ctpat_policy.precedents import Key, Precedents
from ctpat_policy.reads import kinds_read, kinds_read_whole
from ctpat_policy.request import Request
from tests.company import law
from tests.sample import PROFILE, READER, TODAY, Files, judged, sample
from tests.test_sample_defects import DEFECTS, MARCH, explained

CAMERAS = "policies/procedures/SOP-22.yaml"
SEVEN = "policies/partners/PT-07.yaml"
ANSWERS = "evidence/partner_questionnaire/2026-08-21-pt-07.yaml"


def said(
    files: Files,
    before: Precedents | None = None,
    criterion: str = "",
    today: str = TODAY,
    true: str = TODAY,
) -> dict[Key, str]:
    """The verdicts of a state, by one who knows what was said before, or by one who does not."""
    request = Request(today, true, (), (criterion,) if criterion else ())
    known = Precedents() if before is None else before
    return judgement.verdicts(files, law(), request, READER, known, lambda *_: True)


def below(*folders: str) -> list[str]:
    return [path for path in sample() if path.startswith(folders)]


def test_verdicts_alone_are_those_of_a_report() -> None:
    report = judged(sample())

    assert said(sample()) == {row.key: row.verdict for row in report.rows}


def signed_ahead() -> Files:
    """Whatever was approved in 2026 bears a date of 2027, and is bound to it."""
    files = sample()
    for path in below("policies/procedures/", "evidence/corrective_action", "evidence/criterion_"):
        dated = files[path].replace(b'approved_on: "2026', b'approved_on: "2027')
        if dated != files[path]:
            files = Files({**files, path: dated}).approved(path)
    return files


@pytest.mark.parametrize("files", [sample, signed_ahead])
def test_no_verdict_hangs_on_the_true_date(files: Callable[[], Files]) -> None:
    """So that of a past state is kept for other days, too: see `Judge._key`."""
    assert said(signed_ahead()) != said(sample()), "otherwise this proves nothing"
    state = files()
    for day in ("2026-05-31", TODAY):
        found = [said(state, today=day, true=true) for true in (day, "2027-03-01", "2028-01-01")]

        assert found[0] == found[1] == found[2]


# -- on other ground


def lowered() -> Files:
    """The member reads its document so that the criterion is a should."""
    path = "policies/levels/9.15.yaml"
    approval = {"by": "P-002", "as": "company_officer", "approved_on": "2026-01-20"}
    value = {
        "schema": "level_overlay/1",
        "criterion": "MSC-9.15",
        "levels": {"consolidator": "should"},
        "source": {"document": "MSC for consolidators", "dated": "2020-03-01", "page": "31"},
        "approvals": [{**approval, "digest": f"v1:sha256:{'0' * 64}"}],
    }
    return sample().put(path, value).approved(path)


def without_cameras() -> Files:
    camera = 'cctv: {installed: %s, since: "2011-05-16"'
    return sample().reworded(PROFILE, (camera % "true", camera % "false"))


def inapplicable() -> Files:
    path = "evidence/criterion_exception/of-lrd-9.11.yaml"
    return sample().reworded(path, ("should_not_adopted", "not_applicable")).approved(path)


def renamed() -> Files:
    """Another file, and so another partner, of the same content and in the same place."""
    return Files({**sample().without(SEVEN), SEVEN.replace("PT-07", "PT-07b"): sample()[SEVEN]})


class Other(NamedTuple):
    """A part of a criterion's ground, and two states that differ in it."""

    part: str
    criterion: str
    one: Callable[[], Files]
    two: Callable[[], Files]


OTHERS = [
    Other("the level", "9.15", sample, lowered),
    Other("the profile", "9.15", sample, without_cameras),
    Other(
        "a procedure", "9.15", sample,
        lambda: sample().reworded(CAMERAS, ("^version: .*", "version: '99'")),
    ),
    Other("an exception", "9.11", sample, inapplicable),
    Other(
        "an action that covers", "9.4", sample,
        lambda: sample().without(*below("evidence/corrective_action/CA-2026-014")),
    ),
    Other(
        "an action that explains", "9.15", lambda: sample().without(MARCH),
        lambda: explained(sample().without(MARCH), "2026-05-18", "verified_closed"),
    ),
    Other(
        "all partners", "3.1", sample,
        lambda: Files({**sample(), SEVEN.replace("07", "99"): sample()[SEVEN]}),
    ),
    Other("the name of a partner", "3.1", sample, renamed),
    Other(
        "the partner itself", "3.7", sample,
        lambda: sample().reworded(SEVEN, ("role: consolidator", "role: client")),
    ),
    Other("its records", "3.7", sample, lambda: sample().without(ANSWERS)),
    Other(
        "records of the company", "1.1", sample,
        lambda: sample().without(*below("evidence/statement_of_support/")),
    ),
]  # fmt: skip


@pytest.mark.parametrize("other", OTHERS, ids=lambda o: o.part)
def test_on_other_ground_it_is_judged_anew(other: Other) -> None:
    one, two = other.one(), other.two()
    first, second = (said(files, None, other.criterion) for files in (one, two))
    assert first != second, "otherwise this proves nothing"

    before = Precedents()
    for files, right in ((one, first), (two, second), (one, first), (one, first)):
        assert said(files, before, other.criterion) == right


def test_one_defect_after_the_other_is_seen() -> None:
    before = Precedents()
    for defect, _, _ in DEFECTS:
        assert said(defect(), before) == said(defect()), defect.__name__


def test_what_ends_with_the_day_is_judged_anew() -> None:
    before = Precedents()
    days = ("2026-08-31", "2026-09-01", TODAY, "2026-12-24", "2027-10-31")
    fresh = [said(sample(), None, "", day) for day in days]
    assert len({str(verdicts) for verdicts in fresh}) > 3, "otherwise this proves nothing"

    assert [said(sample(), before, "", day) for day in (*days, days[0])] == [*fresh, fresh[0]]


# -- on the same ground


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Notes the criterion and the subject of every dossier that is made."""
    found: list[tuple[str, str]] = []
    rows = Hearing.rows_of

    def noted(hearing: Hearing, subject: Any) -> Any:
        found.append((hearing.criterion.id, subject.id))
        return rows(hearing, subject)

    monkeypatch.setattr(Hearing, "rows_of", noted)
    return found


def test_on_the_same_ground_nobody_is_heard_again(heard: list[tuple[str, str]]) -> None:
    before = Precedents()
    first = said(sample(), before)
    heard.clear()

    assert said(sample(), before) == first
    assert heard == []


def test_a_record_of_one_partner_concerns_no_other(heard: list[tuple[str, str]]) -> None:
    before = Precedents()
    said(sample(), before, "3.7")
    heard.clear()
    after = said(sample().without(ANSWERS), before, "3.7")

    assert heard == [("MSC-3.7", "PT-07")]
    assert after == said(sample().without(ANSWERS), None, "3.7")


def test_who_is_not_asked_for_is_not_heard(heard: list[tuple[str, str]]) -> None:
    def seven(scope: str, subject: str) -> bool:
        return (scope, subject) == ("partner", "PT-07")

    asked = Request(TODAY, TODAY)
    found = judgement.verdicts(sample(), law(), asked, READER, Precedents(), seven)

    assert {subject for _, subject in heard} == {"PT-07"}
    assert found == {key: v for key, v in said(sample()).items() if key[3] == "PT-07"}


# -- the ground is all that a dossier may look at


def bench(files: Files | None = None, today: str = TODAY) -> Bench:
    source = files or sample()
    made = program.build(filing.gather(source, law(), READER), law(), source, today, TODAY)
    assert made is not None
    return Bench(law(), made, made.profile["accounts"][:1], source)


def test_a_dossier_looks_at_the_records_of_its_subject_alone() -> None:
    heard = bench().hearing(Case(0, law().criteria["MSC-3.7"], ("should", "sourced")))
    seven, eight = (s for s in heard.subjects if s.id in ("PT-07", "PT-08"))
    list(heard.rows_of(seven))
    ledger = heard.ledger

    assert ledger.seen("partner_questionnaire", seven)
    for refused in (
        lambda: ledger.seen("partner_questionnaire", eight),
        lambda: ledger.seen("seal_log", seven),
        lambda: ledger.rows("partner_questionnaire"),
        lambda: ledger.naming("partner_questionnaire", "partners"),
    ):
        with pytest.raises(AssertionError, match="may"):
            refused()


@pytest.mark.parametrize(("criterion", "sees"), [("3.1", True), ("3.5", True), ("3.7", False)])
def test_only_who_asks_about_all_partners_sees_them(
    criterion: str, sees: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []

    def noted(*of: Any) -> Dossier:
        seen.append(of[3])
        return Dossier(*of)

    monkeypatch.setattr(hearing, "Dossier", noted)
    heard = bench().hearing(Case(0, law().criteria[f"MSC-{criterion}"], ("must", "sourced")))
    list(heard.rows_of(heard.subjects[0]))

    assert ["partners" in company for company in seen] == [sees]


def test_a_series_of_other_units_may_be_seen_whole() -> None:
    for criterion in law().criteria.values():
        whole = kinds_read_whole(criterion, law().kinds)

        assert whole <= kinds_read(criterion)
        if criterion.scope == "company":
            assert whole == kinds_read(criterion)
        else:
            assert all(law().kinds[kind].unit != criterion.scope for kind in whole)


# -- rows


def _rows(ledger: Ledger) -> dict[str, list[tuple[Place, Row]]]:
    return {kind: [(row.place(), row) for row in ledger.rows(kind)] for kind in law().kinds}


MOVED: dict[str, Callable[[], Files]] = {
    "nothing": sample,
    "a record took its place": lambda: sample().put(
        ANSWERS.replace("2026-08-21", "2026-09-30"),
        {**sample().value(ANSWERS), "supersedes": "partner_questionnaire/2026-08-21-pt-07"},
    ),
    "an action answers it": lambda: explained(sample().without(MARCH), "2026-05-18", "open"),
    "actions are gone": lambda: sample().without(*below("evidence/corrective_action/")),
    "the record itself": lambda: sample().reworded(ANSWERS, ("signed: true", "signed: false")),
}  # fmt: skip


@pytest.mark.parametrize("moved", MOVED)
@pytest.mark.parametrize("day", [TODAY, "2026-11-01", "2027-02-01"])
def test_a_row_is_taken_over_only_where_it_would_be_the_same(moved: str, day: str) -> None:
    (first,) = bench().ledgers
    _rows(first)
    (fresh,), (later,) = bench(MOVED[moved](), day).ledgers, bench(MOVED[moved](), day).ledgers
    assert day != TODAY or moved == "nothing" or _rows(fresh) != _rows(first), "it proves nothing"
    later.before = first.made
    old = {id(row) for rows in first.made.values() for row in rows}

    assert _rows(later) == _rows(fresh)
    taken = [row for rows in later.made.values() for row in rows if id(row) in old]
    assert len(taken) > 300


def test_only_what_asks_the_day_is_another_every_day() -> None:
    named = {name for name, f in OPERATORS.items() if "today" in signature(f).parameters}

    assert named == DAILY
