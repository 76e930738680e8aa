"""Painters: pure functions from a frozen value to rows of styled cells."""
