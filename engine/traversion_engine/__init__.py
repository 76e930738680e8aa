"""The meaning of events: TimeQL, causality and diagnosis over snapshots of a recording."""
