"""Users and what they keep in PostgreSQL, for several pages on any machines."""
