"""Pages and files of the web, fetched with care."""
