"""Arguments of connections: addresses, limits on waiting, and how the password may be sent.

The operating system detects a peer that vanished (by keepalives, and by ``TCP_USER_TIMEOUT`` for
data that is not acknowledged). On a Unix socket libpq ignores both.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from schemaproof.connection.duration import whole_milliseconds, whole_seconds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemaproof.connection.raw_sql import DriverConnection

# This is for migrations and scratch databases. Otherwise a role with the name of a schema, or a
# search_path that is set for the role or database, would decide in which schema an unqualified
# table is created.
UNQUALIFIED_IS_PUBLIC: Final = "-c search_path=public"
NETWORK_TIMEOUT: Final = timedelta(seconds=30)
"""The limit on the silence of a peer when nothing else is set."""
# libpq would take these from the environment: PGHOSTADDR, which replaces the host;
# PGCLIENTENCODING, which may not have all characters of a name; PGOPTIONS, which may set
# search_path and time-outs. Empty options are not sent.
_NOT_FROM_OUTSIDE: Final = {"hostaddr": "", "client_encoding": "UTF8", "options": ""}
_PROBES: Final = 4
_KNOWS_TRANSACTION_TIMEOUT: Final = 170_000
# `none` allows servers that do not ask for a password.
SAFE_AUTHENTICATION: Final = "scram-sha-256,none"
ANY_AUTHENTICATION: Final = "scram-sha-256,md5,password,gss,sspi,none"
_PROVES_WHO_ANSWERS: Final = frozenset({"verify-ca", "verify-full"})


def network_args(timeout: timedelta = NETWORK_TIMEOUT) -> dict[str, str | int]:
    """Return libpq's parameters that close the connection to a peer that is silent for ``timeout``.

    Args:
        timeout: Zero switches it off; the system's own keepalives remain.
    """
    if not timeout:
        return {**_NOT_FROM_OUTSIDE}
    return {
        **_NOT_FROM_OUTSIDE,
        "tcp_user_timeout": whole_milliseconds(timeout),
        **{f"keepalives_{name}": value for name, value in keepalives(timeout).items()},
    }


def keepalives(timeout: timedelta) -> dict[str, int]:
    """Return the seconds before the first probe and between probes, and the number of probes."""
    interval = whole_seconds(timeout / (_PROBES + 2))
    return {"idle": 2 * interval, "interval": interval, "count": _PROBES}


def accepted_authentication(host: str, sslmode: str, chosen: str | None) -> str:
    """Return how the server may ask for the password, as libpq's ``require_auth``.

    The password is sent in clear text over a network only to a server whose certificate proves its
    identity. MD5 is little better: the hash that is sent can be used again, and the password
    guessed.

    Args:
        host: A host, or the folder of a Unix socket, which uses no network; or several of the same
            kind.
        sslmode: The sslmode of libpq.
        chosen: The value of the settings; None when they have none.
    """
    if chosen is not None:
        return chosen
    is_safe = host.startswith("/") or sslmode in _PROVES_WHO_ANSWERS
    return ANY_AUTHENTICATION if is_safe else SAFE_AUTHENTICATION


def limits(**timeouts: timedelta | None) -> dict[str, int]:
    """Return the time-outs that are set, in milliseconds, as the server counts them."""
    return {
        name: whole_milliseconds(timeout)
        for name, timeout in timeouts.items()
        if timeout is not None
    }


def options(*given: str, settings: Mapping[str, int]) -> Mapping[str, str]:
    """Return settings of the server for the session, as libpq sends them while it connects.

    They apply to the whole session. The values are numbers, so nothing has to be escaped for libpq.
    The parameter is left out when there is no setting, because some connection poolers refuse it,
    and others drop it (``schemaproof.connection.session_limits``).
    """
    text = " ".join((*given, *(f"-c {name}={value}" for name, value in settings.items())))
    return {"options": text} if text else {}


def lift_transaction_timeout(connection: DriverConnection, _record: object = None) -> None:
    """Remove the limit on the length of transactions that a role, database or server sets.

    It is not an option of the connection, because a server before 17 does not know
    ``transaction_timeout``, and refuses a connection that names it.

    Args:
        connection: The connection of psycopg2, outside a transaction, before and after the call.
        _record: The second argument of SQLAlchemy's event ``connect``; not used.
    """
    if connection.server_version < _KNOWS_TRANSACTION_TIMEOUT:
        return
    with connection.cursor() as cursor:
        cursor.execute("SET transaction_timeout TO 0")
    connection.commit()
