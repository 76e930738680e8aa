"""What every service looked like at a moment, using nothing known after it."""
