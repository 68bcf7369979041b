-- In a script nothing can be asked beforehand: raising takes the whole revision back.
DO $$
DECLARE
    last text;
BEGIN
    IF to_regclass(@{ledger_text}) IS NOT NULL THEN
        SELECT direction INTO last
        FROM @{ledger}
        WHERE revision = :revision
            AND direction IN ('upgrade', 'downgrade')
            AND outcome = 'done'
        ORDER BY id DESC
        LIMIT 1;
    END IF;
    IF last IS DISTINCT FROM 'upgrade' THEN
        RAISE EXCEPTION 'revision % was not applied here by an upgrade: nothing was changed',
            :revision
            USING HINT = 'change the version table only: alembic stamp REVISION';
    END IF;
END
$$;
