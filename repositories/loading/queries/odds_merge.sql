-- Rows that already say the same are left out here and not in the conflict clause, where each would
-- be locked, written to the WAL, and cost an id. The order keeps two writers from a deadlock.
WITH changed AS (
    SELECT i.*
    FROM pg_temp.incoming_odds AS i
    WHERE NOT EXISTS (
        SELECT FROM odds AS o
        WHERE
            o.match_id = i.match_id
            AND o.bookmaker = i.bookmaker
            AND o.market = i.market
            AND o.price_type = i.price_type
            AND o.line IS NOT DISTINCT FROM i.line
            AND (
                o.home_team, o.away_team, o.league, o.commence_time, o.bookmaker_key,
                o.home_odds, o.draw_odds, o.away_odds, o.over_odds, o.under_odds,
                o.is_live, o.collected_at
            ) IS NOT DISTINCT FROM (
                i.home_team, i.away_team, i.league, i.commence_time, i.bookmaker_key,
                i.home_odds, i.draw_odds, i.away_odds, i.over_odds, i.under_odds,
                i.is_live, i.collected_at
            )
    )
    ORDER BY i.match_id, i.bookmaker, i.market, i.price_type, i.line
),

written AS (
    INSERT INTO odds (
        match_id, home_team, away_team, league, commence_time, bookmaker, bookmaker_key, market,
        price_type, home_odds, draw_odds, away_odds, line, over_odds, under_odds, is_live,
        collected_at
    )
    SELECT
        match_id, home_team, away_team, league, commence_time, bookmaker, bookmaker_key, market,
        price_type, home_odds, draw_odds, away_odds, line, over_odds, under_odds, is_live,
        collected_at
    FROM changed
    ON CONFLICT (match_id, bookmaker, market, price_type, line) DO UPDATE SET
        home_team = excluded.home_team,
        away_team = excluded.away_team,
        league = excluded.league,
        commence_time = excluded.commence_time,
        bookmaker_key = excluded.bookmaker_key,
        home_odds = excluded.home_odds,
        draw_odds = excluded.draw_odds,
        away_odds = excluded.away_odds,
        over_odds = excluded.over_odds,
        under_odds = excluded.under_odds,
        is_live = excluded.is_live,
        collected_at = excluded.collected_at,
        updated_at = now()
    -- A row that was there before is locked by this transaction, and so has an xmax.
    RETURNING xmax = 0 AS created
)

SELECT
    count(*) FILTER (WHERE created) AS created,
    count(*) FILTER (WHERE NOT created) AS updated
FROM written;
