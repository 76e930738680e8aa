"""Values and messages that are not as they usually are.

| module | takes -> gives |
|---|---|
| `grid` | length of the history, usual gap -> steps of equal length |
| `series` | snapshot, field, grid -> values by (series, step) on a scale of even noise |
| `rolling` | values -> running means and medians, robust deviations |
| `season` | values -> what repeats by the period |
| `tails` | deviations of a series -> how far out is too far |
| `levels`, `spikes`, `silences` | values -> findings |
| `messages` | templates by step -> new and vanished ones |
| `detect` | series -> findings of every kind |
| `table` | findings -> rows |

All is told from what was known by the end of the scope; what lies before the scope is history.
"""
