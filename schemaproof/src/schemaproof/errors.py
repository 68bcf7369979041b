"""The exceptions of the package: each has a message of one line and a remedy.

Drift is a value (``schemaproof.findings``); an exception means that something could not be done.
"""


class SchemaproofError(Exception):
    """Something could not be done.

    Attributes:
        message: The description of the failure, in one line and without any secret.
        remedy: The advice to the reader, in one line; empty when there is none.
    """

    def __init__(self, message: str, *, remedy: str = "") -> None:
        # super() would call the constructor of SQLAlchemy's error in a subclass that derives from
        # one.
        Exception.__init__(self, message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}: {self.remedy}" if self.remedy else self.message

    def __reduce__(self) -> tuple[object, ...]:
        # Pickling uses the attributes, because the constructors of subclasses have other
        # parameters.
        return _rebuilt, (type(self), self.args, self.__dict__)


def _rebuilt(
    kind: type[SchemaproofError], args: tuple[object, ...], state: dict[str, object]
) -> object:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class ConfigurationError(SchemaproofError):
    """A setting, an option or a configuration file is missing or wrong."""


class NoModelsError(ConfigurationError):
    """The configuration names no models, and env.py passes none to Alembic."""


class DatabaseError(SchemaproofError):
    """The database could not be used.

    Attributes:
        sqlstate: The server's five-character code (PostgreSQL manual, appendix A), if it sent one.
    """

    def __init__(self, message: str, *, remedy: str = "", sqlstate: str | None = None) -> None:
        super().__init__(message, remedy=remedy)
        self.sqlstate = sqlstate


class DatabaseUnavailableError(DatabaseError):
    """No connection: the server is down or unreachable, or it refused the credentials."""


class DatabaseRefusedError(DatabaseError):
    """The server answered, and refused or cancelled a statement."""


class LocalServerError(SchemaproofError):
    """The local PostgreSQL server could not be created, started or stopped."""


class HistoryError(SchemaproofError):
    """The migration history cannot be used: no revisions, or a snapshot that cannot be read."""


class ProjectCodeError(SchemaproofError):
    """The project's own Python could not be started, or ended before it sent a result."""


class TamperedHistoryError(HistoryError):
    """The migration history differs from what was recorded."""


class MigrationRefusedError(SchemaproofError):
    """The gate refuses a migration: the database or the result of a revision is not as expected.

    Attributes:
        ground: The reason for the refusal: ``drift``, ``tampering``, ``heads``, ``lint``,
            ``data-loss``, ``sessions`` or ``backfill``.
    """

    def __init__(self, message: str, *, ground: str, remedy: str) -> None:
        super().__init__(message, remedy=remedy)
        self.ground = ground


class ReportedError(SchemaproofError):
    """A migration in the project's Python ended with this error.

    Attributes:
        exit_code: The exit code that the command ends with.
    """

    def __init__(self, message: str, *, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class MigratorLockError(SchemaproofError):
    """Another migrator is running, or the lock against other migrators cannot be held."""


class OutputClosedError(SchemaproofError):
    """The reader closed the output before it was complete."""


class InterruptionError(SchemaproofError):
    """The user or a signal asked the program to stop."""
