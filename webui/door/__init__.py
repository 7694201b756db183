"""Who and what is let in: users, sessions, hosts, routes, bytes."""
