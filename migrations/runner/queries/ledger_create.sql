CREATE TABLE IF NOT EXISTS public.monps_migration_ledger (
    id bigint GENERATED ALWAYS AS IDENTITY,
    revision text NOT NULL,
    direction text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    duration interval NOT NULL,
    role text NOT NULL DEFAULT session_user,
    file_checksum text,
    objects_created text[] NOT NULL DEFAULT '{}',
    CONSTRAINT pk_monps_migration_ledger PRIMARY KEY (id),
    CONSTRAINT ck_monps_migration_ledger_direction
        CHECK (direction IN ('upgrade', 'downgrade', 'stamp'))
);
