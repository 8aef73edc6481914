"""Studies of the chip: each is a set of trials, and what was found."""
