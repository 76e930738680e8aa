"""How values go on: series of what was known, methods, a rolling backtest, honest intervals.

| module | takes -> gives |
|---|---|
| `series` | snapshot, field, moments -> values by (service, moment) |
| `periods` | values -> period of each series in steps |
| `smoothing`, `harmonic`, `methods` | values, origins -> forecasts by (series, origin, step) |
| `backtest` | forecasts of every method -> the method of each series and its errors |
| `intervals` | errors -> quantiles, with the coverage that the backtest found |
| `limits` | what a value cannot leave |
| `model` | values -> p10, p50, p90 of each step |
| `paths`, `crossing` | values -> paths they may take, when a condition holds on them |
| `ahead` | snapshot, field, moment -> the forecast of every service |
"""
