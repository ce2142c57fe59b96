import pathlib
import tempfile
import unittest

from results import Results


class ResultsTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name) / "new/latest.json"

    def add(self, results, values, implementation="go"):
        for value in values:
            results.add("relay", "case", implementation, {"rate": value})

    def test_all_runs_of_one_invocation_are_kept(self):
        results = Results(self.path)
        self.add(results, [3, 1, 2])
        results.save()
        again = Results(self.path)
        self.assertEqual(again.values("relay", "case", "go", "rate"), [3, 1, 2])
        self.assertEqual(again.median("relay", "case", "go", "rate"), 2)

    def test_what_is_measured_again_replaces_what_was_there(self):
        results = Results(self.path)
        self.add(results, [1, 2])
        self.add(results, [5], "rust")
        results.save()
        again = Results(self.path)
        self.add(again, [9])
        self.assertEqual(again.values("relay", "case", "go", "rate"), [9])
        self.assertEqual(again.values("relay", "case", "rust", "rate"), [5])

    def test_runs_can_be_appended(self):
        results = Results(self.path)
        self.add(results, [1, 2])
        results.save()
        again = Results(self.path, append=True)
        self.add(again, [9])
        self.assertEqual(again.values("relay", "case", "go", "rate"), [1, 2, 9])

    def test_runs_without_a_figure_do_not_count(self):
        results = Results(self.path)
        self.add(results, [4, None])
        results.add("relay", "case", "go", {"error": "gone"})
        self.assertEqual(results.median("relay", "case", "go", "rate"), 4)
        self.assertIsNone(results.median("relay", "case", "go", "other"))
        self.assertIsNone(results.median("relay", "none", "go", "rate"))

    def test_implementations_are_those_with_runs(self):
        results = Results(None)
        self.add(results, [1], "rust")
        self.add(results, [1], "grapevine")
        self.assertEqual(results.implementations(("grapevine", "go", "rust")),
                         ["grapevine", "rust"])


if __name__ == "__main__":
    unittest.main()
