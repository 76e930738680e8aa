"""COMPARE: what differs between two windows, how much, and whether chance alone would do it.

*stage | input -> output*

- `baseline` | snapshot, window -> the window to compare it with, and its name
- `natural` | catalogue field -> `Measure`: by which aggregate a field is compared
- `sample` | events of both windows -> `Sample`: group, window and part of each row
- `levels`, `shares`, `counts`, `counters` | `Sample`, values -> `Effects`: a, b and p by group
- `table` | effects of all measures -> rows with corrected p and verdict
"""
