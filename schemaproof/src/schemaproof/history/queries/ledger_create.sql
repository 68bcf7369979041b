-- Makes the ledger, or brings an older one forward. It is only ever added to: nobody but its owner may
-- write it, and not even the owner may change what is written.
--
-- One that is there is touched only where this transaction has locked it: then it was looked at. One that
-- somebody has made since the look is not ours.
DO $$
DECLARE
    ledger constant regclass := to_regclass(@{ledger_text});
    grantee record;
BEGIN
    IF ledger IS NULL THEN
        CREATE TABLE @{ledger} (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            revision text NOT NULL,
            direction text NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            duration interval NOT NULL,
            role text NOT NULL DEFAULT session_user,
            file_checksum text,
            objects_created text[] NOT NULL DEFAULT '{}'
        );
    ELSIF NOT EXISTS (
        SELECT FROM pg_catalog.pg_locks
        WHERE locktype = 'relation' AND relation = ledger AND mode = 'RowExclusiveLock'
            AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
            AND pid = pg_backend_pid() AND granted
    ) THEN
        RAISE EXCEPTION '% was made by somebody else meanwhile', @{ledger_text}
            USING ERRCODE = 'duplicate_table', HINT = 'see the command check; no row of it was read or written';
    ELSIF EXISTS (
        SELECT FROM pg_catalog.pg_attribute
        WHERE attrelid = ledger AND attname = 'sqlstate' AND NOT attisdropped
    ) THEN
        RETURN;
    ELSIF EXISTS (
        SELECT FROM pg_catalog.pg_attribute
        WHERE attrelid = ledger AND attname = 'column_numbers' AND NOT attisdropped
    ) THEN
        ALTER TABLE @{ledger} ADD COLUMN sqlstate text;
        RETURN;
    ELSIF EXISTS (
        SELECT FROM pg_catalog.pg_attribute
        WHERE attrelid = ledger AND attname = 'outcome' AND NOT attisdropped
    ) THEN
        ALTER TABLE @{ledger}
            ADD COLUMN column_numbers jsonb,
            ADD COLUMN sqlstate text;
        RETURN;
    END IF;
    ALTER TABLE @{ledger}
        ADD COLUMN outcome text NOT NULL DEFAULT 'done',
        ADD COLUMN error text,
        ADD COLUMN started_at timestamptz,
        ADD COLUMN host text,
        ADD COLUMN os_user text,
        ADD COLUMN application_version text,
        ADD COLUMN git_commit text,
        ADD COLUMN fingerprint_before text,
        ADD COLUMN fingerprint_after text,
        ADD COLUMN findings jsonb,
        ADD COLUMN allowed text[] NOT NULL DEFAULT '{}',
        ADD COLUMN reason text,
        ADD COLUMN column_numbers jsonb,
        ADD COLUMN sqlstate text,
        DROP CONSTRAINT IF EXISTS @{check_direction},
        ADD CONSTRAINT @{check_direction}
            CHECK (direction IN ('upgrade', 'downgrade', 'stamp', 'adopt')),
        ADD CONSTRAINT @{check_outcome}
            CHECK (outcome IN ('done', 'failed'));
    COMMENT ON TABLE @{ledger}
        IS @{comment};
    -- Also what default privileges have granted.
    FOR grantee IN
        SELECT DISTINCT
            CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END AS name,
            a.grantee = c.relowner AS is_owner
        FROM pg_catalog.pg_class AS c
        CROSS JOIN aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) AS a
        WHERE c.oid = to_regclass(@{ledger_text})
    LOOP
        EXECUTE format(
            'REVOKE %s ON %s FROM %s',
            CASE
                WHEN grantee.is_owner THEN 'UPDATE, DELETE, TRUNCATE'
                ELSE 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER'
            END,
            to_regclass(@{ledger_text}),
            grantee.name
        );
    END LOOP;
END
$$;
