"""The answers that have no end: of these, the head alone is looked at."""
import re
import traceback

import hypothesis
import requests
import schemathesis

PATTERN = "/(subscribe|events)$"


def problem_of(answer, operation):
    """What is wrong with an answer; None: nothing."""
    described = operation.definition.raw["responses"].get(str(answer.status_code))
    if described is None:
        return f"{answer.status_code} is not described"
    media_type = answer.headers["Content-Type"]
    if media_type not in described["content"]:
        return f"{media_type} is not described"
    if answer.status_code >= 500:
        return answer.text
    return None


def ask_one(operation, url):
    """Makes up requests for one path."""
    accepted = hypothesis.strategies.sampled_from(
        ["*/*", "text/event-stream", "application/x-ndjson", "image/png", ""])

    @hypothesis.settings(max_examples=60, derandomize=True, deadline=None,
                         database=None, phases=[hypothesis.Phase.generate],
                         suppress_health_check=list(hypothesis.HealthCheck))
    @hypothesis.given(case=operation.as_strategy(), accept=accepted)
    def check(case, accept):
        arguments = case.as_transport_kwargs(base_url=url)
        arguments["headers"]["Accept"] = accept
        with requests.request(**arguments, stream=True, timeout=20) as answer:
            problem = problem_of(answer, operation)
            assert problem is None, f"{arguments}: {problem}"

    check()


def ask(url):
    """Whether all is as described."""
    schema = schemathesis.openapi.from_url(url + "/api/v1/openapi.json")
    asked = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        if not re.search(PATTERN, operation.path):
            continue
        asked += 1
        try:
            ask_one(operation, url)
        except Exception:  # pylint: disable=broad-except
            traceback.print_exc()
            return False
    print(f"{asked} streams are as described")
    return asked > 0
