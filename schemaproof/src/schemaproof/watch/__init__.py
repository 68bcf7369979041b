"""A daemon that checks at an interval, and shows over HTTP what it found."""
