"""Cause and effect between events: evidence as an edge table, walks over it."""
