"""Whether an answer agrees with earlier ones, as far as the schema of the profile knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ctpat_policy.catalog import Catalog


def contradiction(law: Catalog, before: Mapping[str, Any], name: str, value: bool) -> str:
    """Why such an answer contradicts what was answered `before`; empty where it does not.

    What is not asked yet is missing, which is no contradiction.
    """
    values = {**before, name: value}
    practices = {key: each for key, each in values.items() if isinstance(each, bool)}
    handles = {"handles_cargo": practices.pop("handles_cargo")}
    accounts = [{"entity_type": entity, **handles} for entity in values["entity_types"]]
    profile = {"accounts": accounts, "practices": practices}
    for wrong in law.schemas.violations("security_profile.yaml", profile):
        if wrong.pointer and wrong.pointer[-1] in values:
            return wrong.message
    return ""
