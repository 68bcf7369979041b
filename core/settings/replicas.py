"""Settings of read replicas."""

from datetime import timedelta
from typing import Self

from core.errors import ConfigurationError
from core.setting_types import Duration, Replica, Replicas
from core.settings.connection import ConnectionSettings


class ReplicaSettings(ConnectionSettings):
    """Settings of the servers for read-only sessions."""

    DB_REPLICA_HOSTS: Replicas = ()
    DB_REPLICA_WAIT: Duration = timedelta(seconds=1)
    DB_REPLICA_MAX_LAG: Duration | None = None
    DB_REPLICA_RETRY: Duration = timedelta(seconds=5)

    def at_replica(self, replica: Replica) -> Self:
        """Return the settings for a connection to one of ``DB_REPLICA_HOSTS``.

        Raises:
            ConfigurationError: The port of the replica is not known.
        """
        ports = {port for _, port in self.addresses} if replica.port is None else {replica.port}
        if len(ports) > 1:
            raise ConfigurationError(
                f"the replica {replica} has no port, and DB_PORT has several",
                remedy="write DB_REPLICA_HOSTS as host:port",
            )
        [port] = ports
        there = {"DB_HOST": replica.host, "DB_PORT": port, "DB_TARGET_SESSION_ATTRS": "any"}
        made = self.model_copy(update=there)
        made._sources = self._sources.at(replica.host, port)  # noqa: SLF001 - of this class
        return made
