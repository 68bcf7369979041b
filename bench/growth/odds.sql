-- Odds of matches :first to :last: 30 bookmakers, three markets, opening and closing prices, and current
-- ones of the last 100 matches of all. A league plays :played matches a season (380); leagues and seasons come one
-- after the other, as files are loaded.
INSERT INTO public.odds (
    match_id, home_team, away_team, league, commence_time, bookmaker, bookmaker_key, market, price_type,
    home_odds, draw_odds, away_odds, line, over_odds, under_odds, collected_at, created_at, updated_at
)
SELECT
    format('football-data:L%s:%s:Team %s:Team %s', league, commence_time::date, home, away),
    format('Team %s-%s', league, home),
    format('Team %s-%s', league, away),
    format('League %s', league),
    commence_time,
    format('Bookmaker %s', bookmaker),
    format('B%s', bookmaker),
    market,
    price_type,
    CASE WHEN market <> 'totals' THEN 1.01 + (number * 7 + bookmaker) % 700 / 100.0 END,
    CASE WHEN market = 'h2h' THEN 2.5 + (number * 3 + bookmaker) % 300 / 100.0 END,
    CASE WHEN market <> 'totals' THEN 1.01 + (number * 5 + bookmaker) % 900 / 100.0 END,
    line,
    CASE WHEN market = 'totals' THEN 1.4 + (number + bookmaker) % 120 / 100.0 END,
    CASE WHEN market = 'totals' THEN 1.4 + (number * 2 + bookmaker) % 120 / 100.0 END,
    commence_time - CASE price_type WHEN 'opening' THEN INTERVAL '4 days' ELSE INTERVAL '5 minutes' END,
    :moment,
    :moment
FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS number
CROSS JOIN LATERAL (
    SELECT
        number / :played % :leagues AS league,
        number / :played / :leagues AS season,
        number % :played AS played
) AS season
CROSS JOIN LATERAL (
    SELECT
        played / 19 AS home,
        (played / 19 + 1 + played % 19) % 20 AS away,
        TIMESTAMPTZ '2015-08-15 15:00+00'
        + make_interval(years => season::integer, days => (played * 7 / 10)::integer) AS commence_time
) AS match
CROSS JOIN generate_series(1, 30) AS bookmaker
CROSS JOIN (VALUES ('h2h', NULL), ('totals', 2.5), ('asian_handicap', -0.5)) AS markets (market, line)
CROSS JOIN (VALUES ('opening'), ('closing'), ('current')) AS prices (price_type)
WHERE price_type <> 'current' OR number > :last - 100;
