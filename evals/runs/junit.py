"""A run as JUnit XML, which build servers show: a test suite for each suite, a test for each bar and each case."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from evals.report import number
from evals.row import Row
from evals.run import RunResult, SuiteResult

ALLOWED = {"\t", "\n", "\r"}  # of the control characters, XML 1.0 §2.2 has only these


def junit(result: RunResult) -> str:
    """The document. A missed bar is a failure and a case that broke is an error; a low score alone is neither."""
    root = ET.Element("testsuites", name="liaison")
    for suite in result.suites:
        root.append(_suite(suite))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(suite: SuiteResult) -> ET.Element:
    bars = [row for row in suite.rows if row.passed is not None]
    cases = list(zip(suite.collected.cases, suite.collected.observations, strict=True))
    missed = sum(row.passed is False for row in bars)
    broken = sum(bool(seen.error) for _, seen in cases)
    counts = {
        "tests": len(bars) + len(cases) + bool(suite.skipped),
        "failures": missed,
        "errors": broken,
        "skipped": int(bool(suite.skipped)),
    }
    element = ET.Element("testsuite", {name: str(count) for name, count in counts.items()}, name=suite.suite.name)
    if suite.skipped:
        ET.SubElement(_test(element, suite.suite.name, "suite"), "skipped", message=_clean(suite.skipped))
    for row in bars:
        test = _test(element, suite.suite.name, f"{row.metric} [{row.slice}]")
        if not row.passed:
            ET.SubElement(test, "failure", message=_miss(row))
    for case, seen in cases:
        test = _test(element, suite.suite.name, case.id)
        if seen.error:
            ET.SubElement(test, "error", message=_clean(seen.error))
    return element


def _test(parent: ET.Element, suite: str, name: str) -> ET.Element:
    return ET.SubElement(parent, "testcase", classname=f"evals.{suite}", name=_clean(name))


def _miss(row: Row) -> str:
    return f"{number(row.value)} ({number(row.low)} to {number(row.high)}, n={row.n}), the bar is {number(row.bar)}"


def _clean(text: str) -> str:
    return "".join(sign for sign in text if sign >= " " or sign in ALLOWED)
