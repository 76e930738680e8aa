"""What traces and spans say: waterfall, call stack at a moment, service map, edge table."""
