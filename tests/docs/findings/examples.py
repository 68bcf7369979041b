"""The examples in the pages of findings, from the corpus of changes."""

import re
from collections.abc import Iterable
from typing import Final

from schemaproof.findings.codes import Code
from schemaproof_testing.corpus import Outcome

# PostgreSQL generates these numbers, so they differ each time.
_NUMBERED: Final = re.compile(r"_\d{5}|pg_temp|drift_[0-9a-f]+")


def examples(outcomes: Iterable[Outcome]) -> dict[Code, str]:
    """Return an example for each code: the change that has the fewest other findings."""
    chosen: dict[Code, Outcome] = {}
    for outcome in outcomes:
        change = outcome.mutation
        if outcome.error or outcome.left or change.kind.here or _NUMBERED.search(change.statement):
            continue
        for code in {one.code for one in outcome.report.findings}:
            if code not in chosen or _size(outcome) < _size(chosen[code]):
                chosen[code] = outcome
    return {code: _example(outcome) for code, outcome in chosen.items()}


def _size(outcome: Outcome) -> tuple[int, int]:
    return len(outcome.report.findings), len(outcome.report.repairs)


def _example(outcome: Outcome) -> str:
    found = "\n".join(f"- `{one.code}` of ``{one.path}``" for one in outcome.report.findings)
    steps = ";\n".join(step.sql for step in outcome.report.repairs)
    parts = [_sql(outcome.mutation.statement), f"A check finds:\n\n{found}"]
    if steps:
        parts.append(f"`monps-db check --sql` prints, and this undoes it:\n\n{_sql(steps)}")
    return "\n\n".join(parts)


def _sql(text: str) -> str:
    return f"```sql\n{text.rstrip().rstrip(';')};\n```"
