-- Sessions that hold one of the runner's advisory locks in this database. Without pg_read_all_stats
-- the start of other roles' sessions and their queries are not shown.
SELECT l.pid, a.application_name, a.usename, a.state, a.backend_start, a.xact_start, a.query
FROM pg_catalog.pg_locks AS l
LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
WHERE l.locktype = 'advisory'
    AND l.granted
    AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
    AND (l.classid, l.objid, l.objsubid) = (:space, :number, 2)
    AND l.pid <> pg_backend_pid()
ORDER BY l.pid;
