"""The SQL of the linter."""

from typing import Final

from schemaproof.sql.sql_files import SqlFiles

SQL: Final = SqlFiles(__name__)
