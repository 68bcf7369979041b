SELECT direction
FROM @{ledger}
WHERE revision = :revision AND direction IN ('upgrade', 'downgrade') AND outcome = 'done'
ORDER BY id DESC
LIMIT 1;
