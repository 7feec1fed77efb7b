import sqlite3
from pathlib import Path

import numpy as np
import pytest

from core.index.embedding import vectors as vectors_module
from core.index.embedding.exact import ExactIndex
from core.index.embedding.vectors import ChromaIndex

rng = np.random.default_rng(7)


def unit(n: int, dim: int = 8) -> "np.typing.NDArray[np.float32]":
    v = rng.standard_normal((n, dim)).astype(np.float32)
    v /= np.linalg.norm(v, axis=1, keepdims=True)
    return v


def filled(rows: list[tuple[int, bytes]], dim: int = 8) -> ExactIndex:
    index = ExactIndex(dim)
    vectors = np.frombuffer(b"".join(v for _, v in rows), np.float16).astype(np.float32)
    index.put([i for i, _ in rows], vectors.reshape(len(rows), dim))
    return index


def half(vectors: "np.typing.NDArray[np.float32]") -> list[bytes]:
    return [v.astype(np.float16).tobytes() for v in vectors]


def test_exact_search_follows_every_change() -> None:
    index, vectors = ExactIndex(8), unit(3000)
    index.put(list(range(3000)), vectors)
    index.remove([5, 17, 2999, 12345])
    index.put([5], vectors[6:7])
    assert len(index) == 2998
    assert [i for i, _ in index.search(vectors[100], 1)] == [100]
    assert {i for i, _ in index.search(vectors[6], 2)} == {5, 6}
    assert [i for i, _ in index.search(vectors[17], 3000)].count(17) == 0
    assert [i for i, _ in index.search(vectors[100], 2, among=[1, 2, 17])] in ([1, 2], [2, 1])
    assert ExactIndex(8).search(vectors[0], 5) == []


def test_a_second_look_finds_what_a_second_pass_finds() -> None:
    """Neighbours of a question, then of the question moved towards them: also while the index changes in between."""
    index = ExactIndex(32)
    centres = unit(40, 32)
    vectors = centres[rng.integers(40, size=20_000)] + 0.15 * rng.standard_normal((20_000, 32)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    index.put(list(range(20_000)), vectors)
    for question in vectors[:30]:
        view = index.view(question)
        moved = question + 0.1 * vectors[[i for i, _ in view.near(question, 3)]].sum(axis=0)
        moved /= np.linalg.norm(moved)
        near = view.near(moved, 50)
        true = np.argsort(-(vectors @ moved), kind="stable")[:50]
        assert np.allclose([s for _, s in near], (vectors @ moved)[true], atol=1e-5)
        assert len({i for i, _ in near} & set(true.tolist())) >= 49
    view = index.view(vectors[0])
    index.remove([0])
    assert 0 not in {i for i, _ in view.near(moved, 50)} and len(view.near(moved, 50)) == 50


@pytest.mark.parametrize("spiky", [0, 30])
def test_nothing_is_lost_to_the_short_codes(spiky: int) -> None:
    """Against every inner product in float64; with `spiky`, vectors whose codes say little, as one number is large."""
    index, dim, k = ExactIndex(48), 48, 20
    vectors = unit(9_000, dim)
    vectors[:3_000] = vectors[0] + 0.02 * vectors[:3_000]
    vectors[:3_000, 0] += spiky
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors = vectors.astype(np.float16).astype(np.float32)
    ids = rng.permutation(20_000)[: len(vectors)]
    index.put(ids.tolist(), vectors)
    for question in (*vectors[:20], *unit(20, dim)):
        true = vectors.astype(np.float64) @ question
        best = np.lexsort((ids, -true))[:k]
        for among, rows in ((None, best), (ids[:4000].tolist(), np.lexsort((ids[:4000], -true[:4000]))[:k])):
            found = index.search(question, k, among)
            assert np.allclose([s for _, s in found], true[rows], rtol=0, atol=3e-5)
            clear = [r for r in rows if true[r] > true[rows[-1]] + 6e-5]
            assert set(ids[clear]) <= {i for i, _ in found}
    assert np.abs(index.vectors(ids.tolist()) - vectors).max() < 2e-5


def test_the_vector_index_is_brought_to_what_the_library_holds(tmp_path: Path) -> None:
    vectors = unit(5)
    rows = list(zip(range(5), half(vectors), strict=True))
    index = ChromaIndex(tmp_path / "chroma", "m@1")
    index.open(filled(rows))
    assert index.search(vectors[3], 1)[0][0] == 3
    index.close()
    again = ChromaIndex(tmp_path / "chroma", "m@1")
    again.open(filled(rows[2:]))
    assert {i for i, _ in again.search(vectors[0], 5)} == {2, 3, 4}
    again.close()


def test_what_was_put_while_the_vector_index_was_broken_is_put_again(tmp_path: Path) -> None:
    vectors = unit(6)
    exact, index = filled(list(zip(range(5), half(vectors[:5]), strict=True))), ChromaIndex(tmp_path / "chroma", "m@1")
    assert index.search(vectors[0], 1) == [] and not index.ready
    index.open(exact)
    assert index.ready and index.search(vectors[0], 1)[0][0] == 0
    index.broken, index.ready = "the disk is full", False
    exact.put([0], vectors[5:])
    index.put([0], half(vectors[5:]))
    index.connect()
    index.open(exact)
    assert index.ready and index.search(vectors[5], 1)[0][0] == 0
    index.close()


def test_a_damaged_vector_index_is_made_anew(tmp_path: Path) -> None:
    vectors = unit(5)
    rows = list(zip(range(5), half(vectors), strict=True))
    folder = tmp_path / "chroma"
    folder.mkdir()
    with sqlite3.connect(folder / "chroma.sqlite3") as c:
        c.execute("CREATE TABLE collections(nonsense)")
    c.close()
    index = ChromaIndex(folder, "m@1")
    index.open(filled(rows))
    assert not index.broken and index.search(vectors[1], 1)[0][0] == 1
    index.close()


def test_recall_is_that_of_the_vector_index_against_exact_search(tmp_path: Path) -> None:
    vectors = unit(400, 16)
    exact, index = ExactIndex(16), ChromaIndex(tmp_path / "chroma", "m@1")
    exact.put(list(range(400)), vectors)
    index.open(exact)
    whole = index.recall(exact, sample=20)
    assert whole is not None and whole > 0.95
    # Half of the vectors gone from the index: half of the neighbours are not found.
    index.remove(range(0, 400, 2))
    part = index.recall(exact, sample=20)
    assert part is not None and 0.3 < part < 0.7
    assert index.recall(ExactIndex(16)) is None
    index.close()


@pytest.mark.filterwarnings("ignore:legacy embedding function:DeprecationWarning")
def test_the_search_of_the_vector_index_widens_with_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors_module, "CHUNKS_AN_EF", 1)
    vectors = unit(700)
    index = ChromaIndex(tmp_path / "chroma", "m@1")
    index.open(filled(list(zip(range(300), half(vectors[:300]), strict=True)), vectors.shape[1]))
    assert index._collection.configuration["hnsw"]["ef_search"] == 512
    index.put(list(range(300, 700)), half(vectors[300:]))
    assert index._collection.configuration["hnsw"]["ef_search"] == 1024
    assert index.search(vectors[650], 1)[0][0] == 650
    index.close()


def test_the_vector_index_is_filled_piece_by_piece_while_vectors_come_and_go(tmp_path: Path) -> None:
    vectors = unit(500)
    exact, index = filled(list(zip(range(400), half(vectors[:400]), strict=True))), ChromaIndex(tmp_path / "c", "m@1")
    turns = iter([True, False])
    index.open(exact, lambda: next(turns))
    assert not index.ready and index.search(vectors[0], 1) == []
    gone, changed, new = [0, 399], [1, 398], list(range(400, 500))
    exact.remove(gone)
    index.remove(gone)
    for ids, now in ((changed, vectors[498:]), (new, vectors[400:])):
        exact.put(ids, now)
        index.put(ids, half(now))
    index.close()
    # As after a kill: what was written lies on disk.
    again = ChromaIndex(tmp_path / "c", "m@1")
    again.open(exact)
    assert again.ready and {int(i) for i in again._collection.get(include=[])["ids"]} == set(exact.ids())
    assert {i for i, _ in again.search(vectors[498], 2)} == {1, 498}
    again.drop()
    assert not (tmp_path / "c").exists() and not again.ready and again.search(vectors[1], 1) == []
