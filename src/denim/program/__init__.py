"""The one description of what is computed."""
