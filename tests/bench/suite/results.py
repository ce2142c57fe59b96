"""The figures of all runs, as they are kept in a file.

{"relay": {CASE: {IMPLEMENTATION: [FIGURES of a run, ...]}}, ...}: each part has
cells, each cell the runs of every implementation. FIGURES are numbers by name,
or {"error": TEXT}; those of micro are nanoseconds by benchmark. Histograms of
latencies are texts, see histogram.py; "machine" says what else it did (load.py).
Beside the parts stand "machine", "versions" and, by part, how it was "measured".
"""
import json
import os
import re
import statistics

from histogram import Histogram

PARTS = ("relay", "both_cores", "connections", "growth", "mesh",
         "brokers", "micro")

# A percentile of latencies: which, and of which histogram.
LATENCY = re.compile(r"latency_p(\d+)_us(.*)")


class Results:
    """Reads and writes a file of results; what is measured again replaces what
    was there."""

    def __init__(self, path, append=False):
        self.path = path
        self.data = {}
        if path is not None and path.exists():
            self.data = json.loads(path.read_text(encoding="utf-8"))
        self._append = append
        self._begun = set()

    def add(self, part, cell, implementation, figures):
        runs = (self.data.setdefault(part, {}).setdefault(cell, {})
                .setdefault(implementation, []))
        key = (part, cell, implementation)
        if key not in self._begun and not self._append:
            runs.clear()
        self._begun.add(key)
        runs.append(figures)

    def save(self):
        """All or nothing: an interrupted run leaves the last whole file."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.path.with_suffix(".unfinished")
        unfinished.write_text(json.dumps(self.data, indent=1) + "\n",
                              encoding="utf-8")
        os.replace(unfinished, self.path)

    def runs(self, part, cell, implementation):
        return (self.data.get(part, {}).get(cell, {}).get(implementation, []))

    def values(self, part, cell, implementation, figure):
        """One number for each run that has this figure."""
        found = (run.get(figure)
                 for run in self.runs(part, cell, implementation))
        return [value for value in found if value is not None]

    def median(self, part, cell, implementation, figure):
        """The median of all runs; None if no run has this figure."""
        values = self.values(part, cell, implementation, figure)
        return statistics.median(values) if values else None

    def latencies(self, part, cell, implementation, suffix):
        """Those of all runs together."""
        return Histogram(*self.values(part, cell, implementation,
                                      "latency_histogram" + suffix))

    def figure(self, part, cell, implementation, figure):
        """What all runs together say: of latencies the percentile of all, of
        everything else the median; None where there is none."""
        found = LATENCY.fullmatch(figure)
        if not found:
            return self.median(part, cell, implementation, figure)
        digits, suffix = found.groups()
        return self.latencies(part, cell, implementation,
                              suffix).percentile(float("0." + digits))

    def implementations(self, order):
        """Those of `order` that have any run in any part."""
        seen = {name for part in PARTS
                for cell in self.data.get(part, {}).values()
                for name, runs in cell.items() if runs}
        return [name for name in order if name in seen]
