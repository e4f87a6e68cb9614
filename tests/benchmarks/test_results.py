"""Merging one run's results into those that are there."""

from __future__ import annotations

from pathlib import Path

from results_example import HOST, training

from benchmarks import results


def test_a_workload_is_replaced_and_the_others_stay() -> None:
    old = {"workloads": {"W2": training(0.5), "W3": {"name": "W3"}}, "scaling": {"date": "then"}}
    found = results.merged(old, {"workloads": {"W2": training(0.2)}})
    assert found["workloads"] == {"W2": training(0.2), "W3": {"name": "W3"}}
    assert found["scaling"] == {"date": "then"}


def test_a_section_is_replaced_as_a_whole() -> None:
    found = results.merged({"scaling": {"a": 1, "b": 2}}, {"scaling": {"a": 3}})
    assert found["scaling"] == {"a": 3}


def test_workloads_are_in_order_of_name() -> None:
    found = results.merged({"workloads": {"W2": {}}}, {"workloads": {"P1": {}}})
    assert list(found["workloads"]) == ["P1", "W2"]


def test_another_machine_begins_anew() -> None:
    old = {"machine": HOST | {"cores": 64}, "workloads": {"W2": {}}, "scaling": {}}
    found = results.merged(old, {"machine": HOST, "workloads": {"W3": {}}})
    assert found == {"machine": HOST, "workloads": {"W3": {}}}


def test_the_same_machine_on_another_day_goes_on() -> None:
    old = {"machine": HOST | {"date": "earlier"}, "workloads": {"W2": {}}}
    found = results.merged(old, {"machine": HOST, "workloads": {"W3": {}}})
    assert list(found["workloads"]) == ["W2", "W3"]


def test_merging_into_a_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "results.json"
    results.merge(path, {"workloads": {"W2": {"a": 1}}})
    results.merge(path, {"workloads": {"W3": {"a": 2}}})
    assert results.load(path) == {"workloads": {"W2": {"a": 1}, "W3": {"a": 2}}}
    assert list(path.parent.iterdir()) == [path]
