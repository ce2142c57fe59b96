import fnmatch
import math
import unittest

import report
import run
import scenarios # makes them known
from account import Figures
from scenario import ROWS, SCENARIOS, Bounds, judge, scenario


def figures(**changed):
    good = {"published": 10, "expected": 100, "delivered": 100, "p50": 0.01,
            "p99": 0.02, "recovery": 0.5}
    return Figures(**{**good, **changed})


class Judging(unittest.TestCase):
    bounds = Bounds(p99=0.05, recovery=1.0)

    def complaints(self, bounds=None, **changed):
        return judge(figures(**changed), bounds or self.bounds).complaints

    def test_within_all_bounds(self):
        self.assertEqual(self.complaints(), [])

    def test_each_bound_is_held(self):
        for changed in ({"lost": [("m1", 0, 1, 2.0)]}, {"duplicates": 1},
                        {"again": 1}, {"p99": 0.05}, {"p99": math.nan},
                        {"recovery": 1.1}, {"recovery": math.inf},
                        {"recovery": math.nan}, {"expected": 0}):
            with self.subTest(changed):
                self.assertEqual(len(self.complaints(**changed)), 1)

    def test_what_is_not_bounded_may_be_anything(self):
        self.assertEqual(self.complaints(Bounds(), p99=9.0, recovery=math.nan), [])

    def test_what_was_complained_of_before_stays(self):
        outcome = judge(figures(), self.bounds, ["node 1 ended by itself"])
        self.assertFalse(outcome.passed)


class Selection(unittest.TestCase):
    def test_the_quick_ones_are_not_too_much_for_every_change(self):
        quick = [one for one in SCENARIOS.values() if one.quick]
        self.assertGreaterEqual(len(quick), 10)
        self.assertLess(sum(one.seconds for one in quick), 240)

    def test_the_quick_ones_have_something_of_each_row(self):
        for row, patterns in ROWS.items():
            with self.subTest(row):
                self.assertTrue([one for one in SCENARIOS.values() if one.quick
                                 and any(fnmatch.fnmatch(one.name, pattern)
                                         for pattern in patterns)])

    def test_each_is_of_a_row(self):
        for name in SCENARIOS:
            with self.subTest(name):
                self.assertEqual(1, sum(fnmatch.fnmatch(name, pattern)
                                        for patterns in ROWS.values()
                                        for pattern in patterns))

    def test_by_pattern(self):
        names = [one.name for one in run.parse(["partition-*", "calm"]).chosen]
        self.assertEqual(sorted(names), ["calm", "partition-10", "partition-120",
                                         "partition-30"])

    def test_a_name_is_given_once(self):
        with self.assertRaises(ValueError):
            scenario("calm", "again", 1)(None)


class Report(unittest.TestCase):
    outcomes = {"calm": judge(figures(recovery=math.nan), Bounds()),
                "worse": judge(figures(p99=0.3, delivered=99, duplicates=2,
                                       recovery=math.inf), Bounds(p99=0.25))}

    def test_a_line_for_each(self):
        text = report.text(self.outcomes).splitlines()
        self.assertEqual(text[1].split(), ["calm", "100", "100", "0", "10.0", "ms",
                                           "20.0", "ms", "-", "ok"])
        self.assertEqual(text[2].split()[8:11], ["250", "ms", "never"])
        self.assertIn("never", text[2])
        self.assertIn("FAILED", text[2])
        self.assertIn("| calm | 100 | 100 | 0 | 10.0 ms | 20.0 ms |  | - |  | ok "
                      "|  |", report.markdown(self.outcomes))

    def test_a_page_says_what_each_does(self):
        self.outcomes["calm"].about = "nothing happens"
        self.assertIn("| calm | nothing happens |", report.page(self.outcomes))
        self.assertIn(report.markdown(self.outcomes), report.page(self.outcomes))

    def test_json_has_no_infinite_numbers(self):
        data = report.data(self.outcomes)
        self.assertIsNone(data["worse"]["figures"]["recovery"])
        self.assertEqual(data["worse"]["figures"]["p99"], 0.3)
        self.assertFalse(data["worse"]["passed"])


if __name__ == "__main__":
    unittest.main()
