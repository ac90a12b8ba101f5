"""A pytest plugin that reports a failure in short if the full report fails, so that the test run continues."""

import traceback
from collections.abc import Generator

import pytest


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Report without source lines where pytest cannot read them.

    Before Python 3.11.9 ``ast.parse`` raises SystemError when two threads parse at once (cpython#106905). Raised
    while pytest looks for a failing statement, it would end the whole run.
    """
    try:
        return (yield)
    except Exception as error:
        return _plain_report(item, call, error)


def _plain_report(item: pytest.Item, call: pytest.CallInfo[None], error: Exception) -> pytest.TestReport:
    assert call.when != "collect"
    failure = call.excinfo.value if call.excinfo is not None else error
    text = "".join(traceback.format_exception(failure))
    return pytest.TestReport(
        nodeid=item.nodeid,
        location=item.location,
        keywords=dict.fromkeys(item.keywords, 1),
        outcome="failed",
        longrepr=f"{text}\n(reported in short: {type(error).__name__}: {error})",
        when=call.when,
        duration=call.duration,
        start=call.start,
        stop=call.stop,
    )
