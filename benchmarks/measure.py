"""Runs a command and says how long it took and how much memory it held at most."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Measured:
    """Median wall-clock seconds, and the largest resident size of one process in megabytes."""

    seconds: float
    megabytes: float


def measured(
    command: list[str],
    runs: int,
    environment: Mapping[str, str] | None = None,
    codes: tuple[int, ...] = (0, 1),
) -> Measured:
    """Run a command several times; its output is thrown away, and gaps (exit 1) are no failure.

    Bytecode is kept, as it is of a program that was installed.
    """
    times, sizes = [], []
    for _ in range(runs):
        begun = time.perf_counter()
        process = subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "", **(environment or {})},
        )
        _, status, usage = os.wait4(process.pid, 0)
        times.append(time.perf_counter() - begun)
        sizes.append(usage.ru_maxrss / 1024)
        code = os.waitstatus_to_exitcode(status)
        if code not in codes:
            raise SystemExit(f"exit {code}: {' '.join(command[:6])} ...")
    return Measured(statistics.median(times), max(sizes))


def check_command(
    corpus: Path | None, day: str, junit: Path | None, options: list[str]
) -> list[str]:
    """`ctpat-policy check` beside this Python, writing JUnit as CI does."""
    program = str(Path(sys.executable).parent / "ctpat-policy")
    return [program, "check", str(corpus), "--today", day, "--report", f"junit={junit}", *options]
