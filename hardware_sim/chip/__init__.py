"""The chip: its design, its layers, how one individual is manufactured, and how it answers."""
