-- The comment, the owner and the privileges of a shared schema do not belong to the project.
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
