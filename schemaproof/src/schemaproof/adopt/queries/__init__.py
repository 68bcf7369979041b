"""SQL of the adoption, as package data."""

from typing import Final

from schemaproof.sql.sql_files import SqlFiles

SQL: Final = SqlFiles(__name__)
