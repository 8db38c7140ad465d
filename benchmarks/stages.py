"""Where the time of one check goes, on one core: JSON on standard output.

    python -m benchmarks.stages FOLDER DAY

Seconds by stage; `dossiers` is how many were judged (account x criterion x subject).
"""

from __future__ import annotations

import gc
import itertools
import json
import sys
import time
from pathlib import Path


def stages(folder: Path, day: str) -> dict[str, float]:
    """Judge a repository stage by stage, nothing cached, in this process."""
    marks = [("start", time.perf_counter())]

    def done(stage: str) -> None:
        marks.append((stage, time.perf_counter()))

    from ctpat_policy import catalog, filing, judgement, program
    from ctpat_policy.judging import Bench, Case
    from ctpat_policy.sources import WorkTree

    gc.disable()
    done("import")
    law = catalog.installed()
    kinds, criteria = law.kinds, law.criteria
    done("rules")
    source = WorkTree(folder)
    files = filing.gather(source, law)
    done("reading")
    programme = program.build(files, law, source, day, day)
    assert programme is not None, "a generated repository has a profile"
    done("linking")
    accounts = programme.profile["accounts"]
    bench = Bench(law, programme, accounts, source)
    cases = [
        Case(number, criteria[name], level)
        for number, account in enumerate(accounts)
        for name, level in judgement.levels(law, programme, account["entity_type"]).items()
    ]
    rows = [row for case in cases for row in bench.rows(case).rows]
    done("judging")
    took = {name: end - start for (_, start), (name, end) in itertools.pairwise(marks)}
    dossiers = len({(row.account, row.criterion, row.subject) for row in rows})
    return {**took, "dossiers": dossiers, "rows": len(rows), "kinds": len(kinds)}


if __name__ == "__main__":
    print(json.dumps(stages(Path(sys.argv[1]), sys.argv[2])))
