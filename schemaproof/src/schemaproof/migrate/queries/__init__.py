"""The SQL of migrations: the lock, the blocking sessions, rows of the ledger."""

from typing import Final

from schemaproof.sql.sql_files import SqlFiles

SQL: Final = SqlFiles(__name__)
