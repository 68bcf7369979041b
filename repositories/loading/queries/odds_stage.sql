-- The columns and types of the table, without its constraints: the rows are compared first.
CREATE TEMPORARY TABLE incoming_odds ON COMMIT DROP AS
SELECT
    match_id, home_team, away_team, league, commence_time, bookmaker, bookmaker_key, market,
    price_type, home_odds, draw_odds, away_odds, line, over_odds, under_odds, is_live, collected_at
FROM odds
WITH NO DATA;
