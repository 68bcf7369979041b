"""Ctrl-C in a program that uses the data access: how long it waits."""

import os
import signal
import subprocess
import sys
import time

import pytest

from schemaproof_testing.servers import PROJECT, Database

SYNC = """
from sqlalchemy import text
from core import database
with database.get_db() as session:
    session.execute(text("SELECT pg_sleep(600)"))
"""
ASYNC = """
import asyncio
from sqlalchemy import text
from core import database
async def main():
    async with database.get_async_db() as session:
        await session.execute(text("SELECT pg_sleep(600)"))
asyncio.run(main())
"""
SLEEPING = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'"


def sleeping(database: Database) -> int:
    connection = database.connect()
    try:
        with connection.cursor() as cursor:
            cursor.execute(SLEEPING + " AND state = 'active'")
            return int(cursor.fetchall()[0][0])
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("program", "settings"),
    [(SYNC, {"DB_STATEMENT_TIMEOUT": "10s"}), (ASYNC, {})],
    ids=["sync: the statement's time-out", "async: at once"],
)
def test_a_program_of_somebodys_own_ends(
    database: Database, program: str, settings: dict[str, str]
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=PROJECT,
        env={**os.environ, **database.environ(), **settings},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        while not sleeping(database):
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        # The program ends long before the ten minutes of the statement.
        _, printed = process.communicate(timeout=120)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode != 0
    assert "KeyboardInterrupt" in printed
    assert sleeping(database) == 0
