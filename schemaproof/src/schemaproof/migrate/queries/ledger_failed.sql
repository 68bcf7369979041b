-- A failed attempt changes nothing, so the objects that exist because of the revision are the same
-- as before. A downgrade reads them from the last row.
INSERT INTO @{ledger} (
    revision, direction, outcome, error, started_at, duration, file_checksum, host, os_user,
    application_version, git_commit, fingerprint_before, findings, allowed, reason, sqlstate, objects_created
)
SELECT
    :revision,
    :direction,
    'failed',
    :error,
    clock_timestamp() - make_interval(secs => :seconds),
    make_interval(secs => :seconds),
    :file_checksum,
    :host,
    :os_user,
    :application_version,
    :git_commit,
    :fingerprint_before,
    CAST(:findings AS jsonb),
    string_to_array(:allowed, ','),
    :reason,
    :sqlstate,
    coalesce(
        (
            SELECT before.objects_created
            FROM @{ledger} AS before
            WHERE before.revision = :revision AND before.direction IN ('upgrade', 'downgrade')
            ORDER BY before.id DESC
            LIMIT 1
        ),
        '{}'
    );
