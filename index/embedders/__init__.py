"""Models that embed: the embedded one, any other by name, and what surrounds their input."""
