-- By id and not by time: a clock can jump. What was adopted is compared with the head, and says
-- nothing of the revision that the database is at.
SELECT findings
FROM @{ledger}
WHERE outcome = 'done' AND direction <> 'adopt' AND findings IS NOT NULL
ORDER BY id DESC
LIMIT 1;
