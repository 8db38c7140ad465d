"""Where this program was installed from, as a pipeline can install the same again.

Only a commit of a repository is certain to be this program: nobody says that the name in a package
index is ours.
"""

from __future__ import annotations

import json
import re
from importlib import metadata
from typing import NamedTuple

_PLAIN = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~-]+)+", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


class Origin(NamedTuple):
    """A repository and a commit of it."""

    repository: str
    commit: str


#: To be filled in by a person.
UNKNOWN = Origin("https://HOST/OWNER/ctpat-policy", "FULL_COMMIT_ID")


def origin() -> Origin:
    """What pip noted down when it installed from a repository (PEP 610); UNKNOWN otherwise."""
    try:
        noted = json.loads(metadata.distribution("ctpat-policy").read_text("direct_url.json") or "")
        found = Origin(noted["url"], noted["vcs_info"]["commit_id"])
    except (metadata.PackageNotFoundError, ValueError, LookupError, TypeError):
        return UNKNOWN
    whole = _PLAIN.fullmatch(found.repository) and _COMMIT.fullmatch(found.commit)
    return found if whole else UNKNOWN
