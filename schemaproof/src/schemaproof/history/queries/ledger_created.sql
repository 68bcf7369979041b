-- The objects that upgrades created here, according to the last row of each revision, because
-- another role may have created an object again after a downgrade dropped it. An older ledger has no
-- column for the outcome.
SELECT DISTINCT unnest(objects_created) AS name
FROM (
    SELECT DISTINCT ON (revision) direction, objects_created
    FROM @{ledger} AS step
    WHERE direction IN ('upgrade', 'downgrade')
        AND coalesce(to_jsonb(step) ->> 'outcome', 'done') = 'done'
    ORDER BY revision, id DESC
) AS last
WHERE direction = 'upgrade'
