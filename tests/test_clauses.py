"""Every clause of every criterion says the right thing about a good and a bad dossier."""

from __future__ import annotations

from collections import defaultdict

import pytest

from ctpat_policy.criteria import WRITTEN
from ctpat_policy.dossiers.series import PAST
from tests.clause_cases import Case, cases, result
from tests.company import law

CASES = list(cases())


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_clause_says_what_the_case_expects(case: Case) -> None:
    found = result(case)

    assert found.state == case.expect, [g.message for g in found.gaps] or found.reason
    if case.gap:
        # What a hole says of itself stands behind the words of the rule.
        said = [gap.message.removesuffix(PAST).partition("; everything")[0] for gap in found.gaps]
        assert case.gap in said


def test_every_clause_has_a_dossier_that_satisfies_it_and_one_that_fails_it() -> None:
    seen = defaultdict(set)
    for case in CASES:
        seen[case.criterion, case.clause].add(case.expect)
        if case.expect == "fail":
            assert case.gap, f"{case.name}: a failing case states the message expected"

    missing = [
        (criterion.id, clause.id, sorted({"pass", "fail"} - seen[criterion.id, clause.id]))
        for criterion in law().criteria.values()
        for clause in criterion.clauses
        if (clause.id != WRITTEN or clause.tests)
        and not {"pass", "fail"} <= seen[criterion.id, clause.id]
    ]
    assert missing == []
