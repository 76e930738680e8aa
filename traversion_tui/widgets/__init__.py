"""Panes of the console: views of results, never sources of facts."""
