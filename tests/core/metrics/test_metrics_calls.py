"""The number of Python function calls that metrics add to a unit of work."""

from contextlib import nullcontext

from sqlalchemy.orm import sessionmaker

from core.engines import create_sync_engine
from core.metrics import PrometheusMetrics
from repositories import UnitOfWork
from schemaproof_testing.servers import Database
from tests.support.calls import Calls
from tests.support.database_settings import settings_for


def calls_of_a_unit(database: Database, *, is_measured: bool) -> int:
    with PrometheusMetrics() if is_measured else nullcontext():
        engine = create_sync_engine(settings_for(database))
        sessions = sessionmaker(engine)

        def work() -> None:
            with UnitOfWork(sessions) as uow:
                uow.teams.count()
                uow.commit()

        for _ in range(3):  # The first runs connect and fill caches.
            work()
        with Calls() as calls:
            work()
    engine.dispose()
    return calls.number


def test_metrics_add_few_calls_to_a_unit_of_work(migrated: Database) -> None:
    with_metrics = calls_of_a_unit(migrated, is_measured=True)
    without = calls_of_a_unit(migrated, is_measured=False)
    assert 0 < with_metrics - without <= 5
