"""Teams and their DNA vectors."""

from sqlalchemy.orm import Session

from core.errors import AmbiguousNameError
from models import TeamQuantumDNA
from repositories import values
from repositories.base import BaseRepository
from repositories.errors import translated
from repositories.statements import quantum as statements


class TeamDNARepository(BaseRepository[TeamQuantumDNA]):
    """Teams, read by name, league and profit."""

    def __init__(self, session: Session) -> None:
        super().__init__(TeamQuantumDNA, session)

    def get_by_name(self, name: str) -> TeamQuantumDNA | None:
        """Return the team with this name, else the only team whose name contains it in any case.

        Returns:
            None when no name contains it.

        Raises:
            AmbiguousNameError: Several names contain it; the error lists them.
            InvalidArgumentError: The name is blank, or does not fit the column.
        """
        values.check_name(values.model_column(TeamQuantumDNA, "team_name"), name)
        with translated(self._table):
            ids = {found: id_ for id_, found in self.session.execute(statements.team_names()).all()}
        candidates = sorted(found for found in ids if name.casefold() in found.casefold())
        if name in ids:
            return self.get_by_id(ids[name])
        if len(candidates) > 1:
            raise AmbiguousNameError(
                f"several team names contain {name!r}", candidates=tuple(candidates)
            )
        return self.get_by_id(ids[candidates[0]]) if candidates else None

    def get_by_league(self, league: str) -> list[TeamQuantumDNA]:
        """Return the teams of a league, by name."""
        return self._all(statements.teams_of_league(league))

    def get_top_performers(self, limit: int = 10) -> list[TeamQuantumDNA]:
        """Return teams by total profit, best first; teams without a total profit are left out."""
        return self._all(statements.top_performers(limit=limit))
