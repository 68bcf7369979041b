"""An application that runs units of work: synchronous, asynchronous, and on a replica."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Engine, text

import core.database
from core.config import DatabaseSettings
from core.replicas import Replicas
from core.setting_types import Replica

WHO = text("SELECT current_user FROM pg_sleep(0.02)")


@dataclass
class Application:
    """A running application, and its results.

    Attributes:
        users: The roles that it connected as.
        failures: The errors of units of work; an error ends its worker.
        works: The number of completed units of work.
    """

    settings: DatabaseSettings
    users: set[str] = field(default_factory=set)
    failures: list[Exception] = field(default_factory=list)
    works: int = 0
    done: threading.Event = field(default_factory=threading.Event)

    def work(self, engine: Engine) -> None:
        try:
            while not self.done.is_set():
                with engine.begin() as connection:
                    self.users.add(connection.scalar(WHO))
                self.works += 1
        except Exception as error:  # noqa: BLE001 - whatever it is
            self.failures.append(error)
        engine.dispose()

    def work_synchronously(self) -> None:
        self.work(core.database.create_sync_engine(self.settings))

    def work_on_a_replica(self) -> None:
        """Read by the engine of a replica, which is the same server here."""
        [(host, port)] = self.settings.addresses
        changed = self.settings.model_copy(update={"DB_REPLICA_HOSTS": (Replica(host, port),)})
        [engine] = Replicas(changed).engines()
        self.work(engine)

    def work_asynchronously(self) -> None:
        asyncio.run(self._work_in_tasks())

    async def _work_in_tasks(self) -> None:
        engine = core.database.create_async_engine(self.settings)

        async def one() -> None:
            while not self.done.is_set():
                async with engine.begin() as connection:
                    self.users.add(await connection.scalar(WHO))
                self.works += 1

        try:
            await asyncio.gather(*(one() for _ in range(4)))
        except Exception as error:  # noqa: BLE001 - whatever it is
            self.failures.append(error)
            self.done.set()
        await engine.dispose()


@contextmanager
def at_work(settings: DatabaseSettings) -> Iterator[Application]:
    """Run the application until the block ends."""
    made = Application(settings)
    jobs = (
        *(made.work_synchronously, made.work_synchronously),
        *(made.work_asynchronously, made.work_on_a_replica),
    )
    workers = [threading.Thread(target=job) for job in jobs]
    for worker in workers:
        worker.start()
    try:
        yield made
    finally:
        made.done.set()
        for worker in workers:
            worker.join(timeout=60)
