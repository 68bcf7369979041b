"""Copy privileges to another table or other columns when a revision runs.

Each environment decides about privileges, so no revision contains them.
"""

from __future__ import annotations

_TABLE = """\
DO $$
DECLARE
    one record;
BEGIN
    -- Whoever may use the one or columns of it; the other has the columns in the same order
    FOR one IN
        WITH columns AS (
            SELECT attrelid, attname, attacl,
                row_number() OVER (PARTITION BY attrelid ORDER BY attnum) AS place
            FROM pg_attribute
            WHERE attrelid IN ('{source}'::regclass, '{target}'::regclass)
                AND attnum > 0 AND NOT attisdropped
        ), privileges AS (
            SELECT a.*, '' AS which FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a
            WHERE c.oid = '{source}'::regclass AND a.grantee <> c.relowner
            UNION ALL
            SELECT a.*, format(' (%I)', t.attname)
            FROM columns c CROSS JOIN LATERAL aclexplode(c.attacl) a
            JOIN columns t ON t.place = c.place AND t.attrelid = '{target}'::regclass
            WHERE c.attrelid = '{source}'::regclass
        )
        SELECT privilege_type || which AS what, is_grantable AS more,
            CASE grantee WHEN 0 THEN 'PUBLIC' ELSE CAST(grantee AS regrole)::text END AS who
        FROM privileges
    LOOP
        EXECUTE 'GRANT ' || one.what || ' ON {target} TO ' || one.who
            || CASE WHEN one.more THEN ' WITH GRANT OPTION' ELSE '' END;
    END LOOP;
END
$$"""
_COLUMNS = """\
DO $$
DECLARE
    one record;
BEGIN
    -- Whoever may use the one column may use the other
    FOR one IN
        SELECT a.privilege_type AS what, t.copy, a.is_grantable AS more,
            CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE CAST(a.grantee AS regrole)::text END AS who
        FROM (VALUES {columns}) AS t (name, copy)
        JOIN pg_attribute c ON c.attrelid = '{table}'::regclass AND c.attname = t.name
        CROSS JOIN LATERAL aclexplode(c.attacl) a
    LOOP
        EXECUTE format('GRANT %s (%I)', one.what, one.copy) || ' ON {table} TO ' || one.who
            || CASE WHEN one.more THEN ' WITH GRANT OPTION' ELSE '' END;
    END LOOP;
END
$$"""


def copied(source: str, target: str) -> str:
    """Return the statement that copies the privileges on a table to another one.

    Args:
        source: The table as SQL writes it.
        target: The other table as SQL writes it.
    """
    return _TABLE.format(source=_doubled(source), target=_doubled(target))


def copied_of_columns(table: str, columns: list[tuple[str, str]]) -> str:
    """Return the statement that copies the privileges on columns to other columns of the table.

    Args:
        table: The table as SQL writes it.
        columns: Pairs of columns: the one with the privileges, and the one that gets them.
    """
    pairs = ", ".join("('{}', '{}')".format(*map(_doubled, pair)) for pair in columns)
    return _COLUMNS.format(table=_doubled(table), columns=pairs)


def _doubled(name: str) -> str:
    return name.replace("'", "''")
