import unittest

import load
from load import Glance


class LoadTest(unittest.TestCase):
    def test_a_calm_machine_may_measure(self):
        self.assertIsNone(load.complaint(0, 2, 3.5, []))
        self.assertIsNone(load.complaint(load.MOST_CORES, 2, 3.5, []))

    def test_a_loaded_one_may_not_and_is_told_why(self):
        said = load.complaint(1.25, 2, 4.5, [("cc1plus", 1.1), ("ninja", 0.1)])
        self.assertIn("1.25 of its 2 cores (cc1plus 1.10, ninja 0.10)", said)
        self.assertIn("load average is 4.50", said)
        self.assertIn("--loaded", said)

    def test_what_is_stolen_has_no_name(self):
        self.assertIn("0.50 of its 2 cores (mostly what has ended meanwhile or "
                      "is another machine on this host), at",
                      load.complaint(0.5, 2, 0, []))

    def test_our_own_work_is_not_that_of_others(self):
        before, after = Glance(10, 100, 7), Glance(12, 104, 10)
        self.assertEqual(load.others_cores(before, after), 0.5)

    def test_there_is_no_negative_work(self):
        """Clocks of different exactness are compared."""
        self.assertEqual(load.others_cores(Glance(0, 0, 0), Glance(1, 1, 1.01)),
                         0)

    def test_idle_time_and_interrupts_are_no_work(self):
        ticks = load.TICKS
        line = " ".join(str(n * ticks) for n in (1, 2, 3, 99, 99, 99, 99, 4))
        self.assertEqual(load.work_of(f"cpu  {line} 0 0\ncpu0 1 2\n"), 10)

    def test_the_busiest_come_first(self):
        before = Glance(0, 0, 0, {1: ("init", 5), 2: ("old", 1)})
        after = Glance(2, 0, 0, {1: ("init", 5), 2: ("old", 2), 3: ("new", 2)})
        self.assertEqual(load.busiest(before, after),
                         [("new", 1), ("old", 0.5)])

    def test_a_process_may_have_any_name(self):
        fields = " ".join(["S", *["0"] * 10, str(3 * load.TICKS),
                           str(load.TICKS), "0"])
        self.assertEqual(load.process_of(f"12 (a) b) {fields}"), ("a) b", 4))

    def test_this_machine_can_be_looked_at(self):
        before = load.glance(processes=True)
        after = load.glance()
        self.assertGreaterEqual(after.all, before.all)
        self.assertIn(1, before.processes)


if __name__ == "__main__":
    unittest.main()
