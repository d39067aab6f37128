"""Where outputs live: their names, their states, and how they get there."""
