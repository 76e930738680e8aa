"""From bytes to events: one file a format."""
