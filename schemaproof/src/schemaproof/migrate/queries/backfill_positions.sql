-- Creates the table of the positions of backfills. It contains keys of rows, so no other role may
-- read or write it, whatever the default privileges are.
DO $$
DECLARE
    grantee text;
BEGIN
    CREATE TABLE @{backfills} (
        backfill text PRIMARY KEY,
        position jsonb NOT NULL,
        passed bigint NOT NULL,
        changed bigint NOT NULL,
        written_at timestamptz NOT NULL DEFAULT clock_timestamp()
    );
    FOR grantee IN
        SELECT DISTINCT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END
        FROM pg_catalog.pg_class AS c
        CROSS JOIN aclexplode(c.relacl) AS a
        WHERE c.oid = to_regclass(@{backfills_text}) AND a.grantee <> c.relowner
    LOOP
        EXECUTE format('REVOKE ALL ON %s FROM %s', to_regclass(@{backfills_text}), grantee);
    END LOOP;
END
$$;
