-- The comment on a shared schema is somebody else's.
SELECT
    n.oid,
    n.nspname AS name,
    CASE
        WHEN n.nspname = ANY (CAST(:managed AS text[])) THEN obj_description(n.oid, 'pg_namespace')
    END AS comment
FROM pg_catalog.pg_namespace AS n
WHERE n.nspname = ANY (CAST(:managed AS text[]))
    OR n.nspname = ANY (CAST(:shared AS text[]))
ORDER BY n.nspname;
