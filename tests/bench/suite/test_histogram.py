import unittest

from histogram import Histogram, least_of, middle_of


class HistogramTest(unittest.TestCase):
    def test_buckets_are_those_of_the_driver(self):
        # latency_histogram_test.cpp says that 300 ns are in number 278.
        self.assertEqual(least_of(278), 300)
        self.assertEqual(least_of(5), 5)
        for bucket in range(4000):
            width = least_of(bucket + 1) - least_of(bucket)
            self.assertGreater(width, 0)
            self.assertLessEqual(width, max(1, 0.01 * least_of(bucket)))

    def test_runs_are_added_up(self):
        pooled = Histogram("1000:3 1200:1", "1000:2 1300:4", "")
        self.assertEqual(pooled.samples, 10)
        self.assertEqual(pooled.percentile(0), middle_of(1000))
        self.assertEqual(pooled.percentile(0.5), middle_of(1000))
        self.assertEqual(pooled.percentile(1), middle_of(1300))

    def test_a_tail_of_one_run_is_a_tail_of_all(self):
        """The median of per-run percentiles would not show it."""
        calm, slow = "1000:100", "1000:90 2000:10"
        pooled = Histogram(calm, calm, slow)
        self.assertEqual(pooled.percentile(0.99), middle_of(2000))
        self.assertEqual(pooled.percentile(0.95), middle_of(1000))

    def test_nothing_has_no_percentile(self):
        self.assertIsNone(Histogram().percentile(0.5))
        self.assertIsNone(Histogram("").percentile(0.5))

    def test_a_percentile_wants_samples_beyond_it(self):
        some = Histogram("1000:1000")
        self.assertTrue(some.shows(0.5))
        self.assertTrue(some.shows(0.99))
        self.assertFalse(some.shows(0.999))

    def test_deliveries_of_one_message_are_one_sample_of_a_tail(self):
        some = Histogram("1000:8000")
        self.assertTrue(some.shows(0.99, of_each=8))
        self.assertFalse(some.shows(0.995, of_each=8))


if __name__ == "__main__":
    unittest.main()
