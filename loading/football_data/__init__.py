"""Season files of football-data.co.uk: odds of every bookmaker, at collection and at the close."""
