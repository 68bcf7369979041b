-- A script cannot check anything beforehand. So a table that is not safe raises an error, and
-- nothing of the step is done. Any writer takes this lock anyway, and it keeps the table as it is
-- until the transaction ends.
DO $held$
DECLARE
    target record;
BEGIN
    FOR target IN
        SELECT pg_catalog.quote_ident(n.nspname) AS schema, pg_catalog.quote_ident(c.relname) AS name
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        JOIN pg_catalog.jsonb_array_elements(CAST(CAST(:tables AS text) AS jsonb)) AS wanted (name)
            ON n.nspname = wanted.name ->> 0 AND c.relname = wanted.name ->> 1
    LOOP
        EXECUTE pg_catalog.concat(
            'LOCK TABLE ONLY ', target.schema, '.', target.name, ' IN ROW EXCLUSIVE MODE'
        );
    END LOOP;
    FOR target IN
        @{look}
    LOOP
        IF pg_catalog.cardinality(target.faults) > 0 THEN
            RAISE EXCEPTION '% is not to be trusted: %', target.quoted,
                pg_catalog.array_to_string(target.faults, ', ')
                USING HINT = 'see the command check; no row of it was read or written';
        END IF;
    END LOOP;
END
$held$;
