"""``monps-db show`` as a program: a table on a terminal, and a database with other columns."""

from pathlib import Path

import pytest

from schemaproof_testing.project import Programs
from tests.support.repository_rows import Store, store_programs, team

pytestmark = pytest.mark.slow


@pytest.fixture
def programs(store: Store, tmp_path: Path) -> Programs:
    return store_programs(store, tmp_path)


@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_terminal_shows_whole_names_that_fit(
    store: Store, programs: Programs, width: int
) -> None:
    store.add(team("Inter Milan", total_pnl=9.0), team("Olympique de Marseille", total_pnl=1.0))
    lines = programs.lines_on_terminal(width, "monps-db", "show", "teams")
    assert max(map(len, lines)) <= width
    assert any("Olympique de Marseille" in line for line in lines)
    assert any("┃" in line for line in lines) == (width > 80)


def test_names_are_shown_as_they_are_stored(store: Store, programs: Programs) -> None:
    names = ["[bold]x[/bold]", "[/]", ":smile:", "[link=http://x]y", "\\[red]"]
    store.add(*(team(name, total_pnl=float(number)) for number, name in enumerate(names)))
    text = "\n".join(programs.lines_on_terminal(200, "monps-db", "show", "teams"))
    for name in names:
        assert name in text


def test_a_table_of_another_shape_is_said(store: Store, programs: Programs) -> None:
    store.ask("DROP TABLE tracking_clv_picks; CREATE TABLE tracking_clv_picks (id int)")
    outcome = programs.monps_db("show", "picks")
    assert (outcome.code, outcome.out) == (6, "")
    assert "tracking_clv_picks" in outcome.err
    assert "run monps-db check" in outcome.err
    assert outcome.err.count("\n") == 1
