-- The last row of each revision that was not undone. An older ledger may not contain the checksum,
-- and has no column for the outcome, because it did not record failed attempts.
SELECT revision, file_checksum
FROM (
    SELECT DISTINCT ON (revision) revision, direction, file_checksum
    FROM @{ledger} AS step
    WHERE direction <> 'adopt' AND coalesce(to_jsonb(step) ->> 'outcome', 'done') = 'done'
    ORDER BY revision, id DESC
) AS last
WHERE direction <> 'downgrade' AND file_checksum IS NOT NULL;
