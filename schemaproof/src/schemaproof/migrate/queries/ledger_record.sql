-- The row is written in the transaction of the revision, so it exists if and only if the revision
-- was committed.
--
-- "Written now" is a catalog row whose writer (xmin) is still in progress: a row of another
-- transaction in progress cannot be seen, so the writer is this transaction or a savepoint of it.
-- pg_xact_status wants a transaction id with its epoch, which this transaction's own id and the
-- ages give. A relation was created now when its row and all of its dependencies were written now:
-- altering a relation rewrites its row and keeps its dependencies. A schema has no dependencies; a
-- revision that grants on a schema it did not create would list it.
INSERT INTO @{ledger} (
    revision, direction, started_at, duration, file_checksum, host, os_user, application_version,
    git_commit, fingerprint_before, fingerprint_after, findings, allowed, reason, objects_created,
    column_numbers
)
WITH this AS (
    SELECT
        pg_current_xact_id()::text::bigint AS id,
        age(pg_current_xact_id()::xid) AS age
),
written_now AS (
    SELECT candidate.xmin
    FROM (
        SELECT xmin FROM pg_catalog.pg_namespace
        UNION
        SELECT xmin FROM pg_catalog.pg_class
        UNION
        SELECT xmin FROM pg_catalog.pg_depend
    ) AS candidate
    CROSS JOIN this
    WHERE CASE
        WHEN age(candidate.xmin) <= this.age THEN
            pg_xact_status((this.id + this.age - age(candidate.xmin))::text::xid8) = 'in progress'
    END
),
created AS (
    SELECT 'schema ' || quote_ident(n.nspname) AS name
    FROM pg_catalog.pg_namespace AS n
    WHERE n.xmin IN (SELECT xmin FROM written_now)
        AND n.nspname NOT LIKE 'pg\_%'
    UNION ALL
    SELECT
        CASE
            WHEN c.relkind IN ('r', 'p', 'f') THEN 'table '
            WHEN c.relkind IN ('v', 'm') THEN 'view '
            WHEN c.relkind = 'S' THEN 'sequence '
            ELSE 'index '
        END || quote_ident(n.nspname) || '.' || quote_ident(c.relname)
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.xmin IN (SELECT xmin FROM written_now)
        AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S', 'i', 'I')
        AND n.nspname NOT LIKE 'pg\_%'
        -- The ledger, its index and its sequence are nobody's revision.
        AND c.oid <> to_regclass(@{ledger_text})
        AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_index AS i
            WHERE i.indexrelid = c.oid AND i.indrelid = to_regclass(@{ledger_text})
        )
        AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend AS d
            WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid
                AND d.refclassid = 'pg_catalog.pg_class'::regclass
                AND d.refobjid = to_regclass(@{ledger_text}) AND d.deptype = 'i'
        )
        AND c.relname NOT LIKE 'alembic\_version%'
        AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend AS d
            WHERE d.classid = 'pg_catalog.pg_class'::regclass
                AND d.objid = c.oid
                AND d.xmin NOT IN (SELECT xmin FROM written_now)
        )
),
-- Name and number of each column, of the tables that were given or recorded before; see
-- column_numbers.sql.
recorded AS (
    SELECT DISTINCT ON (one.schema, one.name) one.schema, one.name, one.numbers
    FROM @{ledger} AS step
    CROSS JOIN LATERAL (
        SELECT tables.key AS schema, numbers.key AS name, numbers.value AS numbers
        FROM jsonb_each(step.column_numbers) AS tables
        CROSS JOIN LATERAL jsonb_each(tables.value) AS numbers
    ) AS one
    ORDER BY one.schema, one.name, step.id DESC
),
numbered AS (
    SELECT n.nspname AS schema, c.relname AS name, jsonb_object_agg(a.attname, a.attnum) AS numbers
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute AS a
        ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p')
        AND (
            (n.nspname, c.relname) IN (
                SELECT given ->> 0, given ->> 1
                FROM jsonb_array_elements(CAST(:tables AS jsonb)) AS given
            )
            OR (n.nspname, c.relname) IN (SELECT r.schema, r.name FROM recorded AS r)
        )
        AND (n.nspname, c.relname) NOT IN (
            SELECT given ->> 0, given ->> 1
            FROM jsonb_array_elements(CAST(:not_tables AS jsonb)) AS given
        )
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = c.oid)
    GROUP BY n.nspname, c.relname
),
changed AS (
    SELECT n.schema, jsonb_object_agg(n.name, n.numbers) AS tables
    FROM numbered AS n
    LEFT JOIN recorded AS r ON r.schema = n.schema AND r.name = n.name
    WHERE r.numbers IS DISTINCT FROM n.numbers
    GROUP BY n.schema
)
SELECT
    :revision,
    :direction,
    clock_timestamp() - took.duration,
    took.duration,
    :file_checksum,
    :host,
    :os_user,
    :application_version,
    :git_commit,
    :fingerprint_before,
    :fingerprint_after,
    CAST(:findings AS jsonb),
    string_to_array(:allowed, ','),
    :reason,
    ARRAY(SELECT name FROM created ORDER BY name),
    (SELECT jsonb_object_agg(c.schema, c.tables) FROM changed AS c)
-- A script knows no better than the server's clock, which may have been set back meanwhile.
FROM (
    SELECT coalesce(
        make_interval(secs => :seconds),
        greatest(clock_timestamp() - transaction_timestamp(), interval '0')
    )
) AS took (duration);
