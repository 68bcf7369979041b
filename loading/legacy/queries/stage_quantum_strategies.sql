-- Every row of quantum.team_strategies in the form of quantum.quantum_strategies, or the reason why
-- it cannot be copied. The team is found by the profile that the row names, or by its exact name.
CREATE TEMPORARY TABLE monps_import_quantum_strategies AS
WITH source AS (
    SELECT
        s.id AS source_id,
        to_jsonb(s) AS facts
    FROM quantum.team_strategies AS s
),
worked_out AS (
    SELECT
        source_id,
        facts,
        facts ->> 'team_name' AS team_name,
        (facts ->> 'team_profile_id')::integer AS profile_id,
        profile.team_name AS profile_name,
        team.team_id,
        facts ->> 'strategy_name' AS strategy_name,
        (facts ->> 'win_rate')::double precision AS win_rate,
        (facts ->> 'roi')::double precision AS roi,
        (facts ->> 'profit')::double precision AS total_pnl,
        coalesce((facts ->> 'bets')::integer, 0) AS sample_size,
        (facts ->> 'strategy_rank')::integer AS priority,
        coalesce((facts ->> 'created_at')::timestamptz, now()) AS created_at,
        coalesce((facts ->> 'updated_at')::timestamptz, now()) AS updated_at
    FROM source
    LEFT JOIN quantum.team_profiles AS profile
        ON profile.id = (facts ->> 'team_profile_id')::integer
    LEFT JOIN quantum.team_quantum_dna AS team
        ON team.team_name = coalesce(profile.team_name, facts ->> 'team_name')
),
judged AS (
    SELECT
        *,
        CASE
            WHEN profile_id IS NOT NULL AND profile_name IS NULL
                THEN format('team_profile_id %s is no row of team_profiles', profile_id)
            WHEN profile_name <> team_name
                THEN format('team_profile_id %s is %s, team_name says %s',
                    profile_id, profile_name, team_name)
            WHEN team_id IS NULL THEN format('no team is called %s', team_name)
            WHEN strategy_name IS NULL THEN 'strategy_name is null'
            WHEN length(strategy_name) > 100 THEN 'strategy_name is longer than 100 characters'
            WHEN sample_size < 0 THEN 'bets is negative'
        END AS fault
    FROM worked_out
),
first AS (
    SELECT
        *,
        first_value(source_id) OVER (
            PARTITION BY team_id, strategy_name, fault IS NULL ORDER BY source_id
        ) AS first_id
    FROM judged
),
reasoned AS (
    SELECT
        *,
        coalesce(
            fault,
            CASE
                WHEN first_id <> source_id
                    THEN format('row %s has the same strategy of the same team', first_id)
            END
        ) AS reason
    FROM first
)
SELECT
    source_id,
    team_id,
    strategy_name,
    win_rate,
    roi,
    total_pnl,
    sample_size,
    priority,
    CAST(:season AS text) AS season,
    facts - ARRAY['team_name', 'strategy_name', 'win_rate', 'roi', 'profit', 'strategy_rank']
        - CASE WHEN facts ->> 'bets' IS NULL THEN ARRAY[]::text[] ELSE ARRAY['bets'] END
        AS legacy_facts,
    created_at,
    updated_at,
    array_remove(
        ARRAY[
            CASE WHEN profile_id IS NULL THEN 'team_profile_id' END,
            CASE WHEN facts ->> 'bets' IS NULL THEN 'bets' END
        ],
        NULL
    ) AS converted,
    reason,
    CASE WHEN reason IS NOT NULL THEN 'refused' END AS state
FROM reasoned
