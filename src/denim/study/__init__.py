"""The tutorial's study as one command: the data, a baseline, the tutorial's networks, a comparison, pictures."""
