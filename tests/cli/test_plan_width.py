"""A plan on terminals: a statement fills its line, and a longer one is shortened."""

import pytest

from schemaproof.cli import plan_report
from schemaproof.lint.plan import PlannedRevision, PlannedStatement

SQL = f"COMMENT ON TABLE public.odds IS '{'x' * 100}'"
PLANNED = PlannedRevision(
    id="1",
    title="one",
    phase="expand",
    phase_reason=None,
    unprintable=None,
    statements=(PlannedStatement(SQL, 1, ()),),
    changes=(),
    loses=(),
    undo_loses=(),
    checks=(),
)


@pytest.mark.parametrize(("columns", "shown"), [(40, 72), (80, 80), (200, len(SQL) + 2)])
def test_a_statement_fills_the_line(columns: int, shown: int) -> None:
    text = plan_report.as_text([PLANNED], looked_at=1, whole_sql=False, columns=columns)
    line = text.split("\n")[1]
    assert len(line) == shown
    assert (line.endswith("...")) == (columns < 200)


def test_the_whole_statement_is_shown_when_that_is_asked_for() -> None:
    text = plan_report.as_text([PLANNED], looked_at=1, whole_sql=True, columns=40)
    assert text.split("\n")[1] == f"  {SQL};"
