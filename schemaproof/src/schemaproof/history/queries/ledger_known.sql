-- The rows are sorted by id and not by time, because a clock can jump. The row of an adoption is
-- left out, because its findings are about the head, and not about the revision of the database.
SELECT findings
FROM @{ledger}
WHERE outcome = 'done' AND direction <> 'adopt' AND findings IS NOT NULL
ORDER BY id DESC
LIMIT 1;
