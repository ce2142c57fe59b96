import unittest

import switch
from cluster import circle
from scenarios import chart


class Lines(unittest.TestCase):
    @staticmethod
    def line(*arguments):
        return switch.Line(switch.parse([*arguments, "x"]), 7)

    def test_without_faults_a_frame_leaves_at_once(self):
        self.assertEqual(self.line().due(5.0), 5.0)

    def test_so_many_are_lost(self):
        line = self.line("--loss", "0.05")
        lost = sum(line.due(0.0) is None for _ in range(10_000))
        self.assertTrue(400 < lost < 600, lost)

    def test_they_keep_their_order_but_for_those_that_overtake(self):
        line = self.line("--delay", "0.1", "--jitter", "0.02", "--reorder", "0.01")
        times = [(0.001 * i, line.due(0.001 * i)) for i in range(10_000)]
        slow = [at for now, at in times if at > now]
        self.assertEqual(slow, sorted(slow))
        overtaking = len(times) - len(slow)
        self.assertTrue(60 < overtaking < 140, overtaking)
        waits = [at - now for now, at in times if at > now]
        self.assertTrue(0.079 < min(waits) and max(waits) < 0.121)

    def test_the_same_seed_the_same_faults(self):
        one, other = self.line("--loss", "0.5"), self.line("--loss", "0.5")
        self.assertEqual([one.due(1.0) for _ in range(50)],
                         [other.due(1.0) for _ in range(50)])


class Switches(unittest.TestCase):
    def test_it_learns_who_is_where(self):
        one = switch.Switch(3)
        a, b, all_of_them = b"\x02aaaaa", b"\x02bbbbb", b"\xff" * 6
        self.assertEqual(one.receivers(0, b + a), [1, 2])
        self.assertEqual(one.receivers(2, a + b), [0])
        self.assertEqual(one.receivers(0, b + a), [2])
        self.assertEqual(one.receivers(0, all_of_them + a), [1, 2])
        # Moved to another port; nothing goes back where it came from.
        self.assertEqual(one.receivers(1, a + b), [0])
        self.assertEqual(one.receivers(1, b + a), [])


def reaches_all(graph, without):
    left = set(range(len(graph))) - set(without)
    found, todo = set(), [min(left)]
    while todo:
        node = todo.pop()
        if node in found:
            continue
        found.add(node)
        todo += [other for other in left - found
                 if other in graph[node] or node in graph[other]]
    return found == left


class Topologies(unittest.TestCase):
    def test_each_half_of_the_circle_is_whole(self):
        graph = circle(12)
        for half in (range(6), range(6, 12), (1, 4, 7, 10)):
            self.assertTrue(reaches_all(graph, half))

    def test_the_charts_template_is_read(self):
        self.assertEqual(
            chart.known_by_each(5, "{{- range $away := list 1 3 -}}"),
            [[1, 3], [0, 2, 4], [1, 3], [0, 2, 4], [1, 3]])
        one_name = 'peer = ["/dns4/{{ .Release.Name }}/tcp/4001"]'
        self.assertEqual(chart.known_by_each(2, one_name), [["all"], ["all"]])
        with self.assertRaises(RuntimeError):
            chart.known_by_each(5, "something else")
        self.assertEqual(len(chart.known_by_each(7)), 7)

    def test_pairs(self):
        self.assertEqual(len(chart.chosen_pairs(7, 21, 1)), 21)
        some = chart.chosen_pairs(30, 12, 1)
        self.assertEqual(len(set(some)), 12)
        self.assertEqual(some[0], (0, 1))


if __name__ == "__main__":
    unittest.main()
