"""Bytes to immutable columnar snapshots: sources, decoders, the event store and its indexes."""
