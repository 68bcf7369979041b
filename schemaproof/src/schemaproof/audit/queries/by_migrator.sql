-- Whether a step of the ledger accounts for the command. The command has to run within the step, in
-- a session that has the role of the step and holds the migrators' lock, which only one session can
-- hold. The start of a step is computed from its duration, by another clock than the server's, so
-- one second of difference is allowed.
c.migrators_lock AND EXISTS (
    SELECT FROM @{ledger} AS step
    WHERE step.role = c.session_role
        AND c.recorded_at >= step.started_at - interval '1 second'
        AND c.recorded_at <= step.applied_at + interval '1 second'
)
