-- Whether a step of the ledger accounts for the command: it ran within the step, in a session of the step's
-- role that held the migrators' lock, which one session alone can hold. When a step began is reckoned from
-- how long it took, by another clock than the server's: hence the second.
c.migrators_lock AND EXISTS (
    SELECT FROM @{ledger} AS step
    WHERE step.role = c.session_role
        AND c.recorded_at >= step.started_at - interval '1 second'
        AND c.recorded_at <= step.applied_at + interval '1 second'
)
