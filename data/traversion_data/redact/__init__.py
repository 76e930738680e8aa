"""Secrets replaced by keyed pseudonyms before anything is written, shown or exported."""
