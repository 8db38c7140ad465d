"""What a change of policies does: each effect by its field, and before -> after in short."""

from __future__ import annotations

from typing import Any

import pytest

from ctpat_policy.fields import FieldChange, changes
from ctpat_policy.governance import UNREADABLE, GovernanceChange, governance
from ctpat_policy.waivers import waiver
from tests.company import example, law, patched

PROFILE = "policies/security-profile.yaml"
PARTNER = "policies/partners/PT-1.yaml"
OVERLAY = "policies/levels/9.15.yaml"
DAY = "2026-06-30"


def of_profile(patch: Any, base: Any = None) -> list[GovernanceChange]:
    before = patched(example("security_profile"), base or {})
    return list(governance(PROFILE, before, patched(before, patch), law(), DAY))


def of_list(name: str, key: str, patch: Any) -> Any:
    """A patch of the profile that changes one item of a list."""
    items = example("security_profile")[name]
    return {name: [patched(i, patch) if i["id"] == key else i for i in items]}


@pytest.mark.parametrize(
    ("patch", "effect", "field", "before", "after"),
    [
        (
            {"settings": {"action_limit_must": "P180D"}},
            "loosened", "settings.action_limit_must", "P90D", "P180D",
        ),
        (
            {"settings": {"action_limit_should": None}},
            "changed", "settings.action_limit_should", "P180D", "P180D (shipped)",
        ),
        (
            {"settings": {"intervals": {"cctv_footage_review": {"every": "P3M"}}}},
            "loosened", "settings.intervals.cctv_footage_review.every", "P1M (shipped)", "P3M",
        ),
        (
            {"settings": {"action_limit_must": "P3M"}},  # ninety-two days from July on
            "loosened", "settings.action_limit_must", "P90D", "P3M",
        ),
        (
            {"settings": {"intervals": {"cctv_footage_review": {"every": "P31D"}}}},
            "loosened", "settings.intervals.cctv_footage_review.every", "P1M (shipped)", "P31D",
        ),
        (
            {"settings": {"commit_within": "P1D"}},
            "changed", "settings.commit_within", "P14D (shipped)", "P1D",
        ),
        (
            {"settings": {"intervals": {"cctv_footage_review": {"every": "P2W"}}}},
            "changed", "settings.intervals.cctv_footage_review.every", "P1M (shipped)", "P2W",
        ),
        (
            {"settings": {"records_from": "2026-06-01"}},
            "loosened", "settings.records_from", "2026-05-01", "2026-06-01",
        ),
        (
            of_list("people", "P-6", {"functions": ["site_manager", "company_officer"]}),
            "gained", "people[P-6].functions[company_officer]", "", "company_officer",
        ),
        (
            of_list("people", "P-9", {"until": None}),
            "gained", "people[P-9].until", "2026-05-15", "",
        ),
        (
            of_list("people", "P-2", {"from": "2014-01-01"}),
            "gained", "people[P-2].from", "2015-01-01", "2014-01-01",
        ),
        (
            of_list("people", "P-1", {"signing_key": "ssh-ed25519 AAAA"}),
            "identity", "people[P-1].signing_key", "", "ssh-ed25519 AAAA",
        ),
        (
            of_list("sites", "S-1", {"cctv": {"installed": False}}),
            "switched_off", "sites[S-1].cctv.installed", "true", "false",
        ),
        (
            of_list("sites", "S-1", {"guards": {"employed": "none"}}),
            "switched_off", "sites[S-1].guards.employed", "contract", "none",
        ),
        (
            of_list("sites", "S-1", {"cctv": {"since": "2026-06-01"}}),
            "loosened", "sites[S-1].cctv.since", "2015-01-01", "2026-06-01",
        ),
        (
            of_list("sites", "S-1", {"until": "2026-06-01"}),
            "dropped", "sites[S-1].until", "", "2026-06-01",
        ),
        (
            {"practices": {"remote_access": False}},
            "switched_off", "practices.remote_access", "true", "false",
        ),
        (
            of_list("lanes", "L-1", {"active": False}),
            "deactivated", "lanes[L-1].active", "true", "false",
        ),
        (
            of_list("lanes", "L-1", {"risk": "low"}),
            "loosened", "lanes[L-1].risk", "high", "low",
        ),
        (
            of_list("accounts", "acc", {"last_validated_on": "2026-06-01"}),
            "loosened", "accounts[acc].last_validated_on", "2022-12-06", "2026-06-01",
        ),
        (
            {"member": {"headcount": 41}},
            "changed", "member.headcount", "40", "41",
        ),
    ],
)  # fmt: skip
def test_one_field_has_one_effect(
    patch: Any, effect: str, field: str, before: str, after: str
) -> None:
    assert of_profile(patch) == [GovernanceChange(effect, PROFILE, field, before, after)]


def test_what_is_dropped_is_named() -> None:
    site = example("security_profile")["sites"][0]
    less = [a for a in site["activities"] if a != "stuffing"]

    activity = of_profile(of_list("sites", "S-1", {"activities": less}))
    everything = of_profile({"sites": [], "lanes": [], "systems": []})
    person = of_profile({"people": example("security_profile")["people"][1:]})

    stuffing = ("dropped", "sites[S-1].activities[stuffing]")
    assert [(c.effect, c.field) for c in activity] == [stuffing]
    assert {c.effect for c in everything} == {"dropped"}
    assert [c.field for c in everything] == ["sites[S-1]", "lanes[L-1]", "systems[SYS-1]"]
    assert [(c.effect, c.field) for c in person] == [("dropped", "people[P-1]")]


def test_a_new_person_gains_and_a_new_site_is_added() -> None:
    profile = example("security_profile")
    new = {"id": "P-77", "functions": ["executive"], "from": "2026-01-01"}
    site = patched(profile["sites"][0], {"id": "S-9"})

    found = of_profile({"people": [*profile["people"], new], "sites": [*profile["sites"], site]})

    assert [(c.effect, c.field) for c in found] == [
        ("gained", "people[P-77]"),
        ("added", "sites[S-9]"),
    ]


@pytest.mark.parametrize(
    ("old", "new"), [([1, 2], [True, 2]), ([{"a": 0}], [{"a": False}]), (1, True), ([1.0], [1])]
)
def test_one_is_not_true(old: Any, new: Any) -> None:
    assert len(changes({"a": old}, {"a": new})) == 1


def test_the_order_and_the_wrapping_of_a_document_change_nothing() -> None:
    before = example("security_profile")
    after = dict(reversed(list(before.items())))

    assert list(governance(PROFILE, before, after, law(), DAY)) == []


def test_partners_come_go_and_sleep() -> None:
    partner = example("business_partner")
    asleep = patched(partner, {"active": False, "until": "2026-06-01"})

    came = list(governance(PARTNER, None, partner, law(), DAY))
    went = list(governance(PARTNER, partner, None, law(), DAY))
    sleeps = list(governance(PARTNER, partner, asleep, law(), DAY))
    off = list(governance(PARTNER, partner, patched(partner, {"handles_cargo": False}), law(), DAY))

    assert came == [GovernanceChange("added", PARTNER, "", "", "Test Carrier")]
    assert went == [GovernanceChange("dropped", PARTNER, "", "Test Carrier", "")]
    assert {c.effect for c in sleeps} == {"deactivated"}
    assert [(c.effect, c.field) for c in off] == [("switched_off", "handles_cargo")]


@pytest.mark.parametrize(
    ("before", "after", "effect", "texts"),
    [
        (None, "should", "loosened", ("must (shipped)", "should")),
        (None, "absent", "loosened", ("must (shipped)", "absent")),
        (None, "must", "changed", ("must (shipped)", "must")),
        ("should", None, "changed", ("should", "must (shipped)")),
        ("must", "should", "loosened", ("must", "should")),
        ("absent", "should", "changed", ("absent", "should")),
    ],
)
def test_an_overlay_is_held_against_the_level_that_ships(
    before: str | None, after: str | None, effect: str, texts: tuple[str, str]
) -> None:
    old, new = (
        None if side is None else {"criterion": "MSC-9.15", "levels": {"consolidator": side}}
        for side in (before, after)
    )

    found = list(governance(OVERLAY, old, new, law(), DAY))

    assert found == [GovernanceChange(effect, OVERLAY, "MSC-9.15 for consolidator", *texts)]


def test_an_overlay_may_turn_to_another_page() -> None:
    value = {"criterion": "MSC-9.15", "levels": {"consolidator": "must"}, "source": {"page": "1"}}

    found = list(governance(OVERLAY, value, patched(value, {"source": {"page": "2"}}), law(), DAY))

    assert found == [GovernanceChange("changed", OVERLAY, "source.page", "1", "2")]


def test_what_cannot_be_read_is_said() -> None:
    found = list(governance(PROFILE, example("security_profile"), UNREADABLE, law(), DAY))

    assert found == [GovernanceChange("changed", PROFILE, "", "can be read", "cannot be read")]


ODD: tuple[Any, ...] = ([], "text", 3, {"levels": []}, {"levels": {"x": []}}, {"sites": 1})


@pytest.mark.parametrize("odd", ODD)
def test_odd_values_raise_nothing(odd: Any) -> None:
    value = odd if isinstance(odd, dict) else {"levels": odd, "settings": odd, "people": odd}
    for path in (PROFILE, PARTNER, OVERLAY):
        for old, new in ((value, example("security_profile")), (None, value), (value, None)):
            assert isinstance(list(governance(path, old, new, law(), DAY)), list)
    for path in ("evidence/corrective_action/x.yaml", "evidence/criterion_exception/x.yaml"):
        odd_record = {"data": odd, "scope": odd, "approvals": odd}
        assert waiver(path, odd_record, {"data": {"covers": odd, "due": odd}}, True).path == path


def action(**data: Any) -> dict[str, Any]:
    covering = {"covers": ["MSC-9.15/reviewed"], **data}
    return dict(patched(example("corrective_action"), {"data": covering}))


@pytest.mark.parametrize(
    ("before", "after", "effects"),
    [
        (None, action(), ("added",)),
        (action(), None, ("dropped",)),
        (action(), {**action(), "void": {"reason": "x"}}, ("dropped",)),
        (action(), action(due="2026-09-30"), ("extended",)),
        (action(), action(due="2026-07-01"), ("shortened",)),
        (action(), action(covers=["MSC-9.15/reviewed", "MSC-9.15/written"]), ("widened",)),
        (action(), {**action(), "scope": {"company": True, "sites": ["S-2"]}}, ("widened",)),
        (action(), action(answers=["seal_audit/x"]), ("widened",)),
        (action(), action(status="verified_closed"), ("closed",)),
        (action(status="cancelled"), action(), ("reopened",)),
        (action(), action(owner="P-5"), ("changed",)),
        (action(), action(due="2026-09-30", covers=["MSC-9.4/x"]), ("extended", "widened")),
    ],
)  # fmt: skip
def test_what_becomes_of_a_corrective_action(
    before: Any, after: Any, effects: tuple[str, ...]
) -> None:
    found = waiver("evidence/corrective_action/CA-1.yaml", before, after, True)

    assert found.effects == effects
    assert found.counts == (after is not None)


def test_a_waiver_says_whom_it_serves_and_until_when() -> None:
    before = example("criterion_exception")
    after = patched(before, {"data": {"expires": "2027-06-30"}})

    found = waiver("evidence/criterion_exception/x.yaml", before, after, False)

    assert (found.about, found.subject) == (("MSC-10.8",), "S-1")
    assert (found.until_before, found.until_after) == ("2026-12-31", "2027-06-30")
    assert not found.counts


def test_words_of_a_list_name_themselves() -> None:
    found = changes({"a": ["x", "y", "z"]}, {"a": ["x", "z", "w"]})

    assert found == (FieldChange("a[y]", "y", None), FieldChange("a[w]", None, "w"))


def test_items_without_names_are_compared_from_both_ends() -> None:
    before = {"rows": [{"n": 1}, {"n": 2}, {"n": 3}]}

    assert changes(before, {"rows": [{"n": 0}, *before["rows"]]}) == (
        FieldChange("rows[0]", None, {"n": 0}),
    )
    assert changes(before, {"rows": [{"n": 1}, {"n": 5}, {"n": 3}]}) == (
        FieldChange("rows[1].n", 2, 5),
    )


def test_true_is_not_one_and_another_wrapping_is_the_same_text() -> None:
    assert changes({"a": True}, {"a": 1}) == (FieldChange("a", True, 1),)
    assert changes({"a": "one  two\n"}, {"a": "one two"}) == ()
