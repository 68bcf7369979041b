-- Every row of quantum.matchup_friction in the form of quantum.quantum_friction_matrix, or the
-- reason why it cannot be copied. Team a becomes the home team, and each pair is copied once,
-- because pairs have no order. A probability above 1 is a percentage.
CREATE TEMPORARY TABLE monps_import_quantum_friction_matrix AS
WITH source AS (
    SELECT
        m.id AS source_id,
        to_jsonb(m) AS facts
    FROM quantum.matchup_friction AS m
),
resolved AS (
    SELECT
        source_id,
        facts,
        facts ->> 'team_a_name' AS a_name,
        facts ->> 'team_b_name' AS b_name,
        (facts ->> 'team_a_id')::integer AS a_id,
        (facts ->> 'team_b_id')::integer AS b_id,
        profile_a.team_name AS a_profile,
        profile_b.team_name AS b_profile,
        home.team_id AS team_home_id,
        away.team_id AS team_away_id
    FROM source
    LEFT JOIN quantum.team_profiles AS profile_a ON profile_a.id = (facts ->> 'team_a_id')::integer
    LEFT JOIN quantum.team_profiles AS profile_b ON profile_b.id = (facts ->> 'team_b_id')::integer
    LEFT JOIN quantum.team_quantum_dna AS home
        ON home.team_name = coalesce(profile_a.team_name, facts ->> 'team_a_name')
    LEFT JOIN quantum.team_quantum_dna AS away
        ON away.team_name = coalesce(profile_b.team_name, facts ->> 'team_b_name')
),
worked_out AS (
    SELECT
        *,
        (facts ->> 'friction_score')::double precision AS friction_score,
        coalesce(
            (facts ->> 'style_clash_score')::double precision,
            CASE
                WHEN jsonb_typeof(facts #> '{friction_vector,style_clash}') = 'number'
                    THEN (facts #>> '{friction_vector,style_clash}')::double precision
            END
        ) AS style_clash,
        (facts ->> 'tempo_clash_score')::double precision AS tempo_friction,
        (facts ->> 'chaos_potential')::double precision AS chaos_potential,
        (facts ->> 'predicted_goals')::double precision AS predicted_total_goals,
        (facts ->> 'predicted_btts_prob')::double precision AS btts,
        (facts ->> 'predicted_over25_prob')::double precision AS over25,
        coalesce((facts ->> 'sample_size')::integer, 0) AS matches_analyzed,
        coalesce((facts ->> 'created_at')::timestamptz, now()) AS created_at,
        coalesce((facts ->> 'updated_at')::timestamptz, now()) AS updated_at
    FROM resolved
),
judged AS (
    SELECT
        *,
        CASE
            WHEN a_id IS NOT NULL AND a_profile IS NULL
                THEN format('team_a_id %s is no row of team_profiles', a_id)
            WHEN b_id IS NOT NULL AND b_profile IS NULL
                THEN format('team_b_id %s is no row of team_profiles', b_id)
            WHEN a_profile <> a_name
                THEN format('team_a_id %s is %s, team_a_name says %s', a_id, a_profile, a_name)
            WHEN b_profile <> b_name
                THEN format('team_b_id %s is %s, team_b_name says %s', b_id, b_profile, b_name)
            WHEN team_home_id IS NULL THEN format('no team is called %s', a_name)
            WHEN team_away_id IS NULL THEN format('no team is called %s', b_name)
            WHEN team_home_id = team_away_id THEN 'both teams are the same'
            WHEN friction_score IS NULL THEN 'friction_score is null'
            WHEN friction_score NOT BETWEEN 0 AND 100 THEN 'friction_score is not from 0 to 100'
            WHEN style_clash NOT BETWEEN 0 AND 100 THEN 'the style clash is not from 0 to 100'
            WHEN tempo_friction NOT BETWEEN 0 AND 100
                THEN 'tempo_clash_score is not from 0 to 100'
            WHEN chaos_potential NOT BETWEEN 0 AND 100
                THEN 'chaos_potential is not from 0 to 100'
            WHEN btts NOT BETWEEN 0 AND 100
                THEN 'predicted_btts_prob is neither ratio nor percentage'
            WHEN over25 NOT BETWEEN 0 AND 100
                THEN 'predicted_over25_prob is neither ratio nor percentage'
            WHEN predicted_total_goals < 0 OR predicted_total_goals >= 'Infinity'
                THEN 'predicted_goals is no number of goals'
            WHEN matches_analyzed < 0 THEN 'sample_size is negative'
        END AS fault
    FROM worked_out
),
first AS (
    SELECT
        *,
        first_value(source_id) OVER (
            PARTITION BY
                least(team_home_id, team_away_id),
                greatest(team_home_id, team_away_id),
                fault IS NULL
            ORDER BY source_id
        ) AS first_id
    FROM judged
),
reasoned AS (
    SELECT
        *,
        coalesce(
            fault,
            CASE WHEN first_id <> source_id THEN format('row %s is the same pair', first_id) END
        ) AS reason
    FROM first
)
SELECT
    source_id,
    team_home_id,
    team_away_id,
    friction_score,
    style_clash,
    tempo_friction,
    chaos_potential,
    CASE WHEN btts > 1 THEN btts / 100 ELSE btts END AS predicted_btts_prob,
    CASE WHEN over25 > 1 THEN over25 / 100 ELSE over25 END AS predicted_over25_prob,
    predicted_total_goals,
    matches_analyzed,
    CAST(:season AS text) AS season,
    facts
        - ARRAY[
            'team_a_name', 'team_b_name', 'friction_score', 'style_clash_score',
            'tempo_clash_score', 'chaos_potential', 'predicted_goals'
        ]
        - CASE WHEN btts > 1 THEN ARRAY[]::text[] ELSE ARRAY['predicted_btts_prob'] END
        - CASE WHEN over25 > 1 THEN ARRAY[]::text[] ELSE ARRAY['predicted_over25_prob'] END
        - CASE
            WHEN facts ->> 'sample_size' IS NULL THEN ARRAY[]::text[] ELSE ARRAY['sample_size']
        END AS legacy_facts,
    created_at,
    updated_at,
    array_remove(
        ARRAY[
            CASE WHEN a_id IS NULL THEN 'team_a_id' END,
            CASE WHEN b_id IS NULL THEN 'team_b_id' END,
            CASE WHEN btts > 1 THEN 'predicted_btts_prob' END,
            CASE WHEN over25 > 1 THEN 'predicted_over25_prob' END,
            CASE
                WHEN facts ->> 'style_clash_score' IS NULL AND style_clash IS NOT NULL
                    THEN 'friction_vector'
            END,
            CASE WHEN facts ->> 'sample_size' IS NULL THEN 'sample_size' END
        ],
        NULL
    ) AS converted,
    reason,
    CASE WHEN reason IS NOT NULL THEN 'refused' END AS state
FROM reasoned
