-- By id and not by time: a clock can jump.
SELECT findings
FROM public.monps_migration_ledger
WHERE outcome = 'done' AND findings IS NOT NULL
ORDER BY id DESC
LIMIT 1;
