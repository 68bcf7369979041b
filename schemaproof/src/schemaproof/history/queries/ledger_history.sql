SELECT
    id, revision, direction, outcome, error, coalesce(started_at, applied_at - duration) AS started_at,
    duration, role, host, os_user, application_version, git_commit, file_checksum,
    fingerprint_before, fingerprint_after, findings, allowed, reason, objects_created,
    -- A ledger of an older form has no such column.
    to_jsonb(step) ->> 'sqlstate' AS sqlstate
FROM @{ledger} AS step
WHERE CAST(:revision AS text) IS NULL OR revision LIKE :revision || '%'
ORDER BY id;
