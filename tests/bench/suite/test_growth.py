import contextlib
import io
import pathlib
import tempfile
import unittest
import xml.etree.ElementTree as xml
from unittest import mock

import growth
import growth_curves
import growth_tables
import report
from results import Results


def sample():
    """Memory that does not grow with the peers, CPU that does."""
    results = Results(None)
    for peers in (100, 1000, 10_000):
        for run in (0.9, 1, 1.1):
            results.add("growth", f"peers-{peers}", "grapevine", {
                "resident_bytes_per_peer": 16 * 1024,
                "idle_cpu_share": 1e-6 * peers * run,
                "stop_cpu_s": 1e-4 * peers,
                "latency_p50_us_beside": 100, "latency_p99_us_beside": 200,
                "latency_histogram_beside": "1900:990 2000:20"})
    for subscribers in (1, 10, 100, 1000):
        results.add("growth", f"subscribers-{subscribers}", "grapevine", {
            "cpu_us_per_message": 5 + 2 * subscribers})
    return results


class GrowthTest(unittest.TestCase):
    def test_sizes_stand_in_order_with_the_exponent_below(self):
        lines = growth_tables.growth(sample()).splitlines()
        rows = [line for line in lines if line.startswith("| ")]
        self.assertEqual([row.split(" | ")[0] for row in rows[2:6]],
                         ["| 100", "| 1,000", "| 10,000", "| **exponent**"])
        memory, idle, stop, *_ = rows[5].split(" | ")[1:]
        self.assertEqual((memory, idle, stop), ("0.00", "1.00", "1.00"))

    def test_what_was_not_measured_is_a_dash(self):
        lines = growth_tables.growth(sample()).splitlines()
        self.assertTrue(any(line.startswith("| 100 | 16.0") and
                            line.endswith("| — |") for line in lines), lines)

    def test_subscribers_cost_a_line(self):
        self.assertIn("A message costs 5.00 µs + 2.00 µs per subscriber, within "
                      "0", growth_tables.growth(sample()))

    def test_points_are_of_all_runs(self):
        p99 = next(one for one in growth_curves.GROWING["peers"]
                   if one.figure == "latency_p99_us_beside")
        x, y, least, most = p99.points(sample(), "grapevine")[0]
        self.assertEqual((x, least, most), (100, 200, 200))
        self.assertGreater(y, 200)

    def test_the_page_has_table_and_chart(self):
        with tempfile.TemporaryDirectory() as name:
            page = report.write(sample(), pathlib.Path(name)).read_text("utf-8")
            svg = pathlib.Path(name) / "benchmarks/growth.svg"
            root = xml.parse(svg).getroot()
        self.assertIn("benchmarks/growth.svg", page)
        self.assertIn("By subscribers in the mesh", page)
        kinds = [node.tag.rsplit("}")[-1] for node in root.iter()]
        # Memory, idle CPU, CPU to stop, p50 and p99, CPU by subscribers.
        self.assertEqual(kinds.count("polyline"), 6)

    def test_nothing_measured_is_nothing_told(self):
        self.assertEqual(growth_tables.growth(Results(None)), "")

    def test_sizes_beyond_the_limits_are_left_out_with_reasons(self):
        fitting, missing = growth.reachable((100, 5000, 20_000), 10_000, 50_000)
        self.assertEqual(fitting, (100, 5000, 8000))
        self.assertEqual(len(missing), 1)
        self.assertIn("20,000 PEERS ARE LEFT OUT", missing[0])
        self.assertIn("ulimit -n", missing[0])
        self.assertIn("8,000 are measured in their place", missing[0])
        fitting, missing = growth.reachable((800, 5000), 100_000, 1000)
        self.assertEqual(fitting, (800,))
        self.assertIn("ports", missing[0])
        self.assertEqual(growth.reachable((1, 2), 2000, 1000), ((1, 2), []))

    def test_what_is_left_out_is_told_loudly(self):
        with (mock.patch("growth.allow_files", return_value=2500),
              contextlib.redirect_stderr(io.StringIO()) as said):
            self.assertEqual(growth.peers_here(), (100, 200, 500, 1000))
        self.assertIn("*** 2,000 PEERS", said.getvalue())


if __name__ == "__main__":
    unittest.main()
