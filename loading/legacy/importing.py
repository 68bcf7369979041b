"""Import the old quantum tables into the tables of Quantum ADN 2.0.

The old tables are only read. Each batch is a transaction of its own; after a killed import, the
next one finds its committed rows as ``already there``.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, func, select, table, text, update

from core.errors import ConfigurationError, MonpsError
from core.sql_files import statement
from loading.legacy import batches, counts
from loading.legacy.report import ImportReport, TableAccount
from loading.legacy.tables import PICKS, TABLES, TEAMS, LegacyTable
from models import TeamQuantumDNA
from models.quantum.team import DNA_VECTORS
from schemaproof import untrusted_types

UNKNOWN_LEAGUE: Final = "unknown"
_statement: Final = partial(statement, "loading.legacy")


@dataclass(frozen=True, slots=True)
class Options:
    """The options of an import.

    Attributes:
        season: The season of strategies and pairs, which the old tables do not record.
        time_zone: The time zone of the old timestamps, which have none.
        leagues: The league of each team by its name; it takes precedence over the database.
        batch_size: The number of rows in one transaction.
        dry_run: Whether to roll back at the end.
    """

    season: str = "2024-25"
    time_zone: str = "UTC"
    leagues: Mapping[str, str] = field(default_factory=dict)
    batch_size: int = 1000
    dry_run: bool = False


def import_legacy(
    connection: Connection, options: Options, on_progress: Callable[[int, int], None]
) -> ImportReport:
    """Copy the rows, and return the report.

    Args:
        connection: A connection without a transaction.
        options: The options of the import.
        on_progress: The function that is called with the number of rows processed since the last
            call, and of all rows.

    Raises:
        ConfigurationError: The time zone is unknown, or the season too long.
        MonpsError: A required old or new table does not exist.
    """
    if not options.dry_run:
        return _Import(connection, options, on_progress).run()
    with connection.begin() as transaction:
        report = _Import(connection, options, on_progress).run()
        transaction.rollback()
        return report


@dataclass(frozen=True, slots=True)
class _Import:
    connection: Connection
    options: Options
    on_progress: Callable[[int, int], None]

    def run(self) -> ImportReport:
        with self._step():
            present = self._tables_present()
            total = sum(self._count(table.source) for table in present)
        self.on_progress(0, total)
        done = [self._copy(table, total) for table in present]
        with self._step():
            picks = [counts.count_picks(self._count(PICKS))] if self._exists(PICKS) else []
        absent = tuple(table.source for table in TABLES if table not in present)
        return ImportReport((*done, *picks), absent, self.options.dry_run)

    @contextmanager
    def _step(self) -> Iterator[None]:
        """Run a block in its own transaction; in a dry run, within the one that is rolled back."""
        if self.options.dry_run:
            yield
            return
        with self.connection.begin():
            yield

    def _tables_present(self) -> list[LegacyTable]:
        self._refuse_options()
        if missing := [
            table.target.fullname for table in TABLES if not self._exists(table.target.fullname)
        ]:
            raise MonpsError(
                f"{', '.join(missing)}: not created yet", remedy="run: alembic upgrade head"
            )
        present = [table for table in TABLES if self._exists(table.source)]
        if TEAMS not in present:
            raise MonpsError(
                f"there is no {TEAMS.source} here, so nothing to import",
                remedy="connect to the existing database (DB_NAME)",
            )
        return present

    def _refuse_options(self) -> None:
        zone = self.options.time_zone
        known = text("SELECT FROM pg_catalog.pg_timezone_names WHERE name = :zone")
        if self.connection.execute(known, {"zone": zone}).first() is None:
            raise ConfigurationError(
                f"unknown time zone {zone!r}", remedy="name one such as Europe/Paris"
            )
        if not 0 < len(self.options.season) <= 10:  # noqa: PLR2004 - as its column
            raise ConfigurationError(
                f"a season has 1 to 10 characters, unlike {self.options.season!r}"
            )

    def _copy(self, table: LegacyTable, total: int) -> TableAccount:
        with self._step():
            self._stage(table)
            filled = self._fill_in_leagues() if table is TEAMS else None
            self.on_progress(self._count_refused(table), total)
        lock = not self.options.dry_run
        done = 1
        while done:
            with self._step():
                done = batches.copy_batch(
                    self.connection, table, self.options.batch_size, lock=lock
                )
            self.on_progress(done, total)
        with self._step():
            unknown = self._unknown_leagues() if table is TEAMS else None
            notes = tuple(note for note in (filled, unknown) if note)
            return counts.count_table(
                self.connection, table, zone=self.options.time_zone, notes=notes
            )

    def _stage(self, table: LegacyTable) -> None:
        self.connection.execute(
            select(func.set_config("TimeZone", self.options.time_zone, True))  # noqa: FBT003
        )
        stage = _statement(f"stage_{table.target.name}")
        given: dict[str, Any] = {"season": self.options.season}
        if table is TEAMS:
            given = {
                "leagues": json.dumps({**self._known_leagues(), **self.options.leagues}),
                "best": json.dumps(self._best_strategies()),
                "unknown_league": UNKNOWN_LEAGUE,
                "vectors": list(DNA_VECTORS),
            }
        self.connection.execute(stage, given)

    def _known_leagues(self) -> dict[str, str]:
        if not self._exists("public.team_intelligence"):
            return {}
        return dict(self.connection.execute(_statement("leagues")).tuples().all())

    def _best_strategies(self) -> dict[str, str]:
        if not self._exists("quantum.team_strategies"):
            return {}
        return dict(self.connection.execute(_statement("best_strategies")).tuples().all())

    def _fill_in_leagues(self) -> str | None:
        """Set the league of teams that an earlier import left without one."""
        stage, team = TEAMS.stage, TeamQuantumDNA
        filled = self.connection.execute(
            update(team)
            .where(
                team.team_name == stage.c.team_name,
                team.league == UNKNOWN_LEAGUE,
                stage.c.league != UNKNOWN_LEAGUE,
                stage.c.state.is_(None),
            )
            .values(league=stage.c.league, updated_by=batches.IMPORTER)
            .execution_options(synchronize_session=False)
        ).rowcount
        return f"{filled} existing teams got their league" if filled else None

    def _unknown_leagues(self) -> str | None:
        team = TeamQuantumDNA
        unknown = self.connection.scalar(
            select(func.count()).where(
                team.league == UNKNOWN_LEAGUE, TEAMS.stage.c.team_name == team.team_name
            )
        )
        if not unknown:
            return None
        return (
            f"teams without a league in the old tables: {unknown}, stored with"
            f" {UNKNOWN_LEAGUE!r}: import again with --leagues FILE"
        )

    def _count_refused(self, table: LegacyTable) -> int:
        refused = select(func.count()).where(table.stage.c.state == "refused")
        return int(self.connection.scalar(refused) or 0)

    def _exists(self, name: str) -> bool:
        unread = self.connection.scalar(
            _statement("unread"),
            {"name": name, "untrusted_types": untrusted_types(self.connection)},
        )
        if unread:
            raise MonpsError(
                f"{name} is not read: it is not a table, or hides rows, or has columns whose"
                " types belong to another role, which could run code",
                remedy="find out who created it, and remove it",
            )
        return unread is not None

    def _count(self, name: str) -> int:
        schema, _, table_name = name.partition(".")
        counted = select(func.count()).select_from(table(table_name, schema=schema))
        return self.connection.scalar(counted) or 0
