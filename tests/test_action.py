"""action.yml and the workflows, run as a runner runs them: GITHUB_* files, a pull request's event.

Installing needs a package index, so that test runs in `make validate` only (CTPAT_INSTALL=1).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.company import example, patched
from tests.history_repositories import PROGRAM, Built, record, started

ROOT = Path(__file__).parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
NIGHTLY = yaml.safe_load((ROOT / ".github/workflows/policy-nightly.yml").read_text())
PULL_REQUEST = yaml.safe_load((ROOT / ".github/workflows/policy-pull-request.yml").read_text())
REVIEW = "evidence/cctv_footage_review/2026-06-10-s-1.yaml"
TODAY = "2026-06-30"
HOSTILE = "evidence/cctv_footage_review/x\n::error::y##[error]z.yaml"
_EXPRESSION = re.compile(r"\$\{\{ *([\w.-]+) *\}\}")


@dataclass(frozen=True)
class Ran:
    """What one step left behind."""

    code: int
    log: str
    outputs: Mapping[str, str]
    summary: str

    @property
    def commands(self) -> list[str]:
        """The workflow commands that a runner obeys."""
        return list(_commands(self.log))


class Runner:
    """Runs steps of YAML in one workspace, as GitHub's runner does."""

    def __init__(self, workspace: Path, tmp: Path, path: Path | None = None) -> None:
        self.workspace, self.tmp, self.path = workspace, tmp, path
        self.temp = tmp / "temp"
        self.temp.mkdir(parents=True)

    def step(self, step: Mapping[str, Any], values: Mapping[str, str]) -> Ran:
        """Run a step's script with the environment that its expressions give."""
        files = {name: self.tmp / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.write_text("")
        script = self.tmp / "script.sh"
        script.write_text(_filled(str(step["run"]), {}))
        env = {
            "PATH": f"{self.path}{os.pathsep}{os.environ['PATH']}"
            if self.path
            else os.environ["PATH"],
            "HOME": str(self.tmp),
            "RUNNER_TEMP": str(self.temp),
            **{name: str(file) for name, file in files.items()},
            **{name: _filled(str(text), values) for name, text in step.get("env", {}).items()},
        }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", script],
            cwd=self.workspace,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        outputs = dict(_outputs(files["GITHUB_OUTPUT"].read_text()))
        log = done.stdout.decode("utf-8", "replace")
        return Ran(done.returncode, log, outputs, files["GITHUB_STEP_SUMMARY"].read_text())


def action_step(name: str) -> Mapping[str, Any]:
    """A step of action.yml."""
    found: Mapping[str, Any] = next(s for s in ACTION["runs"]["steps"] if s.get("id") == name)
    return found


def judge(workspace: Path, tmp: Path, **inputs: str) -> Ran:
    """The action's step `check` with inputs; underscores stand for dashes."""
    given = {name.replace("_", "-"): text for name, text in inputs.items()}
    assert given.keys() <= ACTION["inputs"].keys()
    values = {f"inputs.{name}": spec["default"] for name, spec in ACTION["inputs"].items()}
    values |= {f"inputs.{name}": text for name, text in given.items()}
    values |= {"steps.install.outputs.command": str(PROGRAM), "github.action_path": str(ROOT)}
    return Runner(workspace, tmp).step(action_step("check"), values)


@pytest.fixture
def built(tmp_path: Path) -> Built:
    """A base with one review of footage; the work tree is a change of it."""
    built = started(tmp_path / "r")
    built.write(REVIEW, record("cctv_footage_review"))
    built.commit("2026-06-10", "a review")
    built.git("checkout", "-q", "-b", "change")
    return built


def pull_request(built: Built, tmp: Path) -> str:
    """Commit the change, merge it as GitHub does, and return the base out of the event."""
    base = built.git("rev-parse", "main")
    built.commit("2026-06-20", "the change")
    built.git("checkout", "-q", "--detach", "main", day="2026-06-21")
    built.git("merge", "-q", "--no-ff", "-m", "merge", "change", day="2026-06-21")
    event = tmp / "event.json"
    event.write_text(json.dumps({"pull_request": {"base": {"sha": base}}}))
    found: str = json.loads(event.read_text())["pull_request"]["base"]["sha"]
    return found


def test_a_change_that_makes_nothing_worse_passes(built: Built, tmp_path: Path) -> None:
    built.write("evidence/cctv_footage_review/2026-06-19-s-1.yaml", record("cctv_footage_review"))
    base = pull_request(built, tmp_path)

    ran = judge(built.root, tmp_path, today=TODAY, since=base, trust=base)

    assert ran.code == 0, ran.log
    assert ran.outputs["exit-code"] == "0"
    assert ran.outputs["must-gaps"] == "0"


def test_a_change_that_makes_something_worse_fails_and_says_so(
    built: Built, tmp_path: Path
) -> None:
    built.remove(REVIEW)
    base = pull_request(built, tmp_path)

    ran = judge(built.root, tmp_path, today=TODAY, since=base, trust=base)

    assert ran.code == 1, ran.log
    assert ran.outputs["exit-code"] == "1"
    assert int(ran.outputs["must-gaps"]) >= 1
    assert any(command.startswith("::error file=") for command in ran.commands)
    assert "MSC-9.15" in ran.summary
    assert "2026-06-10-s-1.yaml" in ran.summary  # the comparison names what was deleted


def test_every_output_is_given_and_every_report_is_there(built: Built, tmp_path: Path) -> None:
    ran = judge(built.root, tmp_path, today=TODAY, reports="junit-strict=strict.xml\ntext")
    named = {
        _EXPRESSION.findall(output["value"])[0].rpartition(".")[2]
        for output in ACTION["outputs"].values()
    }

    assert named <= {*ran.outputs, "command"}
    for name in ("junit", "json", "markdown"):
        assert Path(ran.outputs[name]).stat().st_size
    assert {"strict.xml", "text", "report.txt"} <= set(os.listdir(ran.outputs["reports"]))


def test_reports_are_named_whatever_line_ends_and_blanks_the_input_has(
    built: Built, tmp_path: Path
) -> None:
    ran = judge(built.root, tmp_path, today=TODAY, reports="sarif=x.sarif\r\n gitlab = q.json \r\n")

    assert ran.code == 1, ran.log
    assert {"x.sarif", "q.json"} <= set(os.listdir(ran.outputs["reports"]))


def test_what_others_did_to_the_base_is_not_blamed_on_the_change(
    built: Built, tmp_path: Path
) -> None:
    """The base of the event is older than the base into which the change was merged."""
    built.write("README.md", "a change\n")
    built.commit("2026-06-20", "the change")
    built.git("checkout", "-q", "main")
    built.remove(REVIEW)
    built.commit("2026-06-20", "somebody else's")
    pull_request(built, tmp_path)
    step = next(s for s in PULL_REQUEST["jobs"]["policy"]["steps"] if s.get("id") == "policy")
    base = {name: step["with"][name] for name in ("since", "trust")}

    ran = judge(built.root, tmp_path, today=TODAY, **base)

    assert ran.code == 0, ran.log


def test_without_a_base_everything_is_judged_as_it_is(built: Built, tmp_path: Path) -> None:
    ran = judge(built.root, tmp_path, today=TODAY)

    assert ran.code == 1
    assert int(ran.outputs["must-gaps"]) > 1
    assert ran.outputs["must-gaps"] == str(_failing(Path(ran.outputs["json"])))


def test_a_change_of_governance_earns_nothing(built: Built, tmp_path: Path) -> None:
    site = patched(
        example("security_profile")["sites"][0], {"cctv": {"installed": False, "since": None}}
    )
    built.remove(REVIEW)
    built.profile({"sites": [site]})
    base = pull_request(built, tmp_path)

    ran = judge(built.root, tmp_path, today=TODAY, since=base, trust=base)

    assert ran.code == 1, ran.log
    assert int(ran.outputs["must-gaps"]) >= 1


def test_a_wrong_value_comes_to_no_judgement_and_says_so(built: Built, tmp_path: Path) -> None:
    since = [{"since": s} for s in ("nothing", "--report=text=/x", "x\n--fail-on=never", "a;id")]
    reports = [{"reports": r} for r in ("badge=", "sarif=report.json", "word=w")]
    for number, wrong in enumerate([*since, *reports]):
        ran = judge(built.root, tmp_path / str(number), **wrong)

        assert ran.code == 2, ran.log
        assert ran.outputs["exit-code"] == "2"
        assert ran.outputs["must-gaps"] == ""
        assert "No judgement (exit 2)" in ran.summary
        assert [c for c in ran.commands if c.startswith("::error")]


def test_a_shallow_clone_is_not_to_be_trusted(built: Built, tmp_path: Path) -> None:
    built.commit("2026-06-20", "the change")
    built.git("clone", "-q", "--depth=1", f"file://{built.root}", str(tmp_path / "shallow"))

    ran = judge(tmp_path / "shallow", tmp_path, since="HEAD")

    assert ran.code == 3, ran.log
    assert "fetch-depth: 0" in ran.log


def test_what_lies_in_the_checkout_is_never_run(built: Built, tmp_path: Path) -> None:
    for name in ("yaml", "json", "sys", "pathlib", "click", "ctpat_policy"):
        built.write(f"{name}.py", "raise SystemExit('run')\n")

    ran = judge(built.root, tmp_path, today=TODAY)

    assert ran.code == 1
    assert ran.outputs["must-gaps"] != ""


def test_no_text_of_a_document_is_a_command(built: Built, tmp_path: Path) -> None:
    value = record("cctv_footage_review", {"notes": "::set-output name=x::y\n##[group]z"})
    built.write(REVIEW, {**value, "::stop-commands::x\n::add-mask::y##[z]": 1})
    built.write(HOSTILE, value)
    base = pull_request(built, tmp_path)

    ran = judge(built.root, tmp_path, today=TODAY, since=base)

    ours = re.compile(r"::(error|warning|notice|group|endgroup)\b[^\n]*|::stop-commands::[0-9a-f]+")
    assert ran.code != 0
    assert [c for c in ran.commands if not ours.fullmatch(c)] == []


@pytest.mark.parametrize("name", ["install", "check"])
def test_no_expression_stands_in_a_script(name: str) -> None:
    assert "${{" not in action_step(name)["run"]


@pytest.mark.skipif(not os.environ.get("CTPAT_INSTALL"), reason="needs a package index")
def test_the_action_installs_itself_and_nothing_of_the_checkout(tmp_path: Path) -> None:
    workspace = tmp_path / "w"
    workspace.mkdir()
    for name in ("pip", "venv", "yaml", "ensurepip"):
        (workspace / f"{name}.py").write_text("raise SystemExit('run')\n")
    values = {"github.action_path": str(ROOT)}

    ran = Runner(workspace, tmp_path, Path(sys.executable).parent).step(
        action_step("install"), values
    )
    told = subprocess.run(
        [ran.outputs["command"], "explain", "MSC-6.6"], cwd=workspace, capture_output=True
    )

    assert ran.code == 0, ran.log
    assert told.stdout.startswith(b"MSC-6.6 "), told.stderr


# The nightly workflow


def nightly(job: str, name: str) -> Mapping[str, Any]:
    """A step of the nightly workflow by its name."""
    found: Mapping[str, Any] = next(
        s for s in NIGHTLY["jobs"][job]["steps"] if s.get("name") == name
    )
    return found


def said(built: Built, tmp: Path, code: str, markdown: str = "") -> Ran:
    """What the nightly job says, after a judgement with that exit code."""
    step = dict(nightly("judge", "Write the text of the issue"))
    step["env"] = {**step["env"], "TODAY": TODAY}
    values = {
        "steps.policy.outputs.command": str(PROGRAM),
        "steps.policy.outputs.exit-code": code,
        "steps.policy.outputs.markdown": markdown,
        "github.run_id": "1",
    }
    return Runner(built.root, tmp).step(step, values)


def test_the_nightly_job_tells_of_what_fails_and_what_falls_due(
    built: Built, tmp_path: Path
) -> None:
    ran = judge(built.root, tmp_path / "a", today=TODAY)
    told = said(built, tmp_path / "b", str(ran.code), ran.outputs["markdown"])

    assert told.code == 0, told.log
    assert told.outputs["state"] == "fails"
    assert "MSC-" in told.outputs["body"]
    assert "What falls due within P14D" in told.outputs["body"]
    assert len(told.outputs["body"]) < 65_536


def test_no_line_of_the_report_is_cut_in_two(built: Built, tmp_path: Path) -> None:
    line = "- `@octo-org/team ![i](http://evil.example/x.png) and so on`"
    markdown = tmp_path / "report.md"
    markdown.write_text(f"{line}\n" * (45_000 // len(line)))

    body = said(built, tmp_path / "t", "1", str(markdown)).outputs["body"]

    torn = [ln for ln in body.splitlines() if ln.startswith("- ") and ln != line]
    assert torn == []
    assert body.count(line) > 600
    assert "Cut here" in body


def test_the_nightly_job_without_a_judgement_fails(built: Built, tmp_path: Path) -> None:
    assert said(built, tmp_path, "").outputs["state"] == "fails"


@pytest.mark.parametrize(
    ("state", "number", "expected"),
    [
        ("fails", "", ["label create", "issue list", "issue create"]),
        ("due", "7", ["label create", "issue list", "issue edit 7"]),
        ("", "7", ["label create", "issue list", "issue edit 7"]),
        ("well", "7", ["label create", "issue list", "issue edit 7", "issue close 7"]),
        ("well", "", ["label create", "issue list"]),
    ],
)
def test_one_issue_is_opened_updated_or_closed(
    state: str, number: str, expected: list[str], tmp_path: Path
) -> None:
    calls = tmp_path / "calls"
    program = tmp_path / "bin" / "gh"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/bash\necho "$*" >> {calls}\nif [[ "$2" == list ]]; then echo "{number}"; fi\n'
    )
    program.chmod(0o755)
    values = {"needs.judge.outputs.state": state, "needs.judge.outputs.body": "a $(id) `id`"}

    ran = Runner(tmp_path, tmp_path / "t", program.parent).step(
        nightly("tell", "Open, update or close the issue"), values
    )

    assert ran.code == 0, ran.log
    made = calls.read_text().splitlines()
    assert [m[: len(e)] for m, e in zip(made, expected, strict=True)] == expected
    assert (tmp_path / "t/temp/body.md").read_text() == "a $(id) `id`\n"


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _EXPRESSION.sub(lambda match: values.get(match[1], ""), text)


def _outputs(text: str) -> Iterator[tuple[str, str]]:
    lines = iter(text.splitlines())
    for line in lines:
        name, equals, value = line.partition("=")
        if "<<" in name or not equals:
            name, _, fence = line.partition("<<")
            value = "\n".join(iter(lambda: next(lines), fence))
        yield name, value


def _commands(log: str) -> Iterator[str]:
    """By the runner's rules: `::x::` begins a line after blanks, `##[x]` stands anywhere."""
    stopped = ""
    for line in re.split(r"\r\n|\n|\r", log):
        command = line.strip()
        if stopped:
            stopped = "" if command == f"::{stopped}::" else stopped
        elif re.match(r"::[\w-]+.*::", command):
            stopped = command.removeprefix("::stop-commands::") if "::stop-c" in command else ""
            yield command
        elif found := re.search(r"##\[[^\]]*\].*", command):
            yield found[0]


def _failing(file: Path) -> int:
    rows = json.loads(file.read_text())["rows"]
    return sum(r["level"] == "must" and r["outcome"] in ("failure", "error") for r in rows)
