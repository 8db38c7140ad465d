"""A name that nobody knows leads to the one that was probably meant."""

from __future__ import annotations

import pytest

from ctpat_policy.nearest import nearest


@pytest.mark.parametrize(
    ("word", "known", "meant"),
    [
        ("bb-wac", ["BB-VAC", "BB-WAC", "bb-wax"], "BB-WAC"),
        ("BB-WACO", ["BB-WAC", "X"], "BB-WAC"),
        (
            "auditor",
            ["internal_auditor", "seal_auditor", "author"],
            "internal_auditor or seal_auditor",
        ),
        ("site", ["site_a", "site_b", "site_c", "site_d", "sites"], "sites"),
        ("nothing", ["X", "Y"], ""),
        ("", [], ""),
    ],
)
def test_case_comes_first_then_a_common_word_then_a_slip(
    word: str, known: list[str], meant: str
) -> None:
    assert nearest(word, known) == meant
