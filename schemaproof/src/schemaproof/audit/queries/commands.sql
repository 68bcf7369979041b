-- Recorded commands, the newest first.
SELECT
    c.id, c.recorded_at, c.tag, c.event, c.session_role, c.set_role, host(c.client_address) AS client_address,
    c.application_name, left(c.statement, CAST(:longest AS integer)) AS statement, c.kept, c.objects, c.names,
    c.transaction_id::text AS transaction_id, c.migrators_lock,
    @{by_migrator} AS by_migrator
FROM (
    SELECT asked.id FROM unnest(CAST(:ids AS bigint[])) AS asked (id)
    UNION
    SELECT named.id
    FROM unnest(CAST(:names AS text[])) AS wanted (name)
    CROSS JOIN LATERAL (
        SELECT hit.id
        -- Apart, so that the index on names is used.
        FROM (SELECT id FROM schemaproof_audit.command WHERE names && ARRAY[wanted.name] OFFSET 0) AS hit
        ORDER BY hit.id DESC
        LIMIT CAST(:each AS integer)
    ) AS named
    UNION
    SELECT newest.id
    FROM (SELECT id FROM schemaproof_audit.command ORDER BY id DESC LIMIT CAST(:newest AS integer)) AS newest
) AS chosen
JOIN schemaproof_audit.command AS c ON c.id = chosen.id
ORDER BY c.id DESC
