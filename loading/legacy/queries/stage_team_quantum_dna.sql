-- Every row of quantum.team_profiles in the form of quantum.team_quantum_dna, or the reason why it
-- cannot be copied. The rows are read as JSON, so a missing column is null, and an unexpected one
-- goes to legacy_facts. Timestamps without a zone are read in the TimeZone of the session.
CREATE TEMPORARY TABLE monps_import_team_quantum_dna AS
WITH source AS (
    SELECT
        p.id AS source_id,
        to_jsonb(p) AS facts,
        coalesce(nullif(to_jsonb(p) -> 'quantum_dna', 'null'), '{}') AS dna
    FROM quantum.team_profiles AS p
),
vectors AS (
    SELECT source_id, facts, dna, jsonb_typeof(dna) = 'object' AS has_vectors
    FROM source
),
worked_out AS (
    SELECT
        source_id,
        facts ->> 'team_name' AS team_name,
        coalesce(
            facts ->> 'league',
            CAST(:leagues AS jsonb) ->> (facts ->> 'team_name'),
            :unknown_league
        ) AS league,
        facts ->> 'tier' AS tier,
        CAST(:best AS jsonb) ->> (facts ->> 'team_name') AS best_strategy,
        nullif(dna -> 'market_dna', 'null') AS market_dna,
        nullif(dna -> 'context_dna', 'null') AS context_dna,
        nullif(dna -> 'risk_dna', 'null') AS risk_dna,
        nullif(dna -> 'temporal_dna', 'null') AS temporal_dna,
        nullif(dna -> 'nemesis_dna', 'null') AS nemesis_dna,
        nullif(dna -> 'psyche_dna', 'null') AS psyche_dna,
        nullif(dna -> 'roster_dna', 'null') AS roster_dna,
        nullif(dna -> 'physical_dna', 'null') AS physical_dna,
        nullif(dna -> 'luck_dna', 'null') AS luck_dna,
        coalesce((facts ->> 'total_bets')::integer = 0, false) AS no_bets,
        (facts ->> 'total_pnl')::double precision AS pnl,
        (facts ->> 'win_rate')::double precision AS rate,
        has_vectors,
        dna,
        facts,
        coalesce((facts ->> 'created_at')::timestamptz, now()) AS created_at,
        coalesce((facts ->> 'updated_at')::timestamptz, now()) AS updated_at
    FROM vectors
),
judged AS (
    SELECT
        *,
        CASE
            WHEN team_name IS NULL THEN 'team_name is null'
            WHEN length(team_name) > 100 THEN 'team_name is longer than 100 characters'
            WHEN length(league) > 50 THEN 'the league is longer than 50 characters'
            WHEN length(tier) > 20 THEN 'tier is longer than 20 characters'
            WHEN length(best_strategy) > 50 THEN 'the best strategy is longer than 50 characters'
            WHEN NOT has_vectors THEN 'quantum_dna is no JSON object'
            WHEN EXISTS (
                SELECT FROM jsonb_each(CASE WHEN has_vectors THEN dna ELSE '{}' END) AS vector
                WHERE vector.key = ANY (CAST(:vectors AS text[]))
                    AND jsonb_typeof(vector.value) NOT IN ('object', 'null')
            ) THEN 'a vector of quantum_dna is no JSON object'
        END AS fault
    FROM worked_out
),
first AS (
    SELECT
        *,
        first_value(source_id) OVER (
            PARTITION BY team_name, fault IS NULL ORDER BY source_id
        ) AS first_id
    FROM judged
),
reasoned AS (
    SELECT
        *,
        coalesce(
            fault,
            CASE WHEN first_id <> source_id THEN format('row %s has the same team', first_id) END
        ) AS reason
    FROM first
)
SELECT
    source_id,
    team_name,
    league,
    tier,
    best_strategy,
    market_dna,
    context_dna,
    risk_dna,
    temporal_dna,
    nemesis_dna,
    psyche_dna,
    roster_dna,
    physical_dna,
    luck_dna,
    CASE WHEN NOT no_bets THEN pnl END AS total_pnl,
    CASE WHEN NOT no_bets THEN rate END AS win_rate,
    facts
        - ARRAY['team_name', 'tier', 'quantum_dna']
        - CASE WHEN no_bets THEN ARRAY[]::text[] ELSE ARRAY['total_pnl', 'win_rate'] END
        || CASE
            WHEN facts ? 'quantum_dna' THEN jsonb_build_object(
                'quantum_dna',
                CASE WHEN has_vectors THEN dna - CAST(:vectors AS text[]) ELSE dna END
            )
            ELSE '{}'
        END AS legacy_facts,
    created_at,
    updated_at,
    array_remove(
        ARRAY[
            CASE WHEN no_bets AND pnl IS NOT NULL THEN 'total_pnl' END,
            CASE WHEN no_bets AND rate IS NOT NULL THEN 'win_rate' END
        ],
        NULL
    ) AS converted,
    reason,
    CASE WHEN reason IS NOT NULL THEN 'refused' END AS state
FROM reasoned
