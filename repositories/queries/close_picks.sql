-- One statement: open picks, what each of them asks for, the closing price that it gets, the update.
-- docs/odds.md states the rule.
-- Names of bookmakers are compared without case, spaces and punctuation.
WITH
-- Market and selection as words: "Over 2.5" and "over_2.5" are the same.
worded AS (
    SELECT
        id,
        match_id,
        home_team,
        away_team,
        match_date,
        lower(translate(bookmaker, ' ._-&/''', '')) AS bookmaker,
        regexp_replace(lower(btrim(market)), '[ _]+', '_', 'g') AS market,
        regexp_replace(lower(btrim(selection)), '[ _]+', '_', 'g') AS selection,
        odds_at_close IS NOT NULL AS is_kept
    FROM tracking_clv_picks
    WHERE odds_at_close IS NULL OR clv_percentage IS NULL
),

parsed AS (
    SELECT
        *,
        CASE
            WHEN selection IN ('home', '1') THEN 'home'
            WHEN selection IN ('draw', 'x') THEN 'draw'
            WHEN selection IN ('away', '2') THEN 'away'
        END AS result,
        regexp_match(selection, '^(over|under)_?()([0-9]{1,4}|[0-9]{1,2}\.[0-9]{1,4})$') AS total,
        regexp_match(
            selection, '^(home|away)_?([+-]?)([0-9]{1,4}|[0-9]{1,2}\.[0-9]{1,4})$'
        ) AS handicap
    FROM worded
),

-- The market of the odds, the side of it, and the line from the home team's point of view; what asks
-- for none of them belongs to no match.
asked AS (
    SELECT
        parsed.*,
        CASE WHEN sides.side IS NOT NULL THEN lower(parsed.home_team) END AS home,
        lower(parsed.away_team) AS away,
        (parsed.match_date AT TIME ZONE 'UTC')::date AS day,
        sides.odds_market,
        sides.side,
        CASE sides.side WHEN 'away' THEN -1 ELSE 1 END
        * CASE sides.parts[2] WHEN '-' THEN -1 ELSE 1 END
        -- Without a point the first digit is whole goals: 25 is 2.5, 225 is 2.25, 3 is 3.
        * CASE
            WHEN strpos(sides.parts[3], '.') > 0 THEN sides.parts[3]
            ELSE left(sides.parts[3], 1) || '.' || substr(sides.parts[3], 2) || '0'
        END::double precision AS line
    FROM parsed
    LEFT JOIN LATERAL (
        VALUES
        ('h2h', parsed.result, CAST(NULL AS text [])),
        ('totals', parsed.total[1], parsed.total),
        ('asian_handicap', parsed.handicap[1], parsed.handicap)
    ) AS sides (odds_market, side, parts)
        ON
            sides.side IS NOT NULL
            AND NOT parsed.is_kept
            AND (
                parsed.market = sides.odds_market
                OR replace(parsed.market, '_', '') = replace(parsed.selection, '_', '')
            )
),

closing AS (
    SELECT
        *,
        lower(home_team) AS home,
        lower(away_team) AS away,
        (commence_time AT TIME ZONE 'UTC')::date AS day
    FROM odds
    WHERE price_type = 'closing' AND NOT is_live
),

-- Every closing row of the match, and what it offers for the pick. The join is FULL because such a
-- join is never done in nested loops, which the planner would choose for tables that were just
-- filled; what COALESCE asks for keeps it so (a plain IS NOT NULL makes it a LEFT JOIN).
offered AS (
    SELECT
        asked.id,
        asked.is_kept,
        asked.side,
        odds.id AS odds_id,
        odds.bookmaker,
        odds.collected_at,
        odds.match_id = asked.match_id AS has_same_id,
        abs(extract(EPOCH FROM odds.commence_time - asked.match_date)) AS seconds_apart,
        CASE
            WHEN odds.market <> asked.odds_market OR odds.line IS DISTINCT FROM asked.line THEN NULL
            WHEN asked.side = 'home' THEN odds.home_odds
            WHEN asked.side = 'draw' THEN odds.draw_odds
            WHEN asked.side = 'away' THEN odds.away_odds
            WHEN asked.side = 'over' THEN odds.over_odds
            WHEN asked.side = 'under' THEN odds.under_odds
        END AS price,
        CASE
            WHEN
                asked.bookmaker IN (
                    lower(translate(odds.bookmaker, ' ._-&/''', '')),
                    lower(translate(odds.bookmaker_key, ' ._-&/''', ''))
                )
                THEN 0
            ELSE array_position(
                (
                    SELECT array_agg(lower(translate(name, ' ._-&/''', '')) ORDER BY rank)
                    FROM unnest(CAST(:fall_backs AS text [])) WITH ORDINALITY AS given (name, rank)
                ),
                lower(translate(odds.bookmaker, ' ._-&/''', ''))
            )
        END AS rank
    FROM asked
    FULL JOIN closing AS odds
        ON asked.home = odds.home AND asked.away = odds.away AND asked.day = odds.day
    WHERE coalesce(asked.id::text, '') <> ''
),

-- The best offer for each pick, and what it means. A closing price that is there already stays, and
-- only gets the CLV that is missing.
decided AS MATERIALIZED (
    SELECT DISTINCT ON (id)
        id,
        CASE
            WHEN is_kept THEN 'kept'
            WHEN side IS NULL THEN 'no market'
            WHEN odds_id IS NULL THEN 'no match'
            WHEN price IS NULL OR rank IS NULL THEN 'no price'
            WHEN rank = 0 THEN 'own'
            ELSE 'fall-back'
        END AS outcome,
        price,
        CASE WHEN rank > 0 THEN bookmaker END AS fall_back
    FROM offered
    ORDER BY
        id,
        price IS NULL OR rank IS NULL,
        rank,
        has_same_id DESC,
        seconds_apart,
        collected_at DESC,
        odds_id DESC
),

updated AS (
    UPDATE tracking_clv_picks AS pick
    SET
        odds_at_close = coalesce(pick.odds_at_close, decided.price),
        clv_percentage
        = (pick.odds_at_pick / coalesce(pick.odds_at_close, decided.price) - 1) * 100,
        updated_at = now()
    FROM decided
    WHERE
        pick.id = decided.id
        AND decided.outcome IN ('own', 'fall-back', 'kept')
        -- Asked once more of the row as it is when its lock is held: another session may have
        -- closed it in between.
        AND (pick.odds_at_close IS NULL OR pick.clv_percentage IS NULL)
    RETURNING decided.outcome, decided.fall_back
)

SELECT
    outcome,
    fall_back,
    count(*) AS picks
FROM updated
GROUP BY outcome, fall_back
UNION ALL
SELECT
    outcome,
    NULL,
    count(*)
FROM decided
WHERE outcome LIKE 'no %'
GROUP BY outcome
ORDER BY outcome, fall_back;
