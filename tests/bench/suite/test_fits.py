import unittest

import fits


class FitsTest(unittest.TestCase):
    def test_the_exponent_is_that_of_the_upper_half(self):
        points = [(x, 100 + 0 * x) for x in (1, 2, 4)]
        points += [(x, 3 * x**1.5) for x in (100, 1000, 10_000, 100_000)]
        self.assertAlmostEqual(fits.exponent(points), 1.5)

    def test_what_does_not_grow_has_none_above_zero(self):
        self.assertAlmostEqual(fits.exponent([(1, 5), (10, 5), (100, 5)]), 0)

    def test_nothing_is_fitted_to_one_point_or_to_zero(self):
        self.assertIsNone(fits.exponent([(1, 5)]))
        self.assertIsNone(fits.exponent([]))
        self.assertIsNone(fits.exponent([(1, 0), (10, 0), (100, 4)]))
        self.assertIsNone(fits.affine([(3, 4)]))

    def test_a_line_is_found_in_all_magnitudes(self):
        points = [(x, 40 + 2.5 * x) for x in (1, 10, 100, 1000, 1_000_000)]
        a, b = fits.affine(points)
        self.assertAlmostEqual(a, 40)
        self.assertAlmostEqual(b, 2.5)
        self.assertAlmostEqual(fits.worst_error(points, (a, b)), 0)

    def test_small_sizes_count_as_much_as_large_ones(self):
        """An error of a hundredth at the largest must not hide the constant."""
        points = [(1, 42.5), (10, 65), (1_000_000, 2_525_000)]
        a, b = fits.affine(points)
        self.assertAlmostEqual(a, 40, delta=1)
        self.assertLess(fits.worst_error(points, (a, b)), 0.02)

    def test_half_of_an_odd_number_has_the_middle(self):
        self.assertEqual(fits.upper_half([(3, 0), (1, 0), (2, 0)]),
                         [(2, 0), (3, 0)])
        self.assertEqual(len(fits.upper_half([(x, 1) for x in range(8)])), 4)


if __name__ == "__main__":
    unittest.main()
