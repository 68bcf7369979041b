"""The SQL that reads the system catalogs."""

from typing import Final

from schemaproof.sql.sql_files import SqlFiles

SQL: Final = SqlFiles(__name__)
