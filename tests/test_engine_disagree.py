"""Notes that contradict each other, asked through the whole engine, without a model and with one."""

import threading
from pathlib import Path

from core.engine import Engine
from core.events import Answered
from core.paths import DataFolder


def test_both_values_are_told_with_the_dates_of_their_notes(tmp_path: Path, small_model: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "2024-05-01 lease.md").write_text("# Lease\n\nThe rent of the workshop is 867,000 won.\n")
    (notes / "2023-02-03 lease.md").write_text("# Lease\n\nThe rent of the workshop is 850,000 won.\n")
    (notes / "garden.md").write_text("# Garden\n\nTomatoes stand in bed 3.\n")
    engine = Engine(DataFolder(tmp_path / "data"))
    engine.start()
    try:
        engine.library.add_folder(str(notes))
        engine.library.index(wait=True)
        question = "How much is the rent of the workshop?"
        answer = list(engine.questions.ask(question, stop=threading.Event()))[-1]
        assert isinstance(answer, Answered)
        told = answer.text.split("\n\n")[-1]
        assert "disagree" in told and told.index("867,000 won (2024-05-01)") < told.index("850,000 won (2023-02-03)")
        assert {Path(c.path).name[:4] for c in answer.citations} >= {"2024", "2023"}

        engine.models.use(engine.models.add(str(small_model)).id)
        written = list(engine.questions.ask(question, stop=threading.Event()))[-1]
        assert isinstance(written, Answered) and "867,000 won (2024-05-01)" in written.text
        stored = engine.chats.show(written.conversation).messages[-1]
        assert stored.prompted and "disagree" not in stored.prompted.reply and stored.prompted.reply
    finally:
        engine.close()
