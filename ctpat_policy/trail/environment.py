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
    ("core.warnAmbiguousRefs", "true"),
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
#: Whose word on safe folders counts: the user's and the machine's, never a repository's.
_SCOPES = ("system", "global", "command")
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


def prepared(folder: str) -> tuple[Git, dict[str, str]]:
    """GitPython's command runner, and the variables of every git call.

    Raises EnvironmentProblem when git is missing.
    """
    asked = _ask_for_safe_folders()  # git answers while its runner is loaded
    try:
        return _runner(folder), _environment(_answered(asked))
    finally:
        if asked is not None:
            asked.kill()
            asked.wait()


def _runner(folder: str) -> Git:
    """The command runner, with none of the caller's `GIT_*` left to leak into it."""
    for name in [n for n in os.environ if n.startswith("GIT_")]:
        del os.environ[name]
    try:
        if shutil.which("git") is None:
            raise ImportError
        from git.cmd import Git
    except ImportError:
        raise EnvironmentProblem("git was not found; install it to ask about history") from None
    return Git(folder)


def _environment(safe: list[str]) -> dict[str, str]:
    config = [*_CONFIG, *(("safe.directory", folder) for folder in safe)]
    counted = {"GIT_CONFIG_COUNT": str(len(config))}
    for index, (key, value) in enumerate(config):
        counted |= {f"GIT_CONFIG_KEY_{index}": key, f"GIT_CONFIG_VALUE_{index}": value}
    return {**_ENVIRONMENT, **counted}


def _ask_for_safe_folders() -> subprocess.Popen[str] | None:
    """For the folders that the user declared safe: a CI runner writes them into its own config."""
    try:
        return subprocess.Popen(
            ["git", "config", "--null", "--show-scope", "--get-all", "safe.directory"],  # noqa: S607  git of PATH, as GitPython
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            errors="surrogateescape",
            env={k: v for k, v in os.environ.items() if _is_own(k)},
        )
    except OSError:
        return None


def _is_own(name: str) -> bool:
    """Whether git may hear a variable when it is asked for its configuration, and only then."""
    return not name.startswith("GIT_") or name.startswith("GIT_CONFIG_")


def _answered(asked: subprocess.Popen[str] | None) -> list[str]:
    """What git itself would heed, in its order: `*`, and an empty one that takes all back, too."""
    try:
        said = asked.communicate(timeout=PATIENCE)[0] if asked is not None else ""
    except subprocess.TimeoutExpired:
        return []
    fields = iter(said.split("\0"))
    return [folder for scope, folder in zip(fields, fields, strict=False) if scope in _SCOPES]
