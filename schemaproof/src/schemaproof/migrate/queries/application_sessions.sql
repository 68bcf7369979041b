-- Other sessions of this database with their application_name, which every role may read.
SELECT CAST(a.application_name AS text) AS application_name, pg_catalog.count(*) AS sessions
FROM pg_catalog.pg_stat_activity AS a
WHERE a.datname = pg_catalog.current_database()
    AND a.pid <> pg_catalog.pg_backend_pid()
    AND a.backend_type = CAST('client backend' AS text)
GROUP BY a.application_name
ORDER BY a.application_name
