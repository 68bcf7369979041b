"""A backfill as SQL alone: a loop of plain batches, for Alembic alone and for scripts."""

from __future__ import annotations

PAGES = 100
PASSES = 10

_LOOP = """\
DO $backfill$
DECLARE
    size bigint;
    page bigint;
    changed bigint;
    unchanged bigint;
    moved boolean;
BEGIN
    FOR pass IN 1..{passes} LOOP
        page := 0;
        moved := false;
        LOOP
            WITH RECURSIVE parts (part) AS (
                SELECT CAST(CAST($name${table}$name$ AS regclass) AS oid)
                UNION SELECT inhrelid FROM pg_inherits JOIN parts ON inhparent = part
            )
            SELECT max(pg_relation_size(part)) / CAST(current_setting('block_size') AS bigint)
            INTO size FROM parts;
            EXIT WHEN page >= size;
            WITH batch AS (
                UPDATE {table} SET {set_}
                WHERE ctid >= CAST('(' || page || ',0)' AS tid)
                    AND ctid < CAST('(' || page + {pages} || ',0)' AS tid)
                    AND (
                        {where}
                    )
                RETURNING (
                    {where}
                ) AS again
            )
            SELECT count(*), count(*) FILTER (WHERE again) INTO changed, unchanged FROM batch;
            IF unchanged > 0 THEN
                RAISE USING MESSAGE = unchanged || $message$ rows of {table}$message$
                    || ' are to be filled, although they just were';
            END IF;
            COMMIT;
            moved := moved OR changed > 0;
            page := page + {pages};
        END LOOP;
        EXIT WHEN NOT moved;  -- a row that others write meanwhile may move to where the loop was
        IF pass = {passes} THEN
            RAISE USING MESSAGE = $message$rows to be filled keep coming into {table}$message$;
        END IF;
    END LOOP;
END
$backfill$"""


def loop(table: str, set_: str, where: str) -> str:
    """Return a block (DO) that changes rows in batches that are transactions of their own.

    It reads the table page by page, as it is stored, until a pass finds nothing to change.

    Args:
        table: The table, as SQL writes it.
        set_: The SET clause of the UPDATE.
        where: Which rows still have to be changed; no more so when they have been.
    """
    return _LOOP.format(table=table, set_=set_, where=where, pages=PAGES, passes=PASSES)


def source() -> list[str]:
    """Return the block as lines of Python: a text in which table, set_ and where are filled in."""
    text = loop("{table}", "{set_}", "{where}")
    return ['f"""', *text.splitlines(), '"""']
