"""Leaves tests out by their markers, and writes what pytest does as it does it.

One line of JSON an event, so that whoever stops pytest knows what was running,
and nothing that a test prints can be taken for a result.
"""

import json
import os

FILE = os.environ["PIPELINE_SUITE_EVENTS"]
WITHOUT = [m for m in os.environ.get("PIPELINE_SUITE_WITHOUT", "").split(",") if m]
ONLY = os.environ.get("PIPELINE_SUITE_ONLY", "")
MARKERS = {
    "slow": "takes long; runs where the suite says so, or with --slow",
    "readonly": "changes nothing; the only kind that runs in production",
    "destructive": "breaks something; never runs in production",
}
KEPT = 20000

_config = None


def _text(value):
    text = str(value)
    if len(text) > KEPT:
        text = text[: KEPT // 2] + "\n...\n" + text[-KEPT // 2 :]
    return text.encode("utf-8", "replace").decode("utf-8")


def _write(event, test, **more):
    line = {"event": event, "test": _text(test), **more}
    with open(FILE, "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def _is_worker():
    return hasattr(_config, "workerinput")


def _message(report):
    if hasattr(report, "wasxfail"):
        return f"expected to fail: {report.wasxfail}"
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2].removeprefix("Skipped: ")
    crash = getattr(report.longrepr, "reprcrash", None)
    return crash.message if crash else ""


def pytest_configure(config):
    global _config
    _config = config
    for name, meaning in MARKERS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")


def pytest_collection_modifyitems(config, items):
    kept, left_out = [], []
    for item in items:
        marks = {mark.name for mark in item.iter_markers()}
        why = next((mark for mark in WITHOUT if mark in marks), None)
        if why is None and ONLY and ONLY not in marks:
            why = f"not {ONLY}"
        if why is None:
            kept.append(item)
        else:
            left_out.append(item)
            _write("leftOut", item.nodeid, message=why)
    if left_out:
        items[:] = kept
        config.hook.pytest_deselected(items=left_out)


def pytest_collectreport(report):
    if report.failed and not _is_worker():
        _write("uncollected", report.nodeid, text=_text(report.longreprtext))


def pytest_runtest_logstart(nodeid, location):
    if not _is_worker():
        _write("start", nodeid)


def pytest_runtest_logreport(report):
    if not _is_worker():
        file, line, _ = report.location
        _write(
            report.when,
            report.nodeid,
            outcome=report.outcome,
            seconds=report.duration,
            file=_text(_config.rootpath / file),
            line=(line or 0) + 1,
            message=_text(_message(report)),
            text=_text(report.longreprtext),
        )


def pytest_sessionfinish(exitstatus):
    if not _is_worker():
        _write("end", "")
