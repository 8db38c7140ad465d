"""What there is and what is done at a site, as the security profile says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

#: Facts of a site's feature that say it is there.
_PRESENT = ("installed", "present", "issued")


def feature_since(site: Mapping[str, Any], feature: str | None) -> str | None:
    """The day from which a site has a feature; None without it, empty when nothing is asked."""
    if feature is None:
        return ""
    facts = site.get(feature)
    if not isinstance(facts, Mapping):
        return "" if facts else None
    there = any(facts.get(key) for key in _PRESENT) or facts.get("employed", "none") != "none"
    return facts.get("since", "") if there else None


def there(site: Mapping[str, Any]) -> Iterator[str]:
    """The activities of a site, and the features that it has."""
    yield from site["activities"]
    for name, value in site.items():
        if value is True or (isinstance(value, Mapping) and feature_since(site, name) is not None):
            yield name
