"""``monps-db load sample``: generated rows, only on the local server, and their removal."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from core.errors import ForeignKeyViolationError
from loading import sample
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.project import Outcome, Programs, make_workspace
from tests.support.quantum_files import Files, load
from tests.support.repository_rows import (
    Store,
    classification,
    friction,
    goalscorer,
    odds,
    pick,
    store_programs,
    strategy,
    team,
)

pytestmark = pytest.mark.slow


ROWS = {
    "quantum.team_quantum_dna": 6,
    "quantum.quantum_strategies": 12,
    "quantum.quantum_friction_matrix": 15,
    "quantum.chess_classifications": 6,
    "quantum.goalscorer_profiles": 18,
    "odds": 30,
    "tracking_clv_picks": 15,
}


def load_sample(store: Store) -> None:
    with store.unit_of_work() as uow:
        sample.load(uow)
        uow.commit()


def remove_sample(store: Store) -> dict[str, int]:
    with store.unit_of_work() as uow:
        removed = dict(sample.remove(uow))
        uow.commit()
    return removed


def counts(store: Store) -> dict[str, int]:
    return {table: store.count(table) for table in ROWS}


def contents(store: Store) -> list[object]:
    return [store.ask(f"SELECT xmin::text, t::text FROM {table} AS t ORDER BY 2") for table in ROWS]


def test_the_sample_fills_every_table_and_a_second_time_changes_nothing(store: Store) -> None:
    load_sample(store)
    assert counts(store) == ROWS
    before = contents(store)
    load_sample(store)
    assert contents(store) == before


def test_every_row_is_labelled(store: Store) -> None:
    load_sample(store)
    for table in ROWS:
        label = {"odds": "bookmaker = 'Sample Bookmaker'", "tracking_clv_picks": "agent = 'sample'"}
        condition = label.get(table, "created_by = 'sample'")
        assert store.count(f"{table} WHERE NOT coalesce({condition}, false)") == 0


def test_the_sample_is_the_same_on_every_machine(store: Store) -> None:
    load_sample(store)
    teams = "SELECT team_id, team_name, total_pnl FROM quantum.team_quantum_dna ORDER BY 1"
    first = store.ask(teams)
    assert [(id_, name) for id_, name, _ in first][:2] == [
        (900_001, "Sample Albion"),
        (900_002, "Sample City"),
    ]
    remove_sample(store)
    load_sample(store)
    assert store.ask(teams) == first


def test_removing_takes_the_sample_and_nothing_else(store: Store, tmp_path: Path) -> None:
    load(store, Files(tmp_path).folder)
    store.add(odds(), pick(agent="sample"), pick("mine", agent="me"), goalscorer())
    store.add(classification(5), team("Sample of mine"))
    before, content = counts(store), contents(store)
    load_sample(store)
    assert remove_sample(store) == {
        table.removeprefix("quantum."): count for table, count in ROWS.items()
    }
    assert counts(store) == before
    assert contents(store) == content
    assert set(remove_sample(store).values()) == {0}


def test_a_sample_team_that_is_in_use_stays_and_so_does_everything(store: Store) -> None:
    load_sample(store)
    store.add(team("Mine"))
    mine = store.ask("SELECT team_id FROM quantum.team_quantum_dna WHERE team_name = 'Mine'")[0][0]
    store.add(friction(mine, 900_001), strategy(900_002, "MINE"))
    before = counts(store)
    with pytest.raises(ForeignKeyViolationError, match="refer"):
        remove_sample(store)
    assert counts(store) == before


def test_sample_and_files_go_together(store: Store, tmp_path: Path) -> None:
    load_sample(store)
    files = Files(tmp_path)
    load(store, files.folder)
    assert store.count("quantum.team_quantum_dna") == 9
    before = contents(store)
    load(store, files.folder)
    load_sample(store)
    assert contents(store) == before


def test_the_sample_does_not_read_the_odds_that_are_there(store: Store) -> None:
    store.add(*(odds(f"m{number}", bookmaker_key="x") for number in range(1000)))
    with store.unit_of_work() as uow:
        sample.load(uow)
        assert len(uow.session.identity_map) < 500


@pytest.mark.parametrize("arguments", [[], ["--remove"]], ids=["load", "remove"])
def test_another_server_gets_no_sample(store: Store, tmp_path: Path, arguments: list[str]) -> None:
    load_sample(store)
    before = contents(store)
    outcome = store_programs(store, tmp_path).monps_db("load", "sample", *arguments)
    assert outcome.code == 2
    assert "which is not the local server" in outcome.err
    assert outcome.err.count("\n") == 1
    assert contents(store) == before


@pytest.fixture
def local(folder: Path) -> Iterator[Programs]:
    """The programs in a folder with a local server, as after ``make up``."""
    programs = Programs(make_workspace(folder), {})
    yield programs
    if (folder / ".monps").exists():
        assert programs.monps_db("server", "stop").code == 0


def ask_local(programs: Programs, question: str) -> object:
    lines = (programs.folder / ".env").read_text("utf-8").splitlines()
    values = dict(line.split("=", 1) for line in lines if "=" in line)
    with (
        closing(
            psycopg2.connect(
                host=values["DB_HOST"],
                port=values["DB_PORT"],
                user=values["DB_USER"],
                password=values["DB_PASSWORD"],
                dbname=values["DB_NAME"],
            )
        ) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(question)
        row = cursor.fetchone()
        return row[0] if row else None


@pytest.mark.majors(18)
def test_on_the_local_server_it_loads_checks_shows_and_removes(local: Programs) -> None:
    def run(*arguments: str) -> Outcome:
        return local.monps_db(*arguments).succeeded()

    run("server", "start", "--only-local")
    assert local.alembic("upgrade", "head").code == 0
    loaded = run("load", "sample")
    assert "team_quantum_dna: 6 created, 0 updated, 0 unchanged" in loaded.out
    assert "odds: 30 created" in loaded.out
    again = run("load", "sample")
    assert "team_quantum_dna: 0 created, 0 updated, 6 unchanged" in again.out
    assert run("check").out.startswith("in sync")
    assert "Sample Albion" in run("show", "teams").out
    assert ask_local(local, "SELECT count(*) FROM odds") == 30
    assert "odds: 30 removed" in run("load", "sample", "--remove").out
    assert ask_local(local, "SELECT count(*) FROM quantum.team_quantum_dna") == 0


def test_a_local_server_that_is_not_there_is_no_target(
    local: Programs, server: LocalServer
) -> None:
    outcome = local.monps_db(
        "load",
        "sample",
        DB_HOST=str(server.socket_directory),
        DB_USER="nobody",
        DB_PASSWORD="x",
        DB_NAME="x",
    )
    assert outcome.code == 2
    assert "which is not the local server" in outcome.err
