"""Documents in an editor: the real language server finds nothing wrong, and helps at every field.

`make editors` installs the server and runs this over the whole sample (EDITORS=all).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ctpat_policy import documents
from ctpat_policy.authoring import place, skeleton
from ctpat_policy.authoring.place import Asked
from ctpat_policy.authoring.start import editor_patterns
from tests.company import EXAMPLES, example, law

ROOT = Path(__file__).parent.parent
HERE = Path(__file__).parent / "editors"
NODE = shutil.which("node")
SERVERS = 4
#: Kinds of document outside evidence/, and where one of them lies.
CORE = {
    "security_profile": "policies/security-profile.yaml",
    "procedure": "policies/procedures/x.yaml",
    "business_partner": "policies/partners/x.yaml",
}

pytestmark = pytest.mark.skipif(
    NODE is None or not (HERE / "node_modules/yaml-language-server").is_dir(),
    reason="the language server is not installed: make editors",
)


def probe(asked: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the server says of each document; several servers share the work."""
    shares = [list(asked[n::SERVERS]) for n in range(SERVERS)]
    with ThreadPoolExecutor(SERVERS) as pool:
        return [found for part in pool.map(_probe, filter(None, shares)) for found in part]


def _probe(asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    schemas = {(ROOT / s).resolve().as_uri(): p for s, p in editor_patterns(law()).items()}
    job = {"root": str(ROOT), "schemas": schemas, "documents": asked}
    done = subprocess.run(
        [str(NODE), "probe.mjs"],
        cwd=HERE,
        input=json.dumps(job).encode(),
        capture_output=True,
        timeout=550,
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def sample() -> list[str]:
    """Every document of policies/, and one record of each kind, or all with EDITORS=all."""
    policies = sorted((ROOT / "policies").rglob("*.yaml"))
    evidence = [sorted(kind.rglob("*.yaml")) for kind in sorted((ROOT / "evidence").iterdir())]
    whole = os.environ.get("EDITORS") == "all"
    records = [file for kind in evidence for file in (kind if whole else kind[:1])]
    return [file.relative_to(ROOT).as_posix() for file in (*policies, *records)]


def test_the_sample_has_no_diagnostics() -> None:
    found = probe([{"path": path} for path in sample()])

    wrong = {f["path"]: f["diagnostics"] for f in found if f["diagnostics"]}
    assert wrong == {}
    assert len(found) > 100


def test_every_field_of_every_kind_has_a_hover() -> None:
    asked, keys = [], {}
    for kind in (*CORE, *law().kinds):
        data = (EXAMPLES / f"{kind}.yaml").read_bytes()
        path = CORE.get(kind, f"evidence/{kind}/x.yaml")
        fields = {
            p: at for p, at in documents.positions(data).items() if p and isinstance(p[-1], str)
        }
        keys[path] = list(fields)
        places = [[line - 1, column - 1] for line, column in fields.values()]
        asked.append({"path": path, "text": data.decode(), "hover": places})

    bare = [
        f"{found['path']} {'.'.join(map(str, key))}"
        for found in probe(asked)
        for key, shown in zip(keys[found["path"]], found["hover"], strict=True)
        if len(shown) < 10
    ]

    assert bare == []


@pytest.mark.parametrize(
    ("path", "text", "at", "wanted"),
    [
        ("policies/partners/x.yaml", "schema: business_partner/1\nrole: ", [1, 6], "rail_carrier"),
        ("policies/partners/x.yaml", "schema: business_partner/1\nrisk: ", [1, 6], "high"),
        (
            "evidence/cbp_validation/x.yaml",
            "schema: cbp_validation/1\ndata:\n  outcome: ",
            [2, 11],
            "validated_with_actions",
        ),
        (
            "policies/security-profile.yaml",
            "schema: security_profile/1\naccounts:\n  - entity_type: ",
            [2, 17],
            "customs_broker",
        ),
        ("evidence/seal_audit/x.yaml", "schema: seal_audit/1\ndata:\n  ", [2, 2], "counted_stock"),
    ],
)
def test_words_are_completed(path: str, text: str, at: list[int], wanted: str) -> None:
    (found,) = probe([{"path": path, "text": text, "complete": [at]}])

    assert wanted in found["complete"][0]


def test_what_is_wrong_is_shown_while_it_is_typed() -> None:
    text = json.dumps({**example("seal_audit"), "recorded_on": "yesterday", "colour": "red"})

    (found,) = probe([{"path": "evidence/seal_audit/x.yaml", "text": text}])

    said = " ".join(d["message"] for d in found["diagnostics"])
    assert "date" in said
    assert "colour" in said


def test_a_new_skeleton_shows_what_is_left_to_do() -> None:
    kind = law().kinds["seal_audit"]
    asked = Asked("2026-06-30", "2026-06-30", "S-1")
    known, path = place.known_of_record(law(), kind, example("security_profile"), asked)

    (found,) = probe([{"path": path, "text": skeleton.record(law(), kind, known)}])

    assert len(found["diagnostics"]) >= 7
