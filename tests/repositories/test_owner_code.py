"""Code that the owner wrote against the public interface runs unchanged.

Some of this code passes a ``Mock`` as the session, and only counts calls; the behaviour of a
database is tested on a real one.
"""

import inspect
from contextlib import suppress
from typing import Any
from unittest.mock import AsyncMock, MagicMock, Mock

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from models import Odds
from repositories import AsyncBaseRepository as AlsoAsyncBaseRepository
from repositories import BaseRepository, UnitOfWork
from repositories.base import AsyncBaseRepository
from tests.support.repository_rows import odds

REPOSITORIES = ("odds", "tracking", "teams", "friction", "strategies", "goalscorers")
READS = ("get_by_id", "get_all", "get_by_field", "get_first_by_field", "count")
WRITES = ("create", "update", "delete")


@pytest.fixture
def mock_session() -> Mock:
    return Mock()


class TestInterfaces:
    def test_both_places_give_the_same_class(self) -> None:
        assert AlsoAsyncBaseRepository is AsyncBaseRepository

    @pytest.mark.parametrize("name", [*READS, *WRITES, "create_many", "upsert_many", "get_page"])
    def test_asynchronous_methods_are_coroutine_functions(self, name: str) -> None:
        assert inspect.iscoroutinefunction(getattr(AsyncBaseRepository, name))
        assert not inspect.iscoroutinefunction(getattr(BaseRepository, name))

    def test_an_asynchronous_repository_is_made_with_any_asynchronous_session(self) -> None:
        repository = AsyncBaseRepository(Odds, AsyncMock())
        assert repository.model is Odds

    def test_other_names_are_refused(self) -> None:
        import repositories.base

        with pytest.raises(AttributeError, match="nonsense"):
            _ = repositories.base.nonsense


class TestRepositoryOnMock:
    def test_count_runs_through_execute(self, mock_session: Mock) -> None:
        mock_session.execute.return_value.scalar.return_value = 42
        assert BaseRepository(Odds, mock_session).count() == 42
        mock_session.execute.assert_called_once()

    def test_an_operational_error_reaches_the_caller(self, mock_session: Mock) -> None:
        mock_session.execute.side_effect = OperationalError("SELECT 1", {}, Exception("down"))
        for read in (
            BaseRepository(Odds, mock_session).count,
            BaseRepository(Odds, mock_session).get_all,
        ):
            with pytest.raises(OperationalError):
                read()

    def test_get_by_id(self, mock_session: Mock) -> None:
        found = odds()
        mock_session.get.return_value = found
        assert BaseRepository(Odds, mock_session).get_by_id(7) is found
        mock_session.get.assert_called_once_with(Odds, 7)

    def test_lists(self, mock_session: Mock) -> None:
        rows = [odds(), odds("m2")]
        mock_session.execute.return_value.scalars.return_value.all.return_value = rows
        repository = BaseRepository(Odds, mock_session)
        assert repository.get_all() == rows
        assert repository.get_by_field("league", "Serie A") == rows

    def test_first(self, mock_session: Mock) -> None:
        row = odds()
        mock_session.execute.return_value.scalars.return_value.first.return_value = row
        assert BaseRepository(Odds, mock_session).get_first_by_field("league", "Serie A") is row

    @pytest.mark.parametrize("kind", [Mock, MagicMock])
    def test_create_adds_and_flushes(self, kind: Any) -> None:
        session, row = kind(), odds()
        assert BaseRepository(Odds, session).create(row) is row
        session.add.assert_called_once_with(row)
        session.flush.assert_called_once_with()
        session.commit.assert_not_called()

    def test_update_flushes(self, mock_session: Mock) -> None:
        row = odds()
        assert BaseRepository(Odds, mock_session).update(row) is row
        mock_session.flush.assert_called_once_with()
        mock_session.commit.assert_not_called()

    def test_delete_deletes_and_flushes(self, mock_session: Mock) -> None:
        row = odds()
        BaseRepository(Odds, mock_session).delete(row)
        mock_session.delete.assert_called_once_with(row)
        mock_session.flush.assert_called_once_with()


class TestUnitOfWorkOnMock:
    @pytest.mark.parametrize("session", [Mock(), MagicMock(), Mock(spec=Session)])
    @pytest.mark.parametrize("name", ["commit", "rollback", "flush"])
    def test_it_hands_on_exactly_once(self, session: Any, name: str) -> None:
        session.reset_mock()
        getattr(UnitOfWork(session), name)()
        getattr(session, name).assert_called_once_with()

    def test_nothing_but_commit_and_rollback_is_needed(self) -> None:
        class Two:
            calls: tuple[str, ...] = ()

            def commit(self) -> None:
                self.calls += ("commit",)

            def rollback(self) -> None:
                self.calls += ("rollback",)

        session: Any = Two()
        with UnitOfWork(session) as uow:
            uow.commit()
        with suppress(ZeroDivisionError), UnitOfWork(session):
            raise ZeroDivisionError
        assert session.calls == ("commit", "rollback")

    @pytest.mark.parametrize("name", REPOSITORIES)
    def test_repositories_are_made_on_first_use_and_kept(
        self, mock_session: Mock, name: str
    ) -> None:
        uow = UnitOfWork(mock_session)
        assert getattr(uow, f"_{name}") is None
        repository = getattr(uow, name)
        assert repository.session is mock_session
        assert getattr(uow, name) is repository is getattr(uow, f"_{name}")

    def test_a_block_rolls_back(self, mock_session: Mock) -> None:
        with UnitOfWork(mock_session):
            pass
        mock_session.rollback.assert_called_once_with()
        mock_session.commit.assert_not_called()

    def test_a_block_that_committed_does_not(self, mock_session: Mock) -> None:
        with UnitOfWork(mock_session) as uow:
            uow.commit()
        mock_session.commit.assert_called_once_with()
        mock_session.rollback.assert_not_called()

    def test_statements_after_a_commit_are_rolled_back(self, mock_session: Mock) -> None:
        with UnitOfWork(mock_session) as uow:
            uow.commit()
            uow.odds.create(odds())
        mock_session.rollback.assert_called_once_with()

    def test_an_error_rolls_back_and_goes_on(self, mock_session: Mock) -> None:
        with pytest.raises(ValueError, match="mine"), UnitOfWork(mock_session):
            raise ValueError("mine")
        mock_session.rollback.assert_called_once_with()

    def test_a_failed_commit_rolls_back(self, mock_session: Mock) -> None:
        mock_session.commit.side_effect = OperationalError("COMMIT", {}, Exception("down"))
        with pytest.raises(OperationalError), UnitOfWork(mock_session) as uow:
            uow.commit()
        mock_session.rollback.assert_called_once_with()

    def test_only_what_it_opened_is_closed(self, mock_session: Mock) -> None:
        with UnitOfWork(mock_session):
            pass
        mock_session.close.assert_not_called()
        opened = Mock()
        with UnitOfWork(lambda: opened) as uow:
            uow.commit()
        opened.close.assert_called_once_with()
