"""The console and the command line: pixels and keys."""
