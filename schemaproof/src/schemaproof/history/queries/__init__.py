"""The SQL that looks at the version table and the ledger."""

from typing import Final

from schemaproof.sql.sql_files import SqlFiles

SQL: Final = SqlFiles(__name__)
