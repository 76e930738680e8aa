"""Statements in, bytes on standard output: everything of the command line without a console."""
