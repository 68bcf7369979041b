"""The SQL of changes to the history: the rows that revisions created."""

from typing import Final

from schemaproof.sql.sql_files import SqlFiles

SQL: Final = SqlFiles(__name__)
