"""The tables, the page and README's block."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.units import duration, ratio, significant
from results_example import HOST, document, training

from benchmarks import publish, report, tables


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(12.34, "12.3 s"), (0.1234, "123 ms"), (8.04e-6, "8.04 µs"), (5e-9, "5.00 ns"), (1234.0, "1,234 s")],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_three_digits_at_the_edges() -> None:
    assert [significant(v) for v in (9.994, 9.996, 99.94, 99.96)] == ["9.99", "10.0", "99.9", "100"]
    assert ratio(2.5) == "2.50x"


def test_the_table_of_a_run() -> None:
    lines = report.table(training()).splitlines()
    assert lines[0] == "W2: 784-100-10 (random)"
    assert lines[3].split("  ")[0] == "denim"
    assert "1.00x" in lines[3] and "50%" in lines[3]
    assert lines[4].startswith("JAX by hand (one thread)") and "3.00x" in lines[4]
    assert lines[5].endswith("not installed: torch")


def test_a_workload_in_markdown() -> None:
    text = tables.contenders(training())
    assert "| contender | best | median | n | x denim | of SGEMM bound | warm-up | check |" in text
    assert "| JAX by hand (one thread) | 600 ms | 900 ms | 2 | 3.00x | 17% | 1.00 s | accuracy 0.875 |" in text
    assert text.endswith("Not here:\n- torch_eager: not installed: torch")


def test_the_goals_in_markdown() -> None:
    text = tables.goals(document())
    assert "| W2 | 2.50x the best contender | 3.00x JAX by hand | 6.00x | reached |" in text
    assert "| W2 | 65% of the SGEMM bound | 50% |  | **not reached** |" in text
    assert "| S1 | 25.0x Keras on TensorFlow |  |  | not measured |" in text


def test_the_bounds_in_words() -> None:
    text = tables.bounds(training())
    assert text.startswith("SGEMM bound 100 ms (denim: 50%); at its own shapes 150 ms (denim: 75%); with bytes 125 ms")


def test_the_page_has_every_part() -> None:
    text = tables.page(document(), [("w2.svg", "W2")])
    assert "![W2](figures/w2.svg)" in text
    for heading in ("## Goals", "## Workloads", "### W2: 784-100-10", "## Threads", "## Growth", "## Method"):
        assert heading in text
    assert "do 0.95x the epochs a second" in text
    assert "denim 1.0, jax_hand 1.0, keras_jax 1.0" in text
    assert "smoke run" not in text


def test_a_page_from_a_smoke_run_says_so() -> None:
    results = document()
    results["workloads"]["W2"]["quick"] = True
    assert "smoke run" in tables.page(results, [])
    assert "smoke run" in tables.short(results)


def test_readmes_table() -> None:
    text = tables.short(document())
    assert "| W2: 784-100-10 | 200 ms | 600 ms, JAX by hand | 3.00 | 50% |" in text
    assert "| S1: a script | 2.00 s | 16.0 s, Keras on JAX | 8.00 |  |" in text


def test_only_the_block_is_replaced() -> None:
    text = "above\n<!-- benchmarks -->\nold\n<!-- /benchmarks -->\nbelow\n"
    assert publish.replaced(text, "new") == "above\n<!-- benchmarks -->\nnew\n<!-- /benchmarks -->\nbelow\n"


@pytest.mark.parametrize("text", ["nothing", "<!-- benchmarks -->", "<!-- /benchmarks --><!-- benchmarks -->"])
def test_without_both_marks_nothing_is_replaced(text: str) -> None:
    assert publish.replaced(text, "new") is None


def test_publishing(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("<!-- benchmarks -->\n<!-- /benchmarks -->\n", encoding="utf-8")
    said = publish.publish(document(), tmp_path)
    assert "README.md, the block of benchmarks" in said
    assert "JAX by hand" in readme.read_text(encoding="utf-8")
    assert "## Method" in (tmp_path / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    figures = {path.name for path in (tmp_path / "docs" / "figures").iterdir()}
    assert figures == {"w2.svg", "s1.svg", "threads.svg", "growth.svg"}


def test_publishing_twice_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("<!-- benchmarks -->\n<!-- /benchmarks -->\n", encoding="utf-8")

    def files() -> dict[Path, bytes]:
        publish.publish(document(), tmp_path)
        return {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    assert files() == files()


def test_a_readme_without_marks_is_left_alone_and_told(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("# A project\n", encoding="utf-8")
    said = publish.publish({"machine": HOST, "workloads": {}}, tmp_path)
    assert any("no <!-- benchmarks -->" in line for line in said)
    assert readme.read_text(encoding="utf-8") == "# A project\n"
