from core.retrieval.readable import gather
from core.store.passages import Stored
from core.types import Location

LONG = "The boiler in the cellar was serviced in March by the same firm as last year and runs quietly again. "


def chunk(id: int, file: int, ordinal: int, text: str = "", heading: str | None = None) -> Stored:
    place = Location(None, 10 * ordinal + 1, 10 * ordinal + 9, heading)
    return Stored(
        id, file, ordinal, f"/n/{file}.md", f"Note {file}", text or f"Text {id} of its own, number {id}.", place
    )


def test_one_file_does_not_crowd_out_the_rest() -> None:
    ranked = [chunk(n, 1, 3 * n) for n in (1, 2, 3)] + [chunk(4, 2, 0), chunk(5, 1, 12)]
    assert [g.best.id for g in gather(ranked, 2, 10)] == [1, 2, 4, 3, 5]


def test_neighbours_become_one_passage_in_reading_order() -> None:
    ranked = [chunk(2, 1, 1, "second", "A > B"), chunk(9, 2, 0), chunk(1, 1, 0, "first", "A > C")]
    groups = gather(ranked, 2, 10)
    assert [g.best.id for g in groups] == [2, 9]
    assert groups[0].text == "first\n\nsecond"
    assert groups[0].location == Location(None, 1, 19, "A")


def test_a_passage_does_not_grow_without_end() -> None:
    groups = gather([chunk(n, 1, n) for n in range(7)], 9, 10)
    assert [len(g.chunks) for g in groups] == [3, 3, 1]


def test_copies_are_one_hit_with_its_other_places() -> None:
    copies = [chunk(n, n, 0, LONG * 3 + ("" if n < 3 else "Indeed.")) for n in (1, 2, 3)]
    groups = gather([*copies, chunk(4, 4, 0)], 2, 10)
    assert [g.best.id for g in groups] == [1, 4]
    assert list(groups[0].also) == ["/n/2.md", "/n/3.md"]


def test_short_texts_that_differ_in_one_word_stay_apart() -> None:
    groups = gather([chunk(1, 1, 0, "예산 300만 원"), chunk(2, 2, 0, "예산 500만 원")], 2, 10)
    assert len(groups) == 2
