-- One look: does this session still hold the migrator's lock, and whom does the revision wait for?
-- The sessions in the way are read in the same statement, because they may be gone in the next.
SELECT
    EXISTS (
        SELECT FROM pg_catalog.pg_locks AS l
        WHERE l.locktype = 'advisory'
            AND l.granted
            AND l.pid = pg_backend_pid()
            AND (l.classid, l.objid, l.objsubid) = (:space, :number, 2)
    ) AS is_held,
    b.pid, b.application_name, b.usename, b.state, b.backend_start, b.xact_start, b.query
FROM (VALUES (CAST(:pid AS integer))) AS watched (pid)
LEFT JOIN pg_catalog.pg_stat_activity AS b ON b.pid = ANY (pg_blocking_pids(watched.pid))
ORDER BY b.xact_start;
