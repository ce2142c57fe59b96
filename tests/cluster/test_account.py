import math
import unittest

from account import Account, percentile


def two_nodes():
    """0 publishes, both are there from the beginning."""
    account = Account()
    for node in range(2):
        account.present(node, 0)
    return account


def say(account, key, sent, publisher=0, answered=None):
    account.published(key, publisher, sent,
                      sent + 0.01 if answered is None else answered)


class Percentiles(unittest.TestCase):
    def test_the_least_that_so_many_are_not_above(self):
        self.assertEqual(percentile(range(1, 101), 0.99), 99)
        self.assertEqual(percentile([3, 1, 2], 0.5), 2)
        self.assertEqual(percentile([7], 0.99), 7)
        self.assertTrue(math.isnan(percentile([], 0.5)))


class Delivery(unittest.TestCase):
    def test_what_comes_counts_with_its_latency(self):
        account = two_nodes()
        for i in range(4):
            say(account, f"m{i}", i)
            account.delivered(f"m{i}", 1, i + 0.1 * (i + 1))
        figures = account.figures()
        self.assertEqual((figures.published, figures.expected, figures.delivered),
                         (4, 4, 4))
        self.assertAlmostEqual(figures.p50, 0.2)
        self.assertAlmostEqual(figures.p99, 0.4)
        self.assertFalse(figures.lost)

    def test_what_does_not_come_is_named(self):
        account = two_nodes()
        say(account, "a", 1)
        figures = account.figures()
        self.assertEqual((figures.expected, figures.delivered), (1, 0))
        self.assertEqual(figures.lost, [("a", 0, 1, 1)])

    def test_nobody_is_expected_to_hear_himself(self):
        account = two_nodes()
        say(account, "a", 1)
        account.delivered("a", 0, 1.001)
        self.assertEqual(account.figures().delivered, 0)

    def test_the_first_copy_counts_and_another_is_a_duplicate(self):
        account = two_nodes()
        say(account, "a", 1)
        account.delivered("a", 1, 3.0)
        account.delivered("a", 1, 1.5)
        figures = account.figures()
        self.assertAlmostEqual(figures.p50, 0.5)
        self.assertEqual((figures.delivered, figures.duplicates), (1, 1))

    def test_a_key_is_used_once(self):
        account = two_nodes()
        say(account, "a", 1)
        with self.assertRaises(ValueError):
            say(account, "a", 2)

    def test_who_publishes_without_being_a_node_counts(self):
        account = two_nodes()
        say(account, "a", 1, publisher=9)
        self.assertEqual(account.figures().expected, 2)


class Presence(unittest.TestCase):
    def test_nothing_is_expected_of_who_is_not_there(self):
        account = two_nodes()
        account.absent(1, 5)
        for key, sent in (("before", 4.7), ("just before", 4.9), ("after", 6)):
            say(account, key, sent)
        self.assertEqual([lost[0] for lost in account.figures().lost], ["before"])

    def test_what_somebody_had_only_begun_when_he_was_killed(self):
        for hard, expected in ((False, 1), (True, 0)):
            account = two_nodes()
            say(account, "a", 4.9, answered=4.91)
            account.absent(0, 5, hard)
            self.assertEqual(account.figures().expected, expected)

    def test_what_was_not_answered_before_the_end_is_not_expected(self):
        account = two_nodes()
        say(account, "a", 4.99, answered=5.1)
        account.absent(0, 5)
        self.assertEqual(account.figures().expected, 0)

    def test_the_next_absence_ends_the_next_presence(self):
        account = two_nodes()
        account.absent(1, 5)
        account.absent(1, 6)
        account.present(1, 10)
        say(account, "a", 11)
        self.assertTrue(account.is_present(1))
        self.assertEqual(account.figures().expected, 1)


class Returns(unittest.TestCase):
    def setUp(self):
        self.account = two_nodes()
        self.account.absent(1, 5)
        self.account.present(1, 10)
        self.account.returned(1, 10, within=1)
        for i in range(20):
            say(self.account, f"m{i}", 10 + 0.1 * i)

    def lost(self):
        return [lost[0] for lost in self.account.figures().lost]

    def hear(self, first):
        for i in range(first, 20):
            self.account.delivered(f"m{i}", 1, 10 + 0.1 * i + 0.01, 1)

    def test_all_is_expected_from_the_first_that_is_heard(self):
        self.hear(3)
        figures = self.account.figures()
        self.assertAlmostEqual(figures.recovery, 0.31)
        self.assertEqual(figures.expected, 16)
        self.assertFalse(figures.lost)
        del self.account.deliveries["m7", 1]
        self.assertEqual(self.lost(), ["m7"])

    def test_after_its_time_all_is_expected(self):
        self.hear(15)
        figures = self.account.figures()
        self.assertAlmostEqual(figures.recovery, 1.51)
        self.assertEqual(self.lost(), ["m10", "m11", "m12", "m13", "m14"])

    def test_who_hears_nothing_has_not_recovered(self):
        figures = self.account.figures()
        self.assertEqual(figures.recovery, math.inf)
        self.assertEqual((figures.expected, figures.delivered), (10, 0))

    def test_what_was_under_way_before_is_no_recovery(self):
        say(self.account, "before", 9.99)
        self.account.delivered("before", 1, 10.0, 1)
        self.assertEqual(self.account.figures().recovery, math.inf)

    def test_what_it_hears_of_itself_is_no_recovery(self):
        say(self.account, "own", 10.5, publisher=1)
        self.account.delivered("own", 1, 10.5, 1)
        self.assertEqual(self.account.figures().recovery, math.inf)

    def test_each_return_is_for_itself(self):
        self.hear(3)
        self.account.absent(1, 13)
        self.account.present(1, 20)
        self.account.returned(1, 20, within=1)
        say(self.account, "later", 20.2)
        self.account.delivered("later", 1, 20.7, 2)
        self.assertEqual([round(took, 2) for _, took in
                          self.account.recoveries()], [0.31, 0.7])
        # It was said before it heard of anything.
        self.assertEqual(self.account.figures().expected, 16)

    def test_gone_again_before_it_was_there(self):
        self.account.absent(1, 10.2)
        self.assertEqual(self.account.figures().expected, 0)


class Repeats(unittest.TestCase):
    def lives(self, *times):
        account = two_nodes()
        say(account, "a", 1)
        for life, at in enumerate(times):
            account.delivered("a", 1, at, life)
        figures = account.figures()
        return figures.duplicates, figures.repeated, figures.again

    def test_in_the_next_life_while_windows_hold_it(self):
        self.assertEqual(self.lives(1.1, 5), (0, 1, 0))

    def test_later_it_is_an_old_message(self):
        self.assertEqual(self.lives(1.1, 7.5), (0, 0, 1))
        self.assertEqual(self.lives(1.1, 5, 9), (0, 1, 1))

    def test_heard_for_the_first_time_it_is_none_however_late(self):
        self.assertEqual(self.lives(20), (0, 0, 0))


class Cuts(unittest.TestCase):
    def setUp(self):
        self.account = Account()
        for node in range(4):
            self.account.present(node, 0)
        self.account.cut([{0, 1}, {2, 3}], 10, 20)

    def test_within_a_half_all_is_expected(self):
        say(self.account, "a", 15)
        self.assertEqual([lost[2] for lost in self.account.figures().lost], [1])

    def test_across_nothing_is_from_shortly_before_to_the_end(self):
        for key, sent, expected in (("a", 9.7, 3), ("b", 9.9, 1), ("c", 19.99, 1),
                                    ("d", 20.0, 3)):
            with self.subTest(key):
                before = self.account.figures().expected
                say(self.account, key, sent)
                self.assertEqual(self.account.figures().expected - before, expected)

    def test_what_the_windows_held_when_the_first_came_through(self):
        for i in range(10):
            say(self.account, f"m{i}", 10.5 + i)
        # A second after the end: windows hold what is younger than 17.
        for i in (7, 8, 9):
            for node in (2, 3):
                self.account.delivered(f"m{i}", node, 21 + 0.1 * i)
        across = self.account.across(self.account.cuts[0])
        self.assertAlmostEqual(across.recovery, 1.7)
        # 18.5 and 19.5 at two nodes.
        self.assertEqual((across.expected, across.delivered), (4, 4))
        self.assertAlmostEqual(self.account.figures().recovery, 1.7)

    def test_what_comes_too_late_does_not_count(self):
        say(self.account, "a", 19)
        self.account.delivered("a", 2, 21)
        self.account.delivered("a", 3, 23.5)
        across = self.account.across(self.account.cuts[0])
        self.assertEqual((across.expected, across.delivered), (2, 1))

    def test_latencies_while_it_heals_are_left_out(self):
        say(self.account, "early", 21)
        say(self.account, "late", 24)
        for node in (1, 2, 3):
            self.account.delivered("early", node, 22.5 if node > 1 else 21.1)
            self.account.delivered("late", node, 24.1)
        figures = self.account.figures()
        self.assertEqual(figures.delivered, 6)
        self.assertLess(figures.p99, 0.2)

    def test_never_together_again(self):
        self.assertEqual(self.account.figures().recovery, math.inf)


if __name__ == "__main__":
    unittest.main()
