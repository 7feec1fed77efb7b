from core.retrieval.fuse import fuse


def best(scores: dict[str, float]) -> str:
    return max(scores, key=lambda k: scores[k])


def test_a_leg_without_a_vote_changes_nothing() -> None:
    lexical = {"a": 3.0, "b": 9.0}
    assert fuse(lexical, {"c": 0.99}, 0.0) == lexical


def test_agreement_beats_one_strong_leg() -> None:
    lexical = {"both": 8.0, "words": 9.0, "other": 1.0}
    dense = {"both": 0.8, "meaning": 0.82, "other": 0.1}
    assert best(fuse(lexical, dense, 0.5)) == "both"


def test_what_only_one_leg_found_is_kept() -> None:
    assert set(fuse({"a": 1.0}, {"b": 0.5}, 0.5)) == {"a", "b"}
    assert fuse({}, {"b": 0.5, "c": 0.7}, 0.5)["c"] > fuse({}, {"b": 0.5, "c": 0.7}, 0.5)["b"]
    assert fuse({}, {}, 0.5) == {}
