"""A backfill in SQL alone: a loop of batches, for plain Alembic and for scripts."""

from __future__ import annotations

PAGES = 100
PASSES = 10

_LOOP = """\
DO $backfill$
DECLARE
    -- Columns have other names than these
    backfill_size bigint;
    backfill_page bigint;
    backfill_changed bigint;
    backfill_tables oid[];
    backfill_rows tid[];
    backfill_moved boolean;
BEGIN
    FOR backfill_pass IN 1..{passes} LOOP
        backfill_page := 0;
        backfill_moved := false;
        LOOP
            -- If a row policy hid rows, they would stay as they are
            SET LOCAL row_security TO off;
            WITH RECURSIVE parts (part) AS (
                SELECT CAST(CAST($name${table}$name$ AS regclass) AS oid)
                UNION SELECT inhrelid FROM pg_inherits JOIN parts ON inhparent = part
            )
            SELECT max(pg_relation_size(part)) / CAST(current_setting('block_size') AS bigint)
            INTO backfill_size FROM parts;
            EXIT WHEN backfill_page >= backfill_size;
            WITH batch (again, part, place) AS (
                UPDATE {table} SET {set_}
                WHERE ctid >= CAST('(' || backfill_page || ',0)' AS tid)
                    AND ctid < CAST('(' || backfill_page + {pages} || ',0)' AS tid)
                    AND (
                        {where}
                    )
                RETURNING (
                    {where}
                ), tableoid, ctid
            )
            SELECT count(*), array_agg(part) FILTER (WHERE again),
                array_agg(place) FILTER (WHERE again)
            INTO backfill_changed, backfill_tables, backfill_rows FROM batch;
            -- Of a condition on other rows only another statement sees what this one has done
            IF backfill_rows IS NOT NULL AND EXISTS (
                SELECT FROM {table}
                WHERE ctid = ANY (backfill_rows) AND (tableoid, ctid) IN (
                    SELECT * FROM unnest(backfill_tables, backfill_rows)
                ) AND (
                    {where}
                )
            ) THEN
                RAISE USING MESSAGE = $message$rows of {table}$message$
                    || ' are to be filled, although they just were: write the value in place'
                    || ' of NULL, or a condition that no filled row meets';
            END IF;
            COMMIT;
            backfill_moved := backfill_moved OR backfill_changed > 0;
            backfill_page := backfill_page + {pages};
        END LOOP;
        -- A row that others write meanwhile may move to where the loop was
        EXIT WHEN NOT backfill_moved;
        IF backfill_pass = {passes} THEN
            RAISE USING MESSAGE = $message$rows to be filled keep coming into {table}$message$
                || ': first have the application fill the column when it writes rows';
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
        where: The condition for the rows to change, as SQL; a changed row does not meet it.
    """
    return _LOOP.format(table=table, set_=set_, where=where, pages=PAGES, passes=PASSES)


def source() -> list[str]:
    """Return the block as lines of Python, with placeholders for table, ``set_`` and ``where``."""
    text = loop("{table}", "{set_}", "{where}")
    return ['f"""', *text.splitlines(), '"""']
