"""The SQL of changes to the history: what rows revisions have made."""

from typing import Final

from schemaproof.sql.sql_files import SqlFiles

SQL: Final = SqlFiles(__name__)
