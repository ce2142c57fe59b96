import contextlib
import io
import os
import unittest
from unittest import mock

import cases
import options
import tasks


def tasks_of(*arguments):
    """With relays that are there."""
    relays = [word for name in (*cases.IMPLEMENTATIONS, cases.LIMIT,
                                *cases.BROKERS)
              for word in ("--relay", f"{name}=/bin/sh")]
    with (mock.patch("growth.allow_files", return_value=10**6),
          mock.patch("growth.local_ports", return_value=10**6)):
        return tasks.all_tasks(options.parse([*relays, *arguments]))


class TasksTest(unittest.TestCase):
    def test_each_dimension_is_varied_alone(self):
        self.assertEqual(len(cases.default_cases()), 14)
        self.assertEqual(len(set(cases.default_cases())), 14)
        self.assertEqual(len(cases.all_cases()), 48)

    def test_a_case_has_a_name(self):
        for case in cases.all_cases():
            self.assertEqual(cases.RelayCase.of_name(case.name), case)

    def test_the_default_takes_some_two_hours(self):
        seconds = sum(task.seconds * min(task.rounds, 5) for task in tasks_of())
        self.assertGreater(seconds / 3600, 1.5)
        self.assertLess(seconds / 3600, 2.1)

    def test_the_short_form_fits_into_two_minutes(self):
        chosen = tasks_of("--short")
        self.assertLess(sum(task.seconds for task in chosen), 120)
        self.assertEqual({task.part for task in chosen},
                         {"relay", "connections", "growth", "mesh", "brokers"})

    def test_implementations_take_turns(self):
        names = [task.implementation
                 for task in tasks_of("--case", "signed-1024-8-1",
                                      "--part", "relay")]
        self.assertEqual(names, ["loop", "limit", "grapevine", "go", "rust", "js"])

    def test_rates_are_the_same_for_all_in_a_case(self):
        for case in cases.default_cases():
            chosen = tasks_of("--case", case.name, "--part", "relay")
            rates = {task.arguments[task.arguments.index("--rates") + 1]
                     for task in chosen if "--rates" in task.arguments}
            self.assertEqual(len(rates), 1, case)
        self.assertEqual(len({rate for rate in cases.RATES}), 3)

    def test_windows_are_five_seconds_unless_told_otherwise(self):
        def seconds(*more):
            words = tasks_of("--case", "signed-1024-8-1", *more)[-1].arguments
            return float(words[words.index("--rate-seconds") + 1])
        self.assertEqual(seconds(), 5)
        self.assertEqual(seconds("--latency-seconds", "2"), 2)
        self.assertLess(seconds("--short"), 1)

    def test_growth_is_that_of_who_is_asked_for(self):
        def names(*more):
            return {task.implementation
                    for task in tasks_of("--part", "growth", *more)}
        self.assertEqual(names(), {"grapevine"})
        self.assertEqual(names("--growth-of", "go,rust"), {"go", "rust"})

    def test_only_ours_can_be_told_to_stop(self):
        for task in tasks_of("--case", "peers-*", "--growth-of",
                             "grapevine,go"):
            self.assertEqual("--stop" in task.arguments,
                             task.implementation == "grapevine")

    def test_brokers_are_loaded_as_the_relays_in_the_middle(self):
        relay, *brokers = (tasks_of("--case", "unsigned-1024-8-1", "--part", part)
                           for part in ("relay", "brokers"))
        self.assertEqual([task.implementation for task in brokers[0]],
                         ["nats", "mosquitto"])
        for task in brokers[0]:
            for word in ("--rates", "--rate-seconds", "--seconds"):
                self.assertEqual(*(one.arguments[one.arguments.index(word) + 1]
                                   for one in (task, relay[-1])))

    def test_filters(self):
        chosen = tasks_of("--implementations", "go,rust", "--only", "unsigned",
                          "--part", "relay", "--case", "*-64-1")
        self.assertEqual([(task.cell, task.implementation) for task in chosen],
                         [("unsigned-1024-64-1", "go"),
                          ("unsigned-1024-64-1", "rust")])

    def test_a_relay_that_is_missing_is_left_out(self):
        arguments = ["--relay", "go=/none", "--relay", "js=/bin/sh"]
        with (mock.patch.dict(os.environ, {"CI": ""}),
              contextlib.redirect_stderr(io.StringIO()) as said):
            chosen = tasks.all_tasks(options.parse(arguments))
        self.assertEqual({task.implementation for task in chosen},
                         {"js", "loop"})
        self.assertIn("go IS LEFT OUT", said.getvalue())

    def test_none_may_be_missing_in_ci(self):
        with (mock.patch.dict(os.environ, {"CI": "true"}),
              contextlib.redirect_stderr(io.StringIO()),
              self.assertRaises(SystemExit)):
            options.parse(["--relay", "go=/none"])


if __name__ == "__main__":
    unittest.main()
