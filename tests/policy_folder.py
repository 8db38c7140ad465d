"""A policy repository in a temporary folder: YAML files, judged in this process or by the CLI."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ctpat_policy import remembered
from ctpat_policy.cache import Cache
from ctpat_policy.catalog import Catalog
from ctpat_policy.model import Finding, Report
from ctpat_policy.reading import Reader
from ctpat_policy.request import Request
from ctpat_policy.sources import WorkTree
from tests.company import TODAY, approved, dump, example, law, patched

PROFILE = "policies/security-profile.yaml"
PROGRAM = Path(sys.executable).parent / "ctpat-policy"


@dataclass(frozen=True)
class Folder:
    """Writes documents below `root` as merge patches over the examples; `law` judges them."""

    root: Path
    law: Catalog

    def put(self, path: str, content: str | bytes) -> str:
        """Write a file as it stands; its path again."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def profile(self, **patch: Any) -> str:
        """The security profile."""
        return self.put(PROFILE, dump(patched(example("security_profile"), patch)))

    def partner(self, name: str = "PT-1", **patch: Any) -> str:
        """A business partner."""
        value = patched(example("business_partner"), patch)
        return self.put(f"policies/partners/{name}.yaml", dump(value))

    def procedure(self, name: str = "SOP-1", **patch: Any) -> str:
        """A procedure; a digest written as `right` is right."""
        value = approved(name, patched(example("procedure"), patch))
        return self.put(f"policies/procedures/{name}.yaml", dump(value))

    def record(self, kind: str, name: str = "a", folder: str = "", **patch: Any) -> str:
        """An evidence record; a digest written as `right` is right."""
        value = approved(f"{kind}/{name}", patched(example(kind), patch))
        return self.put(f"evidence/{kind}/{folder}{name}.yaml", dump(value))

    def judge(self, **request: Any) -> Report:
        """The report as of TODAY, which is also the real date."""
        asked = {"today": TODAY, "real_today": TODAY, **request}
        reader = Reader(Cache(None))
        return remembered.judged(WorkTree(self.root), self.law, Request(**asked), reader)

    def findings(self, **request: Any) -> list[Finding]:
        """What is wrong with the documents."""
        return list(self.judge(**request).findings)

    def codes(self, **request: Any) -> list[str]:
        """The codes of the findings, in their order."""
        return [f.code for f in self.findings(**request)]

    def line(self, path: str, text: str) -> tuple[int, int]:
        """Line and column, from 1, of the first place in a file that holds a text."""
        for number, line in enumerate((self.root / path).read_text().splitlines(), 1):
            if text in line:
                return number, line.index(text) + 1
        raise AssertionError(f"{text} is not in {path}")

    def check(self, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
        """`ctpat-policy check` as of TODAY, as a person runs it."""
        today = () if "--today" in args else ("--today", TODAY)
        run = [str(PROGRAM), "check", "--no-cache", str(self.root), *today, *args]
        whole: Mapping[str, str] = {**os.environ, **env}
        return subprocess.run(run, capture_output=True, text=True, env=whole, check=False)


def small_company(root: Path, judged_by: Catalog | None = None) -> Folder:
    """A folder with a valid profile and partner."""
    made = Folder(root, judged_by or law())
    made.profile()
    made.partner()
    return made
