"""Season files of football-data.co.uk: opening and closing odds of every bookmaker."""
