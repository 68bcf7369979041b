"""A copy of the project with the changes that docs/growth.md makes to the models."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

from schemaproof_testing.project import ROOT, Programs
from schemaproof_testing.servers import Database

PAGE: Final = ROOT / "docs" / "growth.md"
MIRRORED: Final = (
    "CREATE TABLE public.mirror AS TABLE public.odds",
    "CREATE INDEX ON public.mirror (id)",
)
"""What makes a second table, into which :data:`WRITERS` write the same."""
_WRITTEN: Final = (
    """
    WITH written AS (
        INSERT INTO public.odds
            (match_id, home_team, away_team, league, commence_time, bookmaker, market, home_odds)
        VALUES ('new:' || %(n)s %% 50, 'Lazio', 'Roma', 'Serie A', now(), 'Pinnacle', 'h2h', 1.5)
        ON CONFLICT (match_id, bookmaker, market, price_type, line)
        DO UPDATE SET home_odds = odds.home_odds + 0.01
        RETURNING *
    ), gone AS (
        DELETE FROM public.mirror WHERE id IN (SELECT id FROM written)
    )
    INSERT INTO public.mirror SELECT * FROM written
    """,
    """
    WITH written AS (
        UPDATE public.odds SET home_odds = 2 + %(n)s, updated_at = now()
        WHERE id = 1 + %(n)s * 7919 %% 20000 RETURNING *
    )
    UPDATE public.mirror SET home_odds = written.home_odds, updated_at = written.updated_at
    FROM written WHERE mirror.id = written.id
    """,
    """
    WITH written AS (
        UPDATE public.odds SET match_id = match_id || 'x'
        WHERE id = 20001 + %(n)s * 7919 %% 20000 AND length(match_id) < 90 RETURNING *
    )
    UPDATE public.mirror SET match_id = written.match_id
    FROM written WHERE mirror.id = written.id
    """,
    """
    WITH written AS (
        DELETE FROM public.odds WHERE id = 40001 + %(n)s AND match_id NOT LIKE 'new:%%' RETURNING id
    )
    DELETE FROM public.mirror USING written WHERE mirror.id = written.id
    """,
)
WRITERS: Final = tuple(f"SET LOCAL search_path TO pg_catalog, pg_temp; {sql}" for sql in _WRITTEN)
"""They insert, change, move between partitions and delete, each rows of its own; as safe programs
do, they see ``pg_catalog`` alone."""
DIFFERENT: Final = """
SELECT count(*) FROM (
    (TABLE public.odds EXCEPT ALL TABLE public.mirror)
    UNION ALL (TABLE public.mirror EXCEPT ALL TABLE public.odds)
) AS different
"""


def make_project(folder: Path, database: Database) -> Programs:
    """Copy the project, change its models, and return its programs with a database."""
    for name in subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True).split():
        if not name.startswith(("bench/drift", "schemaproof/src")) and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    [change] = re.findall(r"```diff\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    subprocess.run(["git", "apply", "-"], input=change, text=True, cwd=folder, check=True)
    scratch = database.superuser_url.render_as_string(hide_password=False)
    environ = {
        "DB_SCRATCH_URL": scratch,
        "PYTHONPATH": f"{folder}:{folder / 'schemaproof' / 'tests'}",
    }
    return Programs(folder, {**database.environ(), **environ})
