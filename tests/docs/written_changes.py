"""Generate the page that shows the revisions written for the changes in another tool's tests."""

import json
from collections.abc import Sequence
from html import escape
from typing import Final

from schemaproof_testing.known_changes import KNOWN_CHANGES
from schemaproof_testing.project import ROOT

WRITTEN: Final = ROOT / "schemaproof" / "tests" / "history" / "known_changes.json"
_HEAD: Final = """# What is written for a change

The changes that the tests of
[django-pg-zero-downtime-migrations](https://github.com/tbicr/django-pg-zero-downtime-migrations)
make, as changes of models (its version of November 2025). For each: what `revision` writes, a line
for each revision, with the lock that the statement takes on the table (`-`: none on the table
itself; statements that copy privileges are left out); then what that tool runs, *refuses* where it
raises or warns. `{table}` is the table, `f` its column. A line that begins with *contract* comes in
a later [phase](migrating.md#phases). The tests write all of them, apply them up, down and up,
compare SQL and locks with this table, and have `lint` look at them; all 177 passed on PostgreSQL
15, 16, 17 and 18 (for each, such as 16: `MONPS_TEST_MAJORS=16 pytest
schemaproof/tests/history/test_known_changes.py`).

None of these statements reads or writes rows under a lock that blocks writers, but two, and
`revision` says so: a stored generated column, and an EXCLUDE constraint.

Beside these, models are changed at random (`schemaproof/tests/history/test_generated_changes.py`):
columns get other types, defaults and names, and have views, policies and triggers. `lint` accepts
what is written for them, it is applied to tables with rows up, down and up, and it leads to the
catalogs that the models ask for. With today's code and generator it passed for 80 changes:
`MONPS_TEST_EXAMPLES=8 MONPS_TEST_MAJORS=18 pytest --hypothesis-seed=507` with that file. Before
that it passed for 300 others, 150 each with seeds 505 and 506 and `MONPS_TEST_EXAMPLES=15`, while
the generator renamed nothing (505) and seldom drew views, policies and triggers (506); these seeds
draw other changes today. The faults that it found are repaired
(`schemaproof/tests/history/test_dependent_changes.py`). What fails when `revision` tries it keeps
its file, and is reported.

| change | what is written | that tool |
| --- | --- | --- |
"""


def page() -> str:
    """Return the expected text of the page."""
    written = json.loads(WRITTEN.read_text("utf-8"))
    rows = [
        f"| {name.replace('_', ' ')} | {_cell(written[name])} | {_text(one.other_tool)} |\n"
        for name, one in KNOWN_CHANGES.items()
    ]
    return _HEAD + "".join(rows)


def _cell(revisions: Sequence[Sequence[str]]) -> str:
    return "<br>".join("; ".join(map(_text, lines)) for lines in revisions)


def _text(line: str) -> str:
    mode, colon, sql = line.partition(": ")
    if not colon:
        return f"*{line}*" if line in ("contract", "refuses") else _code(line)
    return f"{escape(mode)}: {_code(sql)}"


def _code(sql: str) -> str:
    return f"<code>{escape(sql, quote=False).replace('|', '&#124;').replace('*', '&#42;')}</code>"
