"""What git may hear from outside: nothing of the caller's, nothing that runs foreign code."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from ctpat_policy.errors import EnvironmentProblem

if TYPE_CHECKING:
    from git.cmd import Git

#: Seconds after which a git call is given up.
PATIENCE = 120
_CONFIG = (
    ("color.ui", "false"),
    ("core.attributesFile", os.devnull),
    # A commit-graph file may be forged to cut a history or to show other parents and trees.
    ("core.commitGraph", "false"),
    ("core.excludesFile", os.devnull),
    ("core.fsmonitor", "false"),
    ("core.hooksPath", os.devnull),
    ("core.pager", "cat"),
    ("core.quotePath", "true"),
    ("core.sshCommand", "false"),
    ("credential.helper", ""),
    ("diff.external", ""),
    ("diff.orderFile", os.devnull),
    ("gpg.program", "gpg"),
    ("gpg.ssh.program", "ssh-keygen"),
    ("i18n.logOutputEncoding", "UTF-8"),
    ("log.follow", "false"),
    ("log.mailmap", "false"),
    ("log.showSignature", "false"),
    ("protocol.allow", "never"),
    ("safe.bareRepository", "explicit"),
    ("submodule.recurse", "false"),
)
_ENVIRONMENT = {
    "GIT_ASKPASS": "true",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
}


def runner(folder: str) -> Git:
    """GitPython's command runner, with none of the caller's `GIT_*` left to leak into it."""
    for name in [n for n in os.environ if n.startswith("GIT_")]:
        del os.environ[name]
    try:
        if shutil.which("git") is None:
            raise ImportError
        from git.cmd import Git
    except ImportError:
        raise EnvironmentProblem("git was not found; install it to ask about history") from None
    return Git(folder)


def environment() -> dict[str, str]:
    """The variables of every git call."""
    config = [*_CONFIG, *(("safe.directory", folder) for folder in _safe_folders())]
    counted = {"GIT_CONFIG_COUNT": str(len(config))}
    for index, (key, value) in enumerate(config):
        counted |= {f"GIT_CONFIG_KEY_{index}": key, f"GIT_CONFIG_VALUE_{index}": value}
    return {**_ENVIRONMENT, **counted}


def _safe_folders() -> list[str]:
    """The folders that the user declared safe: a CI runner writes them into its own config."""
    try:
        found = subprocess.run(
            ["git", "config", "--global", "--get-all", "safe.directory"],  # noqa: S607  git of PATH, as GitPython
            cwd="/",
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            env={k: v for k, v in os.environ.items() if not k.startswith("GIT_")},
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return [line for line in found.stdout.splitlines() if line != "*"]
