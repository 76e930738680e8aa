"""What went wrong and what will: patterns, comparisons, anomalies, forecasts."""
