import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from core import errors
from core.index.embedding.embedder import Embedder, language_of


@pytest.fixture(scope="module")
def built_in() -> Embedder:
    return Embedder()


def copy_of(model: Embedder, folder: Path) -> Path:
    """The built-in model in a folder of its own, weights linked rather than copied."""
    shutil.copytree(model.folder, folder, ignore=shutil.ignore_patterns("*.safetensors", "data_config.json"))
    (folder / "model.safetensors").symlink_to(model.folder / "model.safetensors")
    return folder


def test_the_built_in_model_is_the_published_one_and_english(built_in: Embedder) -> None:
    built_in.load()
    vectors = built_in.passages(["The cat sleeps on the sofa.", "Interest rates rose in May.", "시장이 열렸다"])
    assert vectors.shape == (3, built_in.dim) == (3, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    question = built_in.question("Where does the kitten nap?")
    assert int(np.argmax(vectors @ question)) == 0
    assert built_in.serves("en") and not built_in.serves("ko")
    assert built_in.limit == 256 and built_in.count("two words") == 2


def test_the_models_own_prompts_are_used(built_in: Embedder, tmp_path: Path) -> None:
    folder = copy_of(built_in, tmp_path / "e5")
    config = {"prompts": {"query": "query: ", "document": "passage: "}, "default_prompt_name": None}
    (folder / "config_sentence_transformers.json").write_text(json.dumps(config))
    model = Embedder(str(folder))
    assert model.id != built_in.id
    plain = Embedder(str(copy_of(built_in, tmp_path / "plain"))).passages(["query: budget", "passage: budget"])
    assert np.allclose(model.question("budget"), plain[0], atol=1e-4)
    assert np.allclose(model.passages(["budget"])[0], plain[1], atol=1e-4)


@pytest.mark.parametrize(
    ("card", "languages"),
    [
        ("---\nlanguage:\n- en\n- ko\n---\n", {"en", "ko"}),
        ("---\nlanguage: multilingual\n---\n", {"multilingual"}),
        ("", {"en"}),
    ],
)
def test_languages_come_from_the_card_else_from_the_tokenizer(
    built_in: Embedder, tmp_path: Path, card: str, languages: set[str]
) -> None:
    folder = copy_of(built_in, tmp_path / "m")
    (folder / "README.md").write_text(card)
    assert Embedder(str(folder)).languages == languages


def test_a_model_that_is_not_there_is_said(built_in: Embedder, tmp_path: Path) -> None:
    with pytest.raises(errors.SetupProblem, match="no embedding model 'not/there'"):
        Embedder("not/there")
    with pytest.raises(errors.SetupProblem, match=r"no tokenizer\.json"):
        Embedder(str(tmp_path))
    folder = copy_of(built_in, tmp_path / "m")
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors").write_bytes(b"\0" * 100)
    with pytest.raises(errors.SetupProblem, match="could not be loaded"):
        Embedder(str(folder)).load()


def test_the_language_of_a_question() -> None:
    assert language_of("Sync Standard 플랜의 최대 크기는?") == "ko"
    assert language_of("What is 김치?") == "en" and language_of("") == "en"
    assert language_of("What is the maximum file size?") == "en"
