"""The results of the studies for people, and for their records."""
