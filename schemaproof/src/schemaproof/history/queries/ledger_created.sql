-- What upgrades created here, by the last word on each revision: what a downgrade has dropped may have
-- been made again by somebody else. An older ledger has no column for the outcome.
SELECT DISTINCT unnest(objects_created) AS name
FROM (
    SELECT DISTINCT ON (revision) direction, objects_created
    FROM @{ledger} AS step
    WHERE direction IN ('upgrade', 'downgrade')
        AND coalesce(to_jsonb(step) ->> 'outcome', 'done') = 'done'
    ORDER BY revision, id DESC
) AS last
WHERE direction = 'upgrade'
