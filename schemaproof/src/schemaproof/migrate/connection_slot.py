"""Open the connection that migrates; wait while the server has no free connection slot."""

import random
import time
from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from schemaproof.connection.diagnostics import read_sqlstate
from schemaproof.connection.driver_errors import translate_driver_error
from schemaproof.connection.target import ConnectionSettings

# The codes are too_many_connections and successful_completion: in the second case, the connection
# that looked for the reason found a free slot.
_PASSES: Final = frozenset({"53300", "00000"})
_PAUSE: Final = 0.5


def connect(engine: Engine, settings: ConnectionSettings, say: Callable[[str], None]) -> Connection:
    """Connect as soon as the server, the database and the role have a free connection slot.

    Args:
        engine: The engine of migrations.
        settings: The settings that the engine was made from; ``wait_timeout`` limits the waiting.
        say: The function that receives one message about the waiting.

    Raises:
        sqlalchemy.exc.OperationalError: There is no connection.
    """
    deadline = time.monotonic() + settings.wait_timeout.total_seconds()
    is_told = False
    while True:
        try:
            return engine.connect()
        except OperationalError as error:
            failure = translate_driver_error(error, settings)
            if read_sqlstate(failure) not in _PASSES or time.monotonic() >= deadline:
                raise
            if not is_told:
                is_told = True
                say(f"waiting for a connection: {failure.message}")
        time.sleep(_PAUSE * random.uniform(0.5, 1.5))  # noqa: S311 - no secret
