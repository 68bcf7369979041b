"""Settings, engines and the local server: what every other room stands on."""
