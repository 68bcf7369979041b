"""Settings, engines and the local server, which all other packages use."""
