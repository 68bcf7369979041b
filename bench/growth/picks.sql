-- A pick on every so-manieth opening price of a season, at most :picks, closed unless it is to be.
INSERT INTO public.tracking_clv_picks (
    pick_id, match_id, home_team, away_team, league, match_date, market, selection, bookmaker, odds_at_pick,
    odds_at_close, clv_percentage, agent
)
SELECT
    format('pick %s', id),
    format('other:%s', match_id),
    home_team,
    away_team,
    league,
    commence_time,
    market,
    CASE market WHEN 'h2h' THEN 'home' ELSE 'over_25' END,
    bookmaker,
    coalesce(home_odds, over_odds),
    CASE WHEN NOT :is_open THEN 2.0 END,
    CASE WHEN NOT :is_open THEN 1.5 END,
    format('agent %s', id % 7)
FROM public.odds
WHERE
    price_type = 'opening'
    AND market IN ('h2h', 'totals')
    AND commence_time >= CAST(:since AS timestamptz)
    AND commence_time < CAST(:until AS timestamptz)
ORDER BY md5(id::text)
LIMIT :picks;
