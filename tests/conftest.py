"""Fixtures that tests of all packages use."""

import os

import pytest

from magnet_sklearn.data import MultiModalData


@pytest.fixture
def make_data():
    """Make MultiModalData from one keyword per modality: make_data(rna=[[1, 2]])."""

    def make(index=None, **blocks):
        return MultiModalData(blocks, index=index)

    return make


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    """Fail a run on CI that has the cohorts and ran no test on them."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not {"CI", "MAGNET_SKLEARN_DATA"} <= set(os.environ) or reporter is None:
        return
    passed = reporter.stats.get("passed", [])
    whole_suite = session.config.args_source is pytest.Config.ArgsSource.TESTPATHS
    if whole_suite and not any("cohort" in report.keywords for report in passed):
        print("No test marked `cohort` ran, although the cohorts are there.")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
