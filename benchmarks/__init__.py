"""How fast denim trains, beside what else trains the same network on the same machine in the same run."""
