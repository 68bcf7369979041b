SELECT DISTINCT ON (team_name) team_name, strategy_name
FROM quantum.team_strategies
WHERE is_best_strategy
ORDER BY team_name, strategy_rank NULLS LAST, id
