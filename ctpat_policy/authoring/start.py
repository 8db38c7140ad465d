"""Every file of a new policy repository, by path; what exists already is for the caller to keep."""

from __future__ import annotations

import json
from importlib import resources

from ctpat_policy.authoring.origin import Origin
from ctpat_policy.catalog import Catalog
from ctpat_policy.filing import schema_path

#: File of the repository -> its text in the folder `starter` of this package.
_STARTERS = {
    ".github/workflows/ctpat-policy.yml": "workflow.yml",
    ".pre-commit-config.yaml": "pre-commit.yaml",
    ".github/CODEOWNERS": "codeowners.txt",
    ".gitattributes": "gitattributes.txt",
    "README.md": "readme.md",
}
#: Of these, what the forge and pre-commit read at the top of a checkout only.
AT_THE_TOP = (".github", ".pre-commit-config.yaml")
#: Documents that an editor helps with, by the files that hold them.
_DOCUMENTS = {
    "policies/security-profile.yaml": "security_profile",
    "policies/procedures/*.yaml": "procedure",
    "policies/partners/*.yaml": "business_partner",
    "policies/levels/*.yaml": "level_overlay",
}
#: Schemas that others refer to.
_SHARED = ("approval.yaml", "envelope.yaml", "digest.yaml")


def surroundings(
    law: Catalog, company: str, reviewers: str, origin: Origin, home: str
) -> dict[str, str]:
    """What stands around the documents: CI, hooks, reviewers, an editor, the next steps.

    `origin` is where this program comes from, `home` the way here from the top of the checkout.
    """
    owners = reviewers if reviewers not in ("", "none") else "@TODO"
    words = {
        "REPOSITORY": origin.repository,
        "COMMIT": origin.commit,
        "FOLDER": json.dumps(home.rstrip("/") or ".", ensure_ascii=False),
        "HERE": home.replace(" ", "\\ "),
        "COMPANY": company,
        "OWNERS": owners,
        "HASH": "# " if owners == "@TODO" else "",
    }
    found = {path: _filled(name, words) for path, name in _STARTERS.items()}
    found[".vscode/settings.json"] = _editor(law)
    found[".vscode/extensions.json"] = '{"recommendations": ["redhat.vscode-yaml"]}\n'
    found |= {f"{folder}/.gitkeep": "" for folder in ("evidence", "policies/partners")}
    return found


def editor_schemas(law: Catalog) -> dict[str, bytes]:
    """The schemas for editors: copies, which decide nothing."""
    names = [*_SHARED, *map(schema_path, (*_DOCUMENTS.values(), *law.kinds))]
    return {f"schemas/{name}": (law.schemas.folder / name).read_bytes() for name in sorted(names)}


def editor_patterns(law: Catalog) -> dict[str, str]:
    """The schema of each kind of document, and the files that follow it."""
    patterns = {f"./schemas/{kind}.yaml": path for path, kind in _DOCUMENTS.items()}
    patterns |= {
        f"./schemas/{schema_path(kind)}": f"evidence/{kind}/**/*.yaml" for kind in law.kinds
    }
    return patterns


def _editor(law: Catalog) -> str:
    settings = {
        "yaml.schemas": editor_patterns(law),
        "yaml.schemaStore.enable": False,
        "files.eol": "\n",
        "[yaml]": {"editor.insertSpaces": True, "editor.tabSize": 2},
    }
    return json.dumps(settings, indent=2) + "\n"


def _filled(name: str, words: dict[str, str]) -> str:
    folder = resources.files("ctpat_policy.authoring").joinpath("starter")
    text = folder.joinpath(name).read_text(encoding="utf-8")
    for word, value in words.items():
        text = text.replace(f"%{word}%", value)
    return text
