"""Options: how several commands have them, what they refuse, and what they choose."""
