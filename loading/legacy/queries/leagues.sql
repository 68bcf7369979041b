-- The league of each team in public.team_intelligence, found by the id that the profile contains, or
-- by the exact name.
SELECT DISTINCT ON (p.team_name) p.team_name, i.league
FROM quantum.team_profiles AS p
JOIN public.team_intelligence AS i
    ON i.id = (to_jsonb(p) ->> 'team_intelligence_id')::integer OR i.team_name = p.team_name
WHERE i.league IS NOT NULL
ORDER BY p.team_name, (i.id = (to_jsonb(p) ->> 'team_intelligence_id')::integer) DESC NULLS LAST, i.id
