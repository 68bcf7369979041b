-- One statement: open picks, what each of them asks for, the closing price that it gets, the update.
-- docs/odds.md states the rule.
-- Names of bookmakers are compared without case, spaces and punctuation.
WITH
-- Spellings of markets and of the sides of a market, as docs/odds.md lists them.
markets AS (
    SELECT spelling, market
    FROM unnest(
        CAST(:market_spellings AS text []), CAST(:markets AS text [])
    ) AS given (spelling, market)
),

sides AS (
    SELECT spelling, side
    FROM unnest(CAST(:side_spellings AS text []), CAST(:sides AS text [])) AS given (spelling, side)
),

open_picks AS (
    SELECT
        id,
        match_id,
        home_team,
        away_team,
        match_date,
        market AS given_market,
        selection AS given_selection,
        lower(translate(bookmaker, ' ._-&/''', '')) AS bookmaker,
        odds_at_close IS NOT NULL AS is_kept
    FROM public.tracking_clv_picks
    WHERE odds_at_close IS NULL OR clv_percentage IS NULL
),

-- Texts are split into words, so "Over/Under (2,5)" and "over_under_2.5" are the same. A minus
-- before a digit stays.
worded AS (
    SELECT open_picks.*, words.*
    FROM open_picks
    CROSS JOIN LATERAL (
        SELECT
            max(word) FILTER (WHERE place = 1) AS market,
            max(word) FILTER (WHERE place = 2) AS selection_word,
            max(word) FILTER (WHERE place = 3) AS home_word,
            max(word) FILTER (WHERE place = 4) AS away_word
        FROM (
            SELECT
                place,
                btrim(
                    regexp_replace(
                        translate(lower(given), E',\u2212\u00a0', '.- '),
                        '[\s_/()]+|-(?![0-9.])',
                        '_',
                        'g'
                    ),
                    '_'
                ) AS word
            FROM unnest(ARRAY[given_market, given_selection, home_team, away_team])
                WITH ORDINALITY AS texts (given, place)
        ) AS normalized
    ) AS words
),

-- The name of a team in the selection means its side.
sided AS (
    SELECT
        worded.*,
        CASE
            WHEN selection_word = home_word THEN 'home'
            WHEN selection_word = away_word THEN 'away'
            WHEN
                starts_with(selection_word, home_word || '_')
                AND substr(selection_word, length(home_word) + 2) ~ '^[+-]?[0-9.]+$'
                THEN 'home' || substr(selection_word, length(home_word) + 1)
            WHEN
                starts_with(selection_word, away_word || '_')
                AND substr(selection_word, length(away_word) + 2) ~ '^[+-]?[0-9.]+$'
                THEN 'away' || substr(selection_word, length(away_word) + 1)
            ELSE selection_word
        END AS selection
    FROM worded
),

-- A text that ends in a number is split into the text before it and the number. Without a point, the
-- first digit is whole goals. So 25 means 2.5, 225 means 2.25, and 3 means 3.
split AS (
    SELECT
        sided.*,
        parts.*
    FROM sided
    CROSS JOIN LATERAL (
        SELECT
            max(part[1]) FILTER (WHERE place = 1) AS market_base,
            max(number) FILTER (WHERE place = 1) AS market_line,
            max(part[1]) FILTER (WHERE place = 2) AS selection_base,
            max(number) FILTER (WHERE place = 2) AS selection_line
        FROM (
            SELECT
                place,
                part,
                CASE part[2] WHEN '-' THEN -1 ELSE 1 END
                * CASE
                    WHEN strpos(part[3], '.') > 0 THEN part[3]
                    ELSE left(part[3], 1) || '.' || substr(part[3], 2) || '0'
                END::double precision AS number
            FROM unnest(ARRAY[market, selection]) WITH ORDINALITY AS texts (given, place)
            CROSS JOIN LATERAL regexp_match(
                given, '^(.*?)_?([+-]?)([0-9]{1,4}|[0-9]{0,2}\.[0-9]{1,4})(_goals?)?$'
            ) AS found (part)
        ) AS numbered
    ) AS parts
),

-- The market of the odds, the side and the line, as market and selection each state them. A text
-- that is a spelling as a whole ("1x2", "2") has no line.
spelled AS (
    SELECT
        split.*,
        coalesce(market_named.market, market_based.market) AS named_market,
        market_side.side AS market_side,
        coalesce(
            side_named.side,
            side_based.side,
            CASE WHEN selection = 'yes' OR selection_base = '' THEN market_side.side END
        ) AS stated_side,
        CASE WHEN market_named.market IS NULL THEN split.market_line END AS market_number,
        CASE WHEN side_named.side IS NULL THEN split.selection_line END AS selection_number
    FROM split
    LEFT JOIN markets AS market_named ON split.market = market_named.spelling
    LEFT JOIN markets AS market_based
        ON market_named.spelling IS NULL AND split.market_base = market_based.spelling
    LEFT JOIN sides AS market_side
        ON
            market_named.spelling IS NULL
            AND coalesce(split.market_base, split.market) = market_side.spelling
    LEFT JOIN sides AS side_named ON split.selection = side_named.spelling
    LEFT JOIN sides AS side_based
        ON side_named.spelling IS NULL AND split.selection_base = side_based.spelling
),

kinds AS (
    SELECT
        spelled.*,
        coalesce(
            named_market,
            CASE
                WHEN market_side IN ('over', 'under') THEN 'totals'
                WHEN market_side IS NOT NULL AND market_number IS NOT NULL THEN 'asian_handicap'
                WHEN market_side IS NOT NULL THEN 'h2h'
            END
        ) AS odds_market
    FROM spelled
),

-- The side and the line of each pick, the line from the home team's point of view. If a side or a
-- line is missing, or market and selection state different ones, the side is blank.
asked AS (
    SELECT
        kinds.*,
        CASE
            WHEN is_kept OR market_side <> stated_side OR market_number <> selection_number
                THEN NULL
            WHEN odds_market = 'h2h' AND coalesce(market_number, selection_number) IS NULL
                THEN CASE WHEN stated_side IN ('home', 'draw', 'away') THEN stated_side END
            WHEN odds_market = 'totals' AND coalesce(selection_number, market_number) > 0
                THEN CASE WHEN stated_side IN ('over', 'under') THEN stated_side END
            WHEN odds_market = 'asian_handicap' AND selection_number IS NOT NULL
                THEN CASE WHEN stated_side IN ('home', 'away') THEN stated_side END
        END AS side,
        CASE odds_market
            WHEN 'totals' THEN coalesce(selection_number, market_number)
            WHEN 'asian_handicap'
                THEN CASE stated_side WHEN 'away' THEN -1 ELSE 1 END * selection_number
        END AS line
    FROM kinds
),

-- Kick-offs on the same day in UTC, or less than a day after the time of the pick if that may be
-- midnight in another time zone. Offsets of time zones are quarters of an hour.
placed AS (
    SELECT
        asked.*,
        CASE WHEN side IS NOT NULL THEN lower(home_team) END AS home,
        lower(away_team) AS away,
        days.day,
        days.is_next
    FROM asked
    CROSS JOIN LATERAL (
        VALUES
        ((match_date AT TIME ZONE 'UTC')::date, FALSE),
        ((match_date AT TIME ZONE 'UTC')::date + 1, TRUE)
    ) AS days (day, is_next)
),

-- Each day is read separately by the index of kick-offs, so that an old open pick does not make the
-- query read all odds.
closing AS (
    SELECT
        odds.*,
        lower(odds.home_team) AS home,
        lower(odds.away_team) AS away,
        days.day
    FROM (SELECT DISTINCT day FROM placed WHERE side IS NOT NULL) AS days
    INNER JOIN public.odds
        ON
            odds.commence_time >= days.day::timestamp AT TIME ZONE 'UTC'
            AND odds.commence_time < (days.day + 1)::timestamp AT TIME ZONE 'UTC'
    WHERE odds.price_type = 'closing' AND NOT odds.is_live
),

-- Every closing row of the match, with the price that it offers for the pick. The join is FULL,
-- because PostgreSQL cannot do such a join with nested loops, which the planner would otherwise
-- choose for tables that were just filled. The condition with COALESCE keeps it a FULL join (a plain
-- IS NOT NULL would make it a LEFT JOIN).
offered AS (
    SELECT
        asked.id,
        asked.is_kept,
        asked.side,
        asked.odds_market,
        asked.given_market,
        asked.given_selection,
        CASE WHEN in_time.it_is THEN odds.id END AS odds_id,
        odds.bookmaker,
        odds.collected_at,
        odds.match_id = asked.match_id AS has_same_id,
        abs(extract(EPOCH FROM odds.commence_time - asked.match_date)) AS seconds_apart,
        CASE
            WHEN NOT in_time.it_is THEN NULL
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
    FROM placed AS asked
    FULL JOIN closing AS odds
        ON asked.home = odds.home AND asked.away = odds.away AND asked.day = odds.day
    CROSS JOIN LATERAL (
        SELECT
            NOT asked.is_next
            OR (
                odds.commence_time - asked.match_date < INTERVAL '1 day'
                AND extract(EPOCH FROM asked.match_date) % 900 = 0
            ) AS it_is
    ) AS in_time
    WHERE coalesce(asked.id::text, '') <> ''
),

-- The best offer for each pick. A pick that has a closing price keeps it, and only gets the missing
-- CLV.
decided AS MATERIALIZED (
    SELECT DISTINCT ON (id)
        id,
        CASE
            WHEN is_kept THEN 'kept'
            WHEN odds_market IS NULL THEN 'no market'
            WHEN side IS NULL THEN 'no selection'
            WHEN odds_id IS NULL THEN 'no match'
            WHEN price IS NULL OR rank IS NULL THEN 'no price'
            WHEN rank = 0 THEN 'own'
            ELSE 'fall-back'
        END AS outcome,
        price,
        CASE WHEN rank > 0 THEN bookmaker END AS fall_back,
        given_market,
        given_selection
    FROM offered
    ORDER BY
        id,
        price IS NULL OR rank IS NULL,
        odds_id IS NULL,
        rank,
        has_same_id DESC,
        seconds_apart,
        collected_at DESC,
        odds_id DESC
),

updated AS (
    UPDATE public.tracking_clv_picks AS pick
    SET
        odds_at_close = coalesce(pick.odds_at_close, decided.price),
        clv_percentage
        = (pick.odds_at_pick / coalesce(pick.odds_at_close, decided.price) - 1) * 100,
        updated_at = now()
    FROM decided
    WHERE
        pick.id = decided.id
        AND decided.outcome IN ('own', 'fall-back', 'kept')
        -- The condition is evaluated again after the row is locked, because another session may have
        -- closed the pick in between.
        AND (pick.odds_at_close IS NULL OR pick.clv_percentage IS NULL)
    RETURNING pick.id, decided.outcome, decided.fall_back
)

SELECT
    outcome,
    fall_back,
    NULL AS market,
    NULL AS selection,
    count(*) AS picks,
    array_agg(id) AS ids
FROM updated
GROUP BY outcome, fall_back
UNION ALL
SELECT
    outcome,
    NULL,
    CASE WHEN outcome IN ('no market', 'no selection') THEN given_market END,
    CASE WHEN outcome = 'no selection' THEN given_selection END,
    count(*),
    NULL
FROM decided
WHERE outcome LIKE 'no %'
GROUP BY 1, 3, 4
ORDER BY 1, 2, 3, 4;
