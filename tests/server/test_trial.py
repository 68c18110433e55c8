import io
import time

from rich.console import Console

from server import trial


def test_without_a_terminal_progress_is_told_in_lines_but_not_too_many(tmp_path, monkeypatch):
    out = io.StringIO()
    one = trial.Trial(tmp_path, Console(file=out), as_json=True)
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    with one._told() as tell:
        tell("Quillbrook: pupils", 0.1)
        now[0] += trial.LINE_EVERY_S
        tell("Quillbrook: registers", 0.25)
        tell("Quillbrook: more registers", 0.3)
    assert out.getvalue() == "Quillbrook: registers (25%)\n"
