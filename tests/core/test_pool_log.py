"""The pool's log on a real server: one line per change of state, none per checkout."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import OperationalError

from core.database import create_sync_engine
from schemaproof_testing.servers import Database
from tests.support.database_settings import settings_for
from tests.support.held_connections import Lines, open_together

pytestmark = pytest.mark.slow
TERMINATE = "SELECT pg_terminate_backend(%s, 5000)"


@pytest.fixture
def engine(database: Database) -> Iterator[Engine]:
    made = create_sync_engine(settings_for(database, DB_POOL_SIZE=2, DB_MAX_OVERFLOW=9))
    yield made
    made.dispose()


def events(lines: Lines) -> list[str]:
    return [f"{line['log_level']} {line['event']}" for line in lines]


def backend(connection: Connection) -> int:
    return int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())


def test_nothing_for_ordinary_checkouts(engine: Engine, lines: Lines) -> None:
    for _ in range(50):
        open_together(engine, 2).close()
    assert lines == []


def test_entering_each_maximum_and_leaving(engine: Engine, lines: Lines) -> None:
    open_together(engine, 4).close()
    assert [(line["event"], line["overflow"]) for line in lines] == [
        ("pool.overflow_entered", 1),
        ("pool.overflow_maximum", 2),
        ("pool.overflow_left", 0),
    ]
    assert [line["log_level"] for line in lines] == ["warning", "warning", "info"]
    assert lines[-1]["maximum"] == 2
    assert {line["pool_size"] for line in lines} == {2}


def test_a_known_maximum_is_not_news(engine: Engine, lines: Lines) -> None:
    open_together(engine, 4).close()
    lines.clear()
    open_together(engine, 4).close()
    assert events(lines) == ["warning pool.overflow_entered", "info pool.overflow_left"]
    lines.clear()
    open_together(engine, 5).close()
    assert events(lines)[:2] == ["warning pool.overflow_entered", "warning pool.overflow_maximum"]


def test_overflow_does_not_swing_with_every_checkout(engine: Engine, lines: Lines) -> None:
    with open_together(engine, 3):
        lines.clear()
        for _ in range(20):
            # The pool keeps two idle connections, and these are among them.
            open_together(engine, 2).close()
        assert [line for line in lines if "overflow_left" in line["event"]] == []


def test_a_swinging_load_is_reported_now_and_then(
    engine: Engine, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(40):
        open_together(engine, 3).close()
    counted = Counter(line["event"] for line in lines)
    assert counted["pool.overflow_entered"] == counted["pool.overflow_left"] == 10
    # A new maximum is still reported, and the next line has the number of reports that were left
    # out.
    lines.clear()
    open_together(engine, 4).close()
    assert [line["event"] for line in lines if "overflow" in line] == [
        "pool.overflow_entered",
        "pool.overflow_left",
    ]
    assert lines[0]["unreported"] == 31
    monkeypatch.setattr("core.pool_log.SECONDS_PER_REPORT", 0.001)
    lines.clear()
    open_together(engine, 3).close()
    assert "warning pool.overflow_entered" in events(lines)
    assert "unreported" not in lines[0]


def test_every_tenth_new_connection(engine: Engine, lines: Lines) -> None:
    for _ in range(25):
        with engine.connect() as connection:
            connection.invalidate()
    assert [(line["event"], line["log_level"], line["opened"]) for line in lines] == [
        ("pool.connections_opened", "info", 10),
        ("pool.connections_opened", "info", 20),
    ]


def test_connection_lost_while_idle(engine: Engine, database: Database, lines: Lines) -> None:
    with engine.connect() as connection:
        pid = backend(connection)
    database.execute(TERMINATE, [pid])
    assert lines == []
    with engine.connect() as connection:
        assert backend(connection) != pid
    assert events(lines) == ["warning pool.connection_lost"]


def test_connection_lost_in_use(engine: Engine, database: Database, lines: Lines) -> None:
    connection = engine.connect()
    database.execute(TERMINATE, [backend(connection)])
    with pytest.raises(OperationalError):
        connection.execute(text("SELECT 'private'"))
    connection.close()
    assert events(lines) == ["warning pool.connection_lost"]
    assert "private" not in str(lines)
    assert database.password not in str(lines)


@pytest.mark.parametrize("way_out", ["invalidate", "detach"])
def test_connections_that_leave_the_pool_are_not_overflow(
    engine: Engine, lines: Lines, way_out: str
) -> None:
    with ExitStack() as stack:
        for _ in range(6):
            connection = stack.enter_context(engine.connect())
            if way_out == "detach":
                connection.detach()
            else:
                connection.invalidate()
    assert events(lines) == []
    # The count is still correct afterwards.
    open_together(engine, 3).close()
    assert "warning pool.overflow_entered" in events(lines)


def test_detaching_may_end_the_overflow(engine: Engine, lines: Lines) -> None:
    with open_together(engine, 2), engine.connect() as connection:
        connection.detach()
        assert events(lines) == ["warning pool.overflow_entered", "info pool.overflow_left"]


def test_recycled_connections_are_not_overflow(database: Database, lines: Lines) -> None:
    engine = create_sync_engine(settings_for(database, DB_POOL_SIZE=1, DB_POOL_RECYCLE=0))
    for _ in range(9):
        open_together(engine, 1).close()
        time.sleep(0.001)
    engine.dispose()
    assert {line["event"] for line in lines} == {"pool.connections_opened"}


def test_connection_stranded_by_another_listener_is_not_counted(
    engine: Engine, lines: Lines
) -> None:
    def refuse(*_: object) -> None:
        raise ValueError("refused")

    event.listen(engine, "connect", refuse)
    for _ in range(5):
        with pytest.raises(ValueError, match="refused"):
            engine.connect()
    event.remove(engine, "connect", refuse)
    open_together(engine, 2).close()
    assert events(lines) == []


def test_dispose_starts_anew(engine: Engine, lines: Lines) -> None:
    held = open_together(engine, 4)
    engine.dispose()
    lines.clear()
    open_together(engine, 2).close()
    assert lines == []
    held.close()
    open_together(engine, 4).close()
    assert [line["overflow"] for line in lines if "overflow" in line] == [1, 2, 0]


def test_state_belongs_to_the_engine(engine: Engine, database: Database, lines: Lines) -> None:
    other = create_sync_engine(settings_for(database, DB_POOL_SIZE=2))
    with open_together(engine, 2), open_together(other, 2):
        assert lines == []
    other.dispose()
