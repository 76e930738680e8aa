"""How soon `traversion query … --follow` prints a line that is written, and what that costs.

From the project's folder:

    python -m tests.soak.follow --seconds 20 --rate 1000

Prints the time from writing a line to reading its row from the program's standard output (p50, p95,
p99, worst) and the program's share of one processor. Ends with 1 where a line is missing.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from threading import Thread
from time import monotonic, sleep, time_ns

import numpy as np

TICK = 0.005


def write(path: Path, seconds: float, rate: int) -> int:
    """Write events at a pace; how many."""
    began, count = monotonic(), 0
    with path.open("ab", buffering=0) as log:
        while (now := monotonic()) - began < seconds:
            due = int((now - began) * rate) - count
            for number in range(count, count + due):
                log.write(b'{"ts":%d,"event_id":"e%d","msg":"x"}\n' % (time_ns(), number))
            count += due
            sleep(TICK)
    return count


def cpu_seconds(pid: int) -> float:
    """Processor time a process has taken so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rate", type=int, default=1000, help="events a second")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "app.log"
        path.write_bytes(b'{"ts":%d,"event_id":"first","msg":"x"}\n' % time_ns())
        command = [sys.executable, "-m", "traversion_tui", "query", "TIMELINE", str(path)]
        command += ["--follow", "--format", "jsonl"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
            return measure(program, path, asked.seconds, asked.rate)


def measure(program: subprocess.Popen[str], path: Path, seconds: float, rate: int) -> int:
    """Write, read what the program prints, and say how soon it came."""
    assert program.stdout is not None
    program.stdout.readline()
    came: list[tuple[str, int]] = []

    def read() -> None:
        assert program.stdout is not None
        came.extend((text, time_ns()) for text in program.stdout)

    Thread(target=read, daemon=True).start()
    before, began = cpu_seconds(program.pid), monotonic()
    count = write(path, seconds, rate)
    sleep(3)
    share = (cpu_seconds(program.pid) - before) / (monotonic() - began)
    program.terminate()
    rows = [(json.loads(text), moment) for text, moment in came]
    lines = {json.loads(line)["event_id"]: json.loads(line)["ts"] for line in path.open()}
    waited = [(moment - lines[row["event_id"]]) / 1e9 for row, moment in rows]
    p50, p95, p99 = np.quantile(waited, [0.5, 0.95, 0.99])
    print(
        f"{count:,} lines at {rate:,} a second, {len(rows):,} rows printed; written to printed "
        f"p50 {p50:.3f} s, p95 {p95:.3f} s, p99 {p99:.3f} s, worst {max(waited):.3f} s; "
        f"{share:.0%} of one processor"
    )
    return 0 if len(rows) == count else 1


if __name__ == "__main__":
    sys.exit(main())
