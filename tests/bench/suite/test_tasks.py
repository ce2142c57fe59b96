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
    relays = [word for name in (*cases.IMPLEMENTATIONS, cases.LIMIT)
              for word in ("--relay", f"{name}=/bin/sh")]
    return tasks.all_tasks(options.parse([*relays, *arguments]))


class TasksTest(unittest.TestCase):
    def test_each_dimension_is_varied_alone(self):
        self.assertEqual(len(cases.default_cases()), 14)
        self.assertEqual(len(set(cases.default_cases())), 14)
        self.assertEqual(len(cases.all_cases()), 48)

    def test_a_case_has_a_name(self):
        for case in cases.all_cases():
            self.assertEqual(cases.RelayCase.of_name(case.name), case)

    def test_the_default_takes_some_45_minutes(self):
        seconds = sum(task.seconds for task in tasks_of())
        self.assertLess(5 * seconds / 60, 48)

    def test_the_short_form_fits_into_two_minutes(self):
        chosen = tasks_of("--short")
        self.assertLess(sum(task.seconds for task in chosen), 120)
        self.assertEqual({task.part for task in chosen},
                         {"relay", "connections", "mesh"})

    def test_implementations_take_turns(self):
        names = [task.implementation
                 for task in tasks_of("--case", "signed-1024-8-1",
                                      "--part", "relay")]
        self.assertEqual(names, ["loop", "limit", "grapevine", "go", "rust", "js"])

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
