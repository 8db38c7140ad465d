"""What is remembered, and judged by several processes, is what one process judges anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.corpus import generate
from ctpat_policy import judging, remembered
from ctpat_policy.cache import Cache
from ctpat_policy.clock import next_day
from ctpat_policy.judging import Bench
from ctpat_policy.model import Report
from ctpat_policy.reading import Reader
from ctpat_policy.request import Request
from ctpat_policy.sources import WorkTree
from tests.company import law
from tests.sample import PROFILE, TODAY, Files, judged, records, sample
from tests.test_sample_defects import DEFECTS

ACTION = records("corrective_action")[0]
PARTNER = min(p for p in sample() if p.startswith("policies/partners/"))
PROCEDURE = min(p for p in sample() if p.startswith("policies/procedures/"))


def anew(files: Files, today: str = TODAY) -> Report:
    return remembered.judged(files, law(), Request(today, TODAY), Reader(Cache(None)))


@pytest.mark.parametrize("defect", [d[0] for d in DEFECTS], ids=lambda d: d.__name__)
def test_a_defect_is_judged_alike(defect: Callable[[], Files]) -> None:
    assert judged(defect()) == anew(defect())


@pytest.mark.parametrize("path", sorted(p for p in sample() if p.endswith(".yaml"))[::60])
def test_the_loss_of_a_document_is_judged_alike(path: str) -> None:
    judged(sample())  # so that everything else is known

    assert judged(sample().without(path)) == anew(sample().without(path))


@pytest.mark.parametrize("today", ["2026-12-24", "2026-09-30", "2027-10-31"])
def test_a_kept_verdict_counts_only_on_the_days_on_which_it_holds(today: str) -> None:
    judged(sample())

    assert judged(sample(), today) == anew(sample(), today)


def test_day_after_day_what_is_kept_is_what_would_be_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[str] = []
    rows = Bench.rows

    def noted(*of: Any) -> Any:
        made.append(of[1].criterion.id)
        return rows(*of)

    judged(sample())
    for later in range(1, 6):
        day = next_day(TODAY, later)
        with monkeypatch.context() as noting:
            noting.setattr(Bench, "rows", noted)
            found = judged(sample(), day)
        assert found == anew(sample(), day)
    every = sum(head.known for head in found.accounts)
    assert 0 < len(made) < 5 * every * 0.7, "most verdicts outlive their day"


@pytest.mark.parametrize(
    ("path", "change"),
    [
        (PROFILE, ("^  records_from: .*", '  records_from: "2026-06-01"')),
        (PARTNER, ("^active: true", "active: false")),
        (ACTION, ("^  status: .*", "  status: open")),
        (PROCEDURE, ("^review_every: .*", "review_every: P1M")),
    ],
    ids=["profile", "partner", "action", "procedure"],
)
def test_what_every_criterion_may_look_at_is_ground(path: str, change: tuple[str, str]) -> None:
    judged(sample())
    changed = sample().reworded(path, change)

    assert judged(changed) == anew(changed)


def test_an_attachment_under_an_approval_is_ground() -> None:
    judged(sample())
    signed = next(p for p in sorted(sample()) if _attached(p))
    changed = Files({**sample(), _attached(signed): b"something else"})

    assert judged(changed) == anew(changed)


def _attached(path: str) -> str:
    """A file that an approved document lists, or empty."""
    if not path.endswith(".yaml") or "approvals" not in sample().value(path):
        return ""
    listed = sample().value(path).get("attachments", [])
    return next((f"{path.rpartition('/')[0]}/{a['path']}" for a in listed if "path" in a), "")


def test_processes_judge_as_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    generate(tmp_path, 400, partners=300)
    monkeypatch.setattr(judging, "WORTH_A_PROCESS", 100)
    request = Request("2026-06-30", "2026-11-24")

    reports = [
        remembered.judged(WorkTree(tmp_path), law(), request, Reader(Cache(None), count))
        for count in (1, 2, 4)
    ]

    assert reports[0] == reports[1] == reports[2]
    assert len(reports[0].rows) > 1000


def test_a_criterion_sees_no_kind_but_those_it_is_known_to_read() -> None:
    from ctpat_policy import filing, program

    files = filing.gather(sample(), law())
    programme = program.build(files, law(), sample(), TODAY, TODAY)
    assert programme is not None
    bench = Bench(law(), programme, programme.profile["accounts"], sample())
    case: Any = judging.Case(0, law().criteria["MSC-6.6"], ("should", "stated"))
    bench.rows(case)

    with pytest.raises(AssertionError, match="not every record of door_check"):
        bench.ledgers[0].rows("door_check")
