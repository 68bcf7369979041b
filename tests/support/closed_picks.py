"""Build closed picks."""

from typing import Any

from models import TrackingCLVPicks
from tests.support.repository_rows import pick


def closed(number: int, clv: float, **values: Any) -> TrackingCLVPicks:
    """Return a closed pick on a match that no other pick has."""
    given = {"home_team": f"Home {number}", "clv_percentage": clv, "odds_at_close": 2.0}
    return pick(f"p{number}", **{**given, **values})
