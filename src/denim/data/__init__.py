"""What fit accepts, made into a feed an engine can read rows from."""
