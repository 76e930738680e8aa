"""`python -m traversion_tui`."""

from traversion_tui.cli import main

main()
