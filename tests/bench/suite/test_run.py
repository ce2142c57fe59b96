import contextlib
import io
import json
import pathlib
import tempfile
import unittest
from unittest import mock

import run


def run_main(folder, *arguments, complaint=None):
    """What it returns, and says on standard error; of no relay at all."""
    with (mock.patch("load.look", return_value=complaint),
          contextlib.redirect_stdout(io.StringIO()),
          contextlib.redirect_stderr(io.StringIO()) as said):
        code = run.main(["--part", "mesh", "--output", folder, *arguments])
    return code, said.getvalue()


class RunTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.results = pathlib.Path(folder.name) / "benchmarks.md"

    def test_a_loaded_machine_is_refused_and_nothing_written(self):
        code, said = run_main(self.folder, complaint="it is busy")
        self.assertEqual(code, 2)
        self.assertIn("it is busy", said)
        self.assertFalse(self.results.exists())

    def test_it_is_measured_nevertheless_if_asked_for(self):
        code, said = run_main(self.folder, "--loaded", complaint="it is busy")
        self.assertEqual((code, said), (0, ""))
        self.assertTrue(self.results.exists())

    def test_the_short_form_and_the_report_do_not_ask(self):
        for form in ("--short", "--report"):
            self.assertEqual(run_main(self.folder, form,
                                      complaint="it is busy")[0], 0)

    def test_what_others_did_is_told_where_it_matters(self):
        def figures(cores):
            return {"machine": {"others_cores": cores, "load_average": 1}}
        self.assertEqual(run.meanwhile(figures(0.05)), "")
        self.assertIn("others used 0.40 cores", run.meanwhile(figures(0.4)))

    def test_losses_and_failures_are_wrong(self):
        self.assertFalse(run.is_wrong({"lost_at_90": 0, "full_lost": 3}))
        self.assertTrue(run.is_wrong({"lost_among": 1}))
        self.assertTrue(run.is_wrong({"error": "gone"}))
        self.assertTrue(run.is_wrong({"completeness": 0.99}))

    def test_steps_are_in_nanoseconds(self):
        text = {"benchmarks": [
            {"name": "a", "time_unit": "us", "cpu_time": 2},
            {"name": "b", "time_unit": "ns", "cpu_time": 1,
             "error_occurred": True}]}
        self.assertEqual(run.nanoseconds(json.loads(json.dumps(text))),
                         {"a": 2000})


if __name__ == "__main__":
    unittest.main()
