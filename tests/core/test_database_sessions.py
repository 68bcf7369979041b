"""get_db commits on success, rolls back on error, always closes; verified by a second session."""

from collections.abc import Iterator

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

import core.database
from schemaproof_testing.servers import Database
from tests.support.database_settings import configure, settings_for


class Base(DeclarativeBase):
    """A base with metadata that is separate from the project's."""


class Note(Base):
    __tablename__ = "note"

    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str]


@pytest.fixture
def notes(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The database of the settings, with a table."""
    configure(monkeypatch, **database.environ())
    Base.metadata.create_all(core.database.sync_engine)
    yield database
    core.database.reset()


def stored(database: Database) -> list[str]:
    """Read rows by a separate connection without SQLAlchemy."""
    return [word for (word,) in database.query("SELECT word FROM note ORDER BY id")]


def fail_after_writing(failure: type[BaseException], commit_first: str | None = None) -> None:
    with core.database.get_db() as session:
        if commit_first is not None:
            session.add(Note(id=1, word=commit_first))
            session.commit()
        session.add(Note(id=2, word="lost"))
        session.flush()
        raise failure("on purpose")


def checked_out() -> int:
    return core.database.get_pool_status()["checked_out"]


def test_success_commits_and_closes(notes: Database) -> None:
    with core.database.get_db() as session:
        session.add(Note(id=1, word="kept"))
        session.flush()
        assert stored(notes) == []
        assert checked_out() == 1
    assert stored(notes) == ["kept"]
    assert checked_out() == 0


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt, SystemExit])
def test_any_error_rolls_back_and_closes(notes: Database, failure: type[BaseException]) -> None:
    with pytest.raises(failure):
        fail_after_writing(failure)
    assert stored(notes) == []
    assert checked_out() == 0


def test_failing_commit_rolls_back_and_closes(notes: Database) -> None:
    with core.database.get_db() as session:
        session.add(Note(id=1, word="kept"))
    with pytest.raises(IntegrityError), core.database.get_db() as session:
        session.add(Note(id=1, word="twice"))
    assert stored(notes) == ["kept"]
    assert checked_out() == 0


def test_commit_within_the_block_stays(notes: Database) -> None:
    with pytest.raises(ValueError, match="on purpose"):
        fail_after_writing(ValueError, commit_first="kept")
    assert stored(notes) == ["kept"]


def test_objects_stay_readable_after_the_block(notes: Database) -> None:
    with core.database.get_db() as session:
        note = Note(id=1, word="kept")
        session.add(note)
    assert inspect(note).detached
    assert note.word == "kept"
    assert stored(notes) == ["kept"]


def test_lost_connection_is_given_back(notes: Database) -> None:
    with pytest.raises(Exception, match=r"terminating|closed"), core.database.get_db() as session:
        session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert checked_out() == 0
    assert stored(notes) == []


def test_dependency_commits(notes: Database) -> None:
    dependency = core.database.get_db_dependency()
    next(dependency).add(Note(id=1, word="kept"))
    assert next(dependency, None) is None
    assert stored(notes) == ["kept"]
    assert checked_out() == 0


def test_dependency_rolls_back_when_the_request_fails(notes: Database) -> None:
    dependency = core.database.get_db_dependency()
    next(dependency).add(Note(id=1, word="lost"))
    with pytest.raises(ValueError, match="request"):
        dependency.throw(ValueError("request"))  # type: ignore[attr-defined]
    assert stored(notes) == []
    assert checked_out() == 0


def test_dependency_rolls_back_when_it_is_closed_half_way(notes: Database) -> None:
    dependency = core.database.get_db_dependency()
    next(dependency).add(Note(id=1, word="lost"))
    dependency.close()  # type: ignore[attr-defined]
    assert stored(notes) == []
    assert checked_out() == 0


def test_replaced_session_factory_is_the_one_that_is_used(
    notes: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Special(Session):
        """A session class that a test may use instead of ours."""

    engine = core.database.create_sync_engine(settings_for(notes))
    with monkeypatch.context() as patch:
        patch.setattr(core.database, "SessionLocal", sessionmaker(engine, class_=Special))
        with core.database.get_db() as session:
            assert isinstance(session, Special)
        with core.database.get_db() as session:
            assert session.get_bind() is engine
        assert isinstance(next(core.database.get_db_dependency()), Special)
    engine.dispose()
    with core.database.get_db() as session:
        assert not isinstance(session, Special)


def test_reset_forgets_replacements(notes: Database) -> None:
    before = core.database.sync_engine
    # This is the state after patches by assignment were undone by other assignments.
    core.database.sync_engine = before
    core.database.SessionLocal = sessionmaker(before)
    core.database.reset()
    assert core.database.sync_engine is not before
    with core.database.get_db() as session:
        assert session.get_bind() is core.database.sync_engine
    assert stored(notes) == []
