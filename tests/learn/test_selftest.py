"""The self-test on real parts: an engine over a few notes in both languages."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from core import errors
from core.engine import Engine
from core.index.embedding.embedder import Embedder
from core.learn.known_items import known_items
from core.learn.selftest import fitness
from core.paths import DataFolder
from core.store.specimens import Specimens

SUBJECTS = {
    "roaster": "The coffee roaster needs a fresh drum bearing every second winter, says its maintenance booklet.",
    "garden": "Tomato seedlings move outside once nights stay warmer than the cellar thermometer shows.",
    "choir": "Altos rehearse separately on Thursdays because the chapel heating fails during evening services.",
    "bicycle": "Replace worn brake cables before cycling across the mountain pass towards the lighthouse hostel.",
    "taxes": "Receipts for professional literature belong into the yellow folder until the accountant calls.",
}
KOREAN = {
    "로스터": "커피 로스터의 드럼 베어링은 두 번째 겨울마다 새것으로 교체해야 한다고 설명서에 적혀 있다.",
    "텃밭": "토마토 모종은 밤 기온이 지하실 온도계보다 높아지면 마당으로 옮겨 심는다.",
    "합창단": "예배당 난방이 저녁에 고장나서 알토는 목요일마다 따로 연습하기로 했다.",
    "자전거": "산길을 넘어 등대 숙소까지 달리기 전에 낡은 브레이크 케이블을 교체한다.",
    "세금": "전문 서적 영수증은 회계사가 전화할 때까지 노란 서류철에 보관한다.",
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("notes")
    for name, text in (SUBJECTS | KOREAN).items():
        for part in range(5):
            body = f"# {name} notes {part}\n\n## Details of {name}\n\n{text} {' '.join(text.split()[part : part + 4])}."
            (folder / f"{name}{part}.md").write_text(body, encoding="utf-8")
    (folder / "shared.txt").write_text("ok", encoding="utf-8")
    running = Engine(DataFolder(tmp_path_factory.mktemp("data")))
    running.start()
    running.library.add_folder(str(folder))
    running.parts.lane.wait_until_idle()
    yield running
    running.close()


def test_it_reports_each_way_of_searching_by_language_and_kind(engine: Engine) -> None:
    report = engine.learning.selftest(60)
    assert report.questions == report.fused.questions >= 40
    assert report.fused.hit5 >= 0.8 and report.keywords.hit5 >= 0.8
    assert report.fused.hit1 <= report.fused.mrr <= 1
    assert report.languages.keys() == {"en", "ko"} and report.kinds.keys() == {"markdown"}
    assert report.languages["en"].serves and not report.languages["ko"].serves
    for scores in report.languages.values():
        assert scores.weights.keys() == {"0", "0.5", "1"}
        assert scores.weights["0"] == scores.keywords and scores.weights["1"] == scores.meaning
    assert sum(s.questions for s in report.sources.values()) == report.questions
    assert engine.learning.progress.of == 0


def test_the_same_seed_asks_the_same(engine: Engine) -> None:
    def asked(seed: int) -> list[str]:
        specimens = Specimens(engine.parts.passages.database)
        return [i.question for i in islice(known_items(engine.parts.passages, specimens, seed), 20)]

    assert asked(1) == asked(1) and set(asked(1)) != set(asked(2))
    assert len(set(asked(1))) == 20
    assert engine.learning.selftest(20, seed=3) == engine.learning.selftest(20, seed=3)


def test_what_is_asked_stands_in_the_file_it_is_asked_of(engine: Engine) -> None:
    specimens = Specimens(engine.parts.passages.database)
    for item in islice(known_items(engine.parts.passages, specimens, 0), 30):
        texts = [Path(f).read_text(encoding="utf-8").lower() for f in item.files]
        assert all(word in text for text in texts for word in item.question.lower().split()), item


def test_what_it_finds_speaks_where_the_card_is_silent(engine: Engine) -> None:
    embedder = engine.parts.embedder
    assert isinstance(embedder, Embedder)
    report = engine.learning.selftest(60)
    found = fitness(report)
    assert "en" in found and embedder.measured == found
    assert embedder.serves("en") and not embedder.serves("ko")
    embedder.measured, embedder.card_speaks = {"en": False, "ko": True}, False
    try:
        assert embedder.serves("ko") and not embedder.serves("en")
    finally:
        embedder.measured, embedder.card_speaks = found, True
    assert engine.parts.catalogue.meta(engine.parts.fitness_key(embedder))


def test_it_can_be_stopped_and_runs_alone(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    find = engine.parts.search.find
    refused: list[str] = []

    def found(*given: object) -> object:
        with pytest.raises(errors.BadRequest, match="running already") as refusal:
            engine.learning.selftest(5)
        refused.append(str(refusal.value))
        engine.learning.stop()
        return find(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(engine.parts.search, "find", found)
    assert engine.learning.selftest(20).questions == 1 == len(refused)


def test_an_empty_library_is_said(tmp_path: Path) -> None:
    empty = Engine(DataFolder(tmp_path))
    empty.start()
    try:
        with pytest.raises(errors.BadRequest, match="no notes to ask about"):
            empty.learning.selftest(10)
    finally:
        empty.close()
