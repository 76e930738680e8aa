"""Snapshots of a recording and the indexes over them."""
