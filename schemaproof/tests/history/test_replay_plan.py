"""Divide a long history into two parts that are replayed at the same time."""

from pathlib import Path

import pytest

from schemaproof.history.replay_plan import ReplayPlan
from schemaproof.history.revision_files import RevisionFile

LONG = 40


def line(count: int, prefix: str = "r", after: str | None = None) -> list[RevisionFile]:
    names = [f"{prefix}{number}" for number in range(count)]
    return [
        RevisionFile(name, (parent,) if parent else (), (), "", Path(f"{name}.py"))
        for name, parent in zip(names, [after, *names], strict=False)
    ]


@pytest.mark.parametrize("count", [0, 1, 19])
def test_a_short_history_needs_no_second_line(count: int) -> None:
    assert ReplayPlan.from_files(line(count), None, ()).middle() is None


def test_the_second_line_has_less_than_half() -> None:
    plan = ReplayPlan.from_files(line(LONG), None, ())
    assert plan.middle() == "r23", "it applies the 24 before, too, in one run"


def test_what_is_there_at_the_start_is_no_work() -> None:
    assert ReplayPlan.from_files(line(LONG), None, ["r29"]).middle() is None


def test_the_second_line_begins_where_no_branch_is_left_behind() -> None:
    short = line(12, "s", "r2")
    plan = ReplayPlan.from_files([*line(LONG), *short], None, ())
    middle = plan.middle()
    assert middle is not None
    assert middle.startswith("r")
    assert plan.weights[middle] <= 0.4 * (LONG + len(short))
