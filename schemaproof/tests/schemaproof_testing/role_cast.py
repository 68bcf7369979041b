"""A database with the roles of ``monps-db roles``, to connect as any of them."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg2
from psycopg2 import sql

from schemaproof_testing.project import Programs, make_workspace
from schemaproof_testing.psql import run_script
from schemaproof_testing.servers import Database, administration

PASSWORD = "only for this test"
DENIED = psycopg2.errors.InsufficientPrivilege
NAMES = ("owner", "migrator", "app", "readonly")


@dataclass(frozen=True)
class Cast:
    """A database and the roles in it."""

    database: Database
    folder: Path
    prefix: str

    def as_(self, role: str) -> Database:
        """Return the database with the login of one of the roles."""
        return replace(self.database, user=f"{self.prefix}_{role}", password=PASSWORD)

    def programs(self, role: str | None = None) -> Programs:
        database = self.database if role is None else self.as_(role)
        folder = make_workspace(self.folder)
        with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
            file.write("[tool.schemaproof.roles]\n")
            file.writelines(f'{name} = "{self.prefix}_{name}"\n' for name in NAMES)
        return Programs(folder, database.environ())

    @property
    def superuser(self) -> Database:
        server = self.database.server
        return replace(self.database, user=server.superuser, password=server.superuser_password())

    def script(self) -> str:
        return self.programs().monps_db("roles", "--sql", "--prefix", self.prefix).out

    def apply(self) -> None:
        run_script(self.superuser, self.script())
        with administration(self.database.server) as cursor:
            for role in NAMES:
                name = sql.Identifier(f"{self.prefix}_{role}")
                cursor.execute(sql.SQL("ALTER ROLE {} PASSWORD %s").format(name), [PASSWORD])

    def execute(self, role: str, statement: str) -> None:
        self.as_(role).execute(statement)

    def is_denied(self, role: str, statement: str) -> bool:
        try:
            self.execute(role, statement)
        except DENIED:
            return True
        return False

    def by_superuser(self, statement: str) -> None:
        with closing(self.database.connect_superuser()) as connection:
            with connection.cursor() as cursor:
                cursor.execute(statement)
            connection.commit()

    def relation_owner(self, relation: str) -> str:
        """Return the owner of a table, view or sequence, without the prefix."""
        owner = "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = %s::regclass"
        [(name,)] = self.database.superuser.query(owner, [relation])
        return str(name).removeprefix(f"{self.prefix}_")

    def compared(self) -> tuple[int, str]:
        """Return the exit code and the output of ``monps-db roles``."""
        programs = Programs(make_workspace(self.folder), self.superuser.environ())
        outcome = programs.monps_db("roles", "--prefix", self.prefix)
        return outcome.code, outcome.out


@contextmanager
def make_cast(database: Database, folder: Path, prefix: str) -> Iterator[Cast]:
    """Make a database with roles, which are dropped at the end."""
    cast = Cast(database, folder, prefix)
    yield cast
    names = [f"{cast.prefix}_{role}" for role in NAMES]
    with closing(database.connect_superuser()) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        for name in names:
            cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [name])
            if cursor.fetchone() is not None:
                cursor.execute(sql.SQL("DROP OWNED BY {} CASCADE").format(sql.Identifier(name)))
                cursor.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))
