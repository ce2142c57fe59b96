import pathlib
import tempfile
import unittest
import xml.etree.ElementTree as xml

import charts
import histogram
import report
import tables
import targets
from results import Results

MIDDLE = ("unsigned-1024-8-1", "signed-1024-8-1")


def latencies(microseconds):
    """A histogram: 20,000 of half of it, 380 of it, 20 of twice of it."""
    buckets = {}
    for value, count in ((0.5, 20_000), (1, 380), (2, 20)):
        nanoseconds = value * microseconds * 1000
        bucket = next(i for i in range(5000)
                      if histogram.least_of(i + 1) > nanoseconds)
        buckets[bucket] = count
    return " ".join(f"{bucket}:{count}" for bucket, count in buckets.items())


def relay_run(scale, quiet=True):
    figures = {"deliveries_per_cpu_s": 100_000 * scale,
               "highest_rate": 10_000 * scale,
               "highest_rate_generator_core": 0.5, "duplicates": 0}
    rates = ["at_10", "at_50", "at_90"] + ["at_1000_per_s"] * quiet
    for rate in rates:
        for which, value in (("p50", 500), ("p99", 1000), ("p999", 2000)):
            figures[f"latency_{which}_us_{rate}"] = value / scale
        figures[f"latency_histogram_{rate}"] = latencies(1000 / scale)
    return figures


def sample():
    """Grapevine four times as good as Go, JavaScript a tenth of it."""
    results = Results(None)
    for case in MIDDLE:
        for run in (1, 1.1, 0.9):
            results.add("relay", case, "grapevine", relay_run(4 * run))
            results.add("relay", case, "go", relay_run(run))
            results.add("relay", case, "js", relay_run(run / 10, quiet=False))
            results.add("relay", case, "limit", {
                "deliveries_per_cpu_s": 500_000 * run,
                "highest_rate": 60_000 * run})
    for name, scale in (("grapevine", 4), ("go", 1)):
        results.add("connections", "1000-peers", name, {
            "idle_resident_bytes": 2**24 / scale,
            "idle_proportional_bytes": 2**24 / scale,
            "resident_bytes_per_peer": 2**16 / scale,
            "connections_per_s": 100 * scale, "generator_core": 0.95,
            "cpu_ms_per_connection": 1 / scale, "idle_cpu_share": 0.01 / scale})
        results.add("mesh", "20-nodes", name, {
            "latency_p50_us": 1000 / scale, "latency_p99_us": 5000 / scale,
            "latency_histogram": latencies(5000 / scale),
            "completeness": 1, "cpu_us_per_delivery": 100 / scale,
            "wire_bytes_per_delivery": 6000, "resident_bytes_per_node": 2**24})
    return results


class ReportTest(unittest.TestCase):
    def outcome(self, results, figure, cell=MIDDLE[0], limit=None):
        return next(targets.outcome(results, target)
                    for target in targets.all_targets()
                    if target.figure == figure and target.limit == limit
                    and target.cell in (cell, "1000-peers"))

    def test_targets_compare_with_the_best_other(self):
        one = self.outcome(sample(), "deliveries_per_cpu_s")
        self.assertEqual((one.own, one.other_name, one.factor, one.met),
                         (400_000, "go", 4, True))
        latency = self.outcome(sample(), "latency_p99_us_at_1000_per_s")
        self.assertAlmostEqual(latency.factor, 0.25, delta=0.005)
        self.assertTrue(latency.met)

    def test_targets_compare_with_the_limit(self):
        one = self.outcome(sample(), "deliveries_per_cpu_s", limit="limit")
        self.assertEqual((one.other_name, one.factor, one.met),
                         ("limit", 0.8, True))

    def test_a_missed_target_is_told(self):
        results = sample()
        results.add("relay", MIDDLE[0], "rust", relay_run(2))
        one = self.outcome(results, "deliveries_per_cpu_s")
        self.assertEqual((one.other_name, one.factor, one.met),
                         ("rust", 2, False))
        self.assertIn("**no**", tables.targets(results))

    def test_who_rests_without_a_heartbeat_is_no_rival_when_idle(self):
        results = sample()
        results.add("connections", "1000-peers", "rust", {"idle_cpu_share": 0})
        one = self.outcome(results, "idle_cpu_share")
        self.assertEqual((one.other_name, one.factor, one.met),
                         ("go", 0.25, True))

    def test_nothing_is_said_without_figures(self):
        one = self.outcome(Results(None), "deliveries_per_cpu_s")
        self.assertIsNone(one.met)
        self.assertIn("not shown", tables.targets(Results(None)))

    def test_a_rate_that_the_load_limits_is_a_lower_bound(self):
        results = sample()
        self.assertIn("≥ 400", tables.connections(results))
        results.runs("connections", "1000-peers",
                     "grapevine")[0]["connections_per_s"] = 120
        self.assertIsNone(self.outcome(results, "connections_per_s").met)

    def test_figures_stand_with_their_spread_and_share_of_the_limit(self):
        table = tables.relay(sample(), "deliveries_per_cpu_s")
        self.assertIn("400,000<br><sub>360,000 – 440,000</sub><br>80.0 % of the "
                      "limit", table)
        self.assertIn("4.00×", table)

    def test_a_rate_that_is_not_reached_is_a_dash(self):
        line = tables.latencies(sample(), charts.RATES).splitlines()[2]
        self.assertEqual(line.split(" | ")[-2], "—")

    def test_latencies_are_those_of_all_runs_with_their_number(self):
        line = tables.latencies(sample(), charts.RATES).splitlines()[2]
        self.assertIn("at 1,000 messages/s", line)
        # Of Go's three runs; p99.9 would have 61 beyond it, of eight messages.
        self.assertIn("| 0.50 / 1.00 / —<br><sub>of 61,200</sub> |", line)

    def test_figures_of_before_there_were_histograms_are_dashes(self):
        results = Results(None)
        for name in ("grapevine", "go"):
            figures = relay_run(1)
            results.add("relay", MIDDLE[0], name, {
                key: value for key, value in figures.items()
                if "histogram" not in key})
        line = tables.latencies(results, charts.RATES).splitlines()[2]
        self.assertTrue(line.endswith("| — | — |"), line)
        self.assertIn("not shown", tables.targets(results))
        with tempfile.TemporaryDirectory() as name:
            report.write(results, pathlib.Path(name))

    def test_brokers_stand_beside_grapevine(self):
        self.assertEqual(tables.brokers(sample()), "")
        results = sample()
        results.add("brokers", MIDDLE[0], "nats", relay_run(2))
        lines = tables.brokers(results).splitlines()
        self.assertEqual(lines[0], "|  | Grapevine, unsigned | Grapevine, signed "
                         "| NATS | Mosquitto |")
        self.assertTrue(lines[2].endswith("| 200,000 | — |"), lines[2])
        self.assertIn("| 0.25 / 0.50 / —<br>", lines[-1])

    def test_what_else_the_machine_did_is_told(self):
        results = Results(None)
        for cores in (0.01, 0.02, 0.7):
            results.add("micro", "steps", "grapevine", {
                "decode": 3, "machine": {"others_cores": cores,
                                         "load_average": 1}})
        self.assertIn("| micro | 3 | 0.020 | 0.70 | 1 |",
                      tables.others(results))
        self.assertNotIn("machine", tables.micro(results))
        self.assertEqual(tables.others(sample()), "")

    def test_failures_losses_and_duplicates_are_told(self):
        results = sample()
        self.assertIn("no run failed", tables.accidents(results))
        results.add("relay", MIDDLE[0], "rust", {"error": "it hangs\nhere"})
        results.add("relay", MIDDLE[0], "go",
                    {**relay_run(1), "lost_at_90": 7, "duplicates": 3})
        results.add("mesh", "20-nodes", "js", {"completeness": 0.9998})
        table = tables.accidents(results)
        self.assertIn("| Rust | 0 | 0 | it hangs |", table)
        self.assertIn("| JavaScript | 0 | 0 | 99.98% arrived in one run |",
                      table)
        self.assertIn("| Go | 7.00 | 3.00 | — |", table)
        self.assertIn("failed", tables.relay(results, "highest_rate"))

    def test_every_table_has_rows_of_one_width(self):
        with tempfile.TemporaryDirectory() as name:
            page = report.write(sample(), pathlib.Path(name)).read_text("utf-8")
        widths = [line.count(" | ") if line.startswith("|") else 0
                  for line in page.splitlines()]
        for before, after in zip(widths, widths[1:]):
            if before and after:
                self.assertEqual(before, after)

    def test_charts_are_whole_and_named_in_the_page(self):
        with tempfile.TemporaryDirectory() as name:
            page = report.write(sample(), pathlib.Path(name))
            content = page.read_text("utf-8")
            for chart in report.CHARTS:
                if chart == "growth":  # of which there is nothing here
                    continue
                svg = pathlib.Path(name) / "benchmarks" / f"{chart}.svg"
                root = xml.parse(svg).getroot()
                texts = [node.text for node in root.iter()
                         if node.tag.endswith("}text")]
                self.assertIn("Grapevine", texts)
                self.assertIn(f"benchmarks/{chart}.svg", content)

    def test_the_page_tells_how_each_part_was_measured(self):
        whole = {"command": "make bench", "date": "2026-01-02"}
        part = {"command": "scripts/bench.sh --part mesh", "date": "2026-01-03"}
        self.assertIn("| command | `make bench`, 2026-01-02 |", report.header(
            {"measured": {"relay": whole, "mesh": whole}}))
        self.assertIn("| mesh | `scripts/bench.sh --part mesh`, 2026-01-03 |",
                      report.header({"measured": {"relay": whole,
                                                  "mesh": part}}))

    def test_steps_have_rows_in_their_order(self):
        results = Results(None)
        for value in (10, 30, 20):
            results.add("micro", "steps", "grapevine",
                        {"noise/100": value, "decode": 2 * value})
        lines = tables.micro(results).splitlines()[2:]
        self.assertEqual(lines[0],
                         "| `noise/100` | 20.0<br><sub>10.0 – 30.0</sub> |")
        self.assertIn("`decode`", lines[1])

    def test_a_part_alone_makes_a_report(self):
        results = Results(None)
        results.add("mesh", "20-nodes", "go", {"error": "gone"})
        with tempfile.TemporaryDirectory() as name:
            content = report.write(results, pathlib.Path(name)).read_text()
        self.assertIn("gone", content)
        self.assertNotIn(".svg", content)


if __name__ == "__main__":
    unittest.main()
