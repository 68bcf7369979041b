"""Read replicas."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from core.setting_types import Duration, Replica, Replicas
from core.settings.connection import ConnectionSettings


class ReplicaSettings(ConnectionSettings):
    """Which servers sessions that only read may go to."""

    DB_REPLICA_HOSTS: Replicas = ()
    DB_REPLICA_WAIT: Duration = timedelta(seconds=1)
    DB_REPLICA_MAX_LAG: Duration | None = None
    DB_REPLICA_RETRY: Duration = timedelta(seconds=5)

    def at_replica(self, replica: Replica) -> Self:
        """Return the same settings for one of ``DB_REPLICA_HOSTS``."""
        port = self.DB_PORT if replica.port is None else replica.port
        return self.model_copy(update={"DB_HOST": replica.host, "DB_PORT": port})
