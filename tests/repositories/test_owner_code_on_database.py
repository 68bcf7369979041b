"""The owner's code, unchanged, with a pool and a database."""

import asyncio
from contextlib import closing
from typing import Any
from unittest.mock import MagicMock

import pytest
from sqlalchemy import AsyncAdaptedQueuePool, QueuePool, exc, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.orm import scoped_session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

import core.database
from core import errors
from core.config import DatabaseSettings
from core.database import get_db, get_pool_status
from models import Odds, TeamQuantumDNA
from models.odds import TrackingCLVPicks
from repositories import BaseRepository, UnitOfWork
from tests.support.repository_rows import Store, odds, pick, team


@pytest.fixture
def settings() -> DatabaseSettings:
    return DatabaseSettings(
        _env_file=None, DB_USER="monps_user", DB_PASSWORD="s3cret", DB_NAME="monps_db"
    )


@pytest.mark.usefixtures("configured_store")
class TestPool:
    def test_the_pool_asks_before_it_gives(self) -> None:
        assert core.database.sync_engine.pool._pre_ping is True

    def test_it_is_sqlalchemys_own(self) -> None:
        assert type(core.database.sync_engine.pool) is QueuePool

    def test_recycle_and_sizes(self) -> None:
        pool: Any = core.database.sync_engine.pool
        assert (pool._recycle, pool.size(), pool._max_overflow, pool._timeout) == (3600, 5, 10, 30)

    def test_the_asynchronous_one_is_too(self) -> None:
        pool: Any = core.database.async_engine.pool
        assert type(pool) is AsyncAdaptedQueuePool
        assert (pool._pre_ping, pool._recycle) == (True, 3600)

    def test_pool_status(self) -> None:
        assert get_pool_status() == {
            "pool_size": 5,
            "checked_in": 0,
            "checked_out": 0,
            "overflow": 0,
        }

    def test_overflow_is_never_negative(self) -> None:
        with get_db() as session:
            session.execute(text("SELECT 1"))
            assert get_pool_status()["overflow"] == 0
        assert get_pool_status()["overflow"] == 0

    def test_a_connection_that_the_server_closed_is_replaced(self, store: Store) -> None:
        pid = text("SELECT pg_backend_pid()")
        with core.database.sync_engine.connect() as connection:
            lost = connection.scalar(pid)
        store.ask("SELECT pg_terminate_backend(%s, 5000)", lost)
        with core.database.sync_engine.connect() as connection:
            assert connection.scalar(pid) != lost

    def test_an_asynchronous_one_is_replaced_too(self, store: Store) -> None:
        async def main() -> None:
            pid = text("SELECT pg_backend_pid()")
            async with core.database.async_engine.connect() as connection:
                lost = await connection.scalar(pid)
            store.ask("SELECT pg_terminate_backend(%s, 5000)", lost)
            async with core.database.async_engine.connect() as connection:
                assert await connection.scalar(pid) != lost
            await core.database.reset_async()

        asyncio.run(main())


class TestUrls:
    def test_sync_url(self, settings: DatabaseSettings) -> None:
        url = str(settings.sync_database_url)
        assert url.startswith("postgresql+psycopg2://")
        assert "monps_user" in url
        assert "monps_db" in url

    def test_async_url(self, settings: DatabaseSettings) -> None:
        url = str(settings.async_database_url)
        assert url.startswith("postgresql+asyncpg://")
        assert "monps_user" in url
        assert "monps_db" in url

    @pytest.mark.parametrize("name", ["sync_database_url", "async_database_url"])
    def test_the_password_is_masked(self, settings: DatabaseSettings, name: str) -> None:
        url = getattr(settings, name)
        assert "s3cret" not in str(url)
        assert "s3cret" not in repr(url)
        assert url.password == "s3cret"
        assert make_url(url.render_as_string(hide_password=False)) == url


class TestOnDatabase:
    def test_replacing_the_factory_takes_effect(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(core.database, "SessionLocal", store.sessions)
        with get_db() as session:
            BaseRepository(Odds, session).create(odds())
        assert store.count("odds") == 1

    def test_a_factory_is_configured_as_any_other(self, configured_store: Store) -> None:
        store = configured_store
        core.database.SessionLocal.configure(bind=store.engine)
        with get_db() as session:
            BaseRepository(Odds, session).create(odds())
        assert store.count("odds") == 1

    def test_a_mock_factory_takes_effect(self, monkeypatch: pytest.MonkeyPatch) -> None:
        factory: Any = MagicMock()
        monkeypatch.setattr(core.database, "SessionLocal", factory)
        with get_db() as session:
            assert session is factory.return_value
        made: Any = factory.return_value
        made.commit.assert_called_once_with()
        made.close.assert_called_once_with()

    def test_a_thread_local_session_serves_as_any_other(self, store: Store) -> None:
        session: Any = scoped_session(store.sessions)
        with UnitOfWork(session) as uow:
            row = uow.teams.create(team())
            row.tier = "ELITE"
            uow.teams.update(row)
            uow.commit()
            uow.teams.create(team("lost"))
        session.remove()
        assert store.ask("SELECT team_name, tier FROM quantum.team_quantum_dna") == [
            ("Lazio", "ELITE")
        ]

    def test_everything_of_one_row(self, store: Store) -> None:
        with UnitOfWork(store.sessions) as uow:
            created = uow.odds.create(odds())
            assert uow.odds.get_by_id(created.id) is created
            assert uow.odds.get_all(skip=0, limit=100) == [created]
            assert uow.odds.get_first_by_field("match_id", "m1") is created
            assert uow.odds.count() == 1
            uow.odds.delete(created)
            assert uow.odds.count() == 0


class TestErrorsOfSqlalchemy:
    """Code that catches SQLAlchemy's errors also catches ours."""

    @pytest.mark.parametrize(
        ("ours", "theirs"),
        [
            (errors.UniqueViolationError, IntegrityError),
            (errors.ForeignKeyViolationError, IntegrityError),
            (errors.CheckViolationError, IntegrityError),
            (errors.NotNullViolationError, IntegrityError),
            (errors.ConstraintViolationError, exc.DBAPIError),
            (errors.SchemaMismatchError, ProgrammingError),
            (errors.RefusedValueError, exc.DataError),
            (errors.TransactionEndedError, exc.PendingRollbackError),
            (errors.ConflictError, StaleDataError),
            (errors.NotFoundError, StaleDataError),
        ],
    )
    def test_each_derives_from_what_it_stands_for(self, ours: type, theirs: type) -> None:
        assert issubclass(ours, theirs)
        assert issubclass(ours, errors.DataAccessError)

    def test_a_violation_is_an_integrity_error_and_has_what_that_has(self, store: Store) -> None:
        with UnitOfWork(store.sessions) as uow:
            uow.teams.create(team())
            with pytest.raises(IntegrityError) as caught:
                uow.teams.create(team())
        assert isinstance(caught.value, errors.UniqueViolationError)
        error: Any = caught.value
        assert error.orig.pgcode == "23505"
        assert error.statement.startswith("INSERT INTO quantum.team_quantum_dna")
        assert str(error) == (
            "quantum.team_quantum_dna: team_name is taken by another row: update that row instead"
        )

    def test_a_table_that_is_not_there(self, store: Store) -> None:
        store.ask("DROP TABLE public.odds")
        with UnitOfWork(store.sessions) as uow, pytest.raises(ProgrammingError):
            uow.odds.count()

    def test_a_lock_that_is_not_free(self, store: Store) -> None:
        store.add(team())
        with closing(store.database.connect()) as other, other.cursor() as cursor:
            cursor.execute("SELECT * FROM quantum.team_quantum_dna FOR UPDATE")
            with UnitOfWork(store.sessions) as uow:
                uow.session.execute(text("SET LOCAL lock_timeout = '10ms'"))
                row = uow.teams.get_by_name("Lazio")
                assert row is not None
                row.tier = "ELITE"
                with pytest.raises(OperationalError):
                    uow.teams.update(row)

    def test_a_server_that_is_not_there(self, settings: DatabaseSettings) -> None:
        nowhere = settings.model_copy(update={"DB_HOST": "127.0.0.1", "DB_PORT": 1})
        engine = core.database.create_sync_engine(nowhere)
        with UnitOfWork(sessionmaker(engine)) as uow, pytest.raises(OperationalError):
            uow.odds.count()

    def test_a_row_that_somebody_else_changed(self, store: Store) -> None:
        store.add(pick())
        with UnitOfWork(store.sessions) as uow:
            row = uow.tracking.get_first_by_field("pick_id", "p1")
            assert isinstance(row, TrackingCLVPicks)
            store.ask("UPDATE tracking_clv_picks SET notes = 'theirs'")
            row.notes = "mine"
            with pytest.raises(StaleDataError):
                uow.tracking.update(row)

    def test_a_transaction_that_has_ended(self, store: Store) -> None:
        with UnitOfWork(store.sessions) as uow:
            with pytest.raises(ProgrammingError):
                uow.session.execute(text("SELECT nonsense"))
            with pytest.raises(exc.InternalError):
                uow.session.execute(text("SELECT 1"))
            with pytest.raises(exc.PendingRollbackError):
                BaseRepository(TeamQuantumDNA, uow.session).count()
