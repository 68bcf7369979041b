-- The comment on a shared schema is somebody else's, and so are its owner and its privileges.
SELECT
    n.oid,
    n.nspname AS name,
    n.nspname = ANY (CAST(:managed AS text[])) AS managed,
    CASE
        WHEN n.nspname = ANY (CAST(:managed AS text[])) THEN obj_description(n.oid, 'pg_namespace')
    END AS comment
FROM pg_catalog.pg_namespace AS n
WHERE n.nspname = ANY (CAST(:managed AS text[]))
    OR n.nspname = ANY (CAST(:shared AS text[]))
ORDER BY n.nspname;
