"""Roles and databases on the local server. No password is ever part of a statement."""

from contextlib import closing
from typing import Any

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import cursor as cursor_type
from psycopg2.extensions import encrypt_password

from schemaproof.errors import LocalServerError
from schemaproof.program import with_program
from schemaproof.scratch.embedded import server as servers

CONNECT_SECONDS = 10
NAME_BYTES = 63
# The number of the advisory lock is arbitrary, but all processes have to use the same.
ONE_AT_A_TIME = 5_066_172_018


def ensure_role_and_database(
    server: servers.LocalServer, *, user: str, password: str, database: str
) -> None:
    """Make sure that a role can log in with a password, and that a database exists.

    Doing it again changes nothing. A role that exists keeps its rights; a database that exists
    keeps its owner.

    Args:
        server: The local server; it runs.
        user: The role: made if absent, with the right to log in and no other.
        password: Its password; set when a login with it fails.
        database: The database: made if absent, owned by the role.

    Raises:
        LocalServerError: If the server refuses, or if ``user`` is the superuser and ``password``
            not the one in the superuser's file: changing it would lock this package out.
    """
    if not password or "\0" in password:
        raise LocalServerError("a password must not be empty, nor contain a zero byte")
    for name in (user, database):
        # PostgreSQL would cut the name, possibly in the middle of a character.
        if len(name.encode("utf-8", "replace")) > NAME_BYTES:
            raise LocalServerError(f"the name {name} is longer than {NAME_BYTES} bytes")
    if user == server.superuser and password != server.superuser_password():
        raise LocalServerError(
            f"{user} is the local server's superuser and has a generated password",
            remedy=with_program("take another role for the application: $user"),
        )
    try:
        with closing(psycopg2.connect(**_superuser(server))) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                # Without it, a second process can fail with "tuple concurrently updated".
                cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
                _ensure_role(server, cursor, user, password)
                _ensure_database(cursor, database, user)
    except (psycopg2.Error, ValueError, UnicodeError) as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise LocalServerError(f"cannot prepare the local server's accounts: {lines[0]}") from None


def _superuser(server: servers.LocalServer) -> dict[str, Any]:
    return {**server.connect_parameters(), "connect_timeout": CONNECT_SECONDS}


def _ensure_role(
    server: servers.LocalServer, cursor: cursor_type, user: str, password: str
) -> None:
    cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [user])
    exists = cursor.fetchone() is not None
    if exists and _can_log_in(server, user, password):
        return
    # The statement contains a verifier and not the password, because statements can appear in the
    # server's log and in pg_stat_activity.
    verifier = encrypt_password(password, user, cursor.connection, "scram-sha-256")
    statement = sql.SQL("{verb} ROLE {role} LOGIN PASSWORD {verifier}").format(
        verb=sql.SQL("ALTER" if exists else "CREATE"),
        role=sql.Identifier(user),
        verifier=sql.Literal(verifier),
    )
    cursor.execute(statement)


def _can_log_in(server: servers.LocalServer, user: str, password: str) -> bool:
    try:
        psycopg2.connect(**{**_superuser(server), "user": user, "password": password}).close()
    except psycopg2.OperationalError:
        return False
    return True


def _ensure_database(cursor: cursor_type, database: str, owner: str) -> None:
    cursor.execute("SELECT FROM pg_database WHERE datname = %s", [database])
    if cursor.fetchone() is None:
        statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'")
        cursor.execute(statement.format(sql.Identifier(database), sql.Identifier(owner)))
