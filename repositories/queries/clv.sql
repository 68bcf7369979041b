-- CLV of closed picks, by several dimensions at once.
--
-- Picks on one match are not independent, because they win and lose value with the same line. So the
-- standard error takes the match, and not the pick, as the unit of sampling. The residuals of a
-- match are added up before they are squared (cluster-robust, CR1). With one pick on every match,
-- this is the usual standard error of a mean.
WITH pick AS (
    SELECT
        lower(home_team) AS home_team,
        lower(away_team) AS away_team,
        (match_date AT TIME ZONE 'UTC')::date AS day,
        league,
        market,
        agent,
        bookmaker,
        to_char(date_trunc(:period, match_date AT TIME ZONE 'UTC'), 'YYYY-MM-DD') AS period,
        clv_percentage AS clv
    FROM public.tracking_clv_picks
    WHERE
        match_date >= coalesce(CAST(:since AS date), '-infinity')::timestamp AT TIME ZONE 'UTC'
        AND match_date < coalesce(CAST(:until AS date) + 1, 'infinity')::timestamp AT TIME ZONE 'UTC'
),

grouped AS (
    SELECT
        dimension,
        name,
        home_team,
        away_team,
        day,
        clv,
        avg(clv) OVER (PARTITION BY dimension, name) AS mean
    FROM pick
    CROSS JOIN LATERAL (
        VALUES
        ('all', NULL),
        ('league', league),
        ('market', market),
        ('agent', agent),
        ('bookmaker', bookmaker),
        ('period', period)
    ) AS dimensions (dimension, name)
    WHERE clv IS NOT NULL
),

by_match AS (
    SELECT
        dimension,
        name,
        sum(clv - mean) AS residual
    FROM grouped
    GROUP BY dimension, name, home_team, away_team, day
),

clusters AS (
    SELECT
        dimension,
        name,
        count(*) AS matches,
        sum(residual ^ 2) AS squares
    FROM by_match
    GROUP BY dimension, name
),

figures AS (
    SELECT
        dimension,
        name,
        count(*) AS picks,
        avg(clv) AS mean,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY clv) AS median
    FROM grouped
    GROUP BY dimension, name
)

SELECT
    figures.dimension,
    figures.name,
    figures.picks,
    clusters.matches,
    figures.mean,
    figures.median,
    CASE
        WHEN clusters.matches > 1
            THEN sqrt(clusters.squares * clusters.matches / (clusters.matches - 1)) / figures.picks
    END AS standard_error
FROM figures
INNER JOIN clusters
    ON
        figures.dimension = clusters.dimension
        AND figures.name IS NOT DISTINCT FROM clusters.name
UNION ALL
SELECT
    'open',
    NULL,
    count(*),
    0,
    0,
    0,
    NULL
FROM pick
WHERE clv IS NULL;
