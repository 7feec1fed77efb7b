"""The verb for what the notes teach: selftest."""

from __future__ import annotations

import argparse
import sys
import threading

from core import types
from core.cli import show
from core.cli.call import Call, Verbs, verb

PERIOD_S = 0.5
NAMES = {"ko": "Korean", "en": "English"}


def add(verbs: Verbs) -> None:
    """Describe these verbs to the parser."""
    testing = verb(verbs, "selftest", selftest, "how well your own notes are found, by questions made from them")
    testing.add_argument("--n", type=_count, default=100, metavar="N", help="at most so many questions (100)")
    testing.add_argument("--seed", type=int, default=0, metavar="S", help="another number asks other questions (0)")


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1")
    return int(text)


def selftest(call: Call) -> int:
    engine = call.engine()
    done = threading.Event()
    follower = threading.Thread(target=_follow, args=(call, done), daemon=True)
    follower.start()
    try:
        report = engine.learning.selftest(call.args.n, call.args.seed)
    except KeyboardInterrupt:
        engine.learning.stop()
        raise
    finally:
        done.set()
        follower.join()
    if call.json:
        show.lines([_row(report)])
        return 0
    if not report.questions:
        call.tell("The notes are too short to make questions of.")
        return 0
    call.say(_said(report))
    return 0


def _follow(call: Call, done: threading.Event) -> None:
    """Progress on standard error: written over on a terminal, elsewhere a line now and then."""
    engine, shown = call.client(), -1
    engine.connect()
    while not done.wait(PERIOD_S):
        at = engine.learning.progress()
        tenth = 10 * at.asked // at.of if at.of else -1
        if sys.stderr.isatty() and at.of:
            sys.stderr.write(f"\r\x1b[K{at.asked} of {at.of} questions asked\r")
            sys.stderr.flush()
        elif at.of and tenth != shown:
            shown = tenth
            call.tell(f"{at.asked} of {at.of} questions asked")
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")


def _row(report: types.SelfTest) -> dict[str, object]:
    """The report with the names that scripts know."""
    languages = {
        name: _scores(s.fused)
        | {"legs": {"keywords": _scores(s.keywords), "meaning": _scores(s.meaning)}, "serves": s.serves, "fits": s.fits}
        | {"weights": {weight: _scores(scores) for weight, scores in s.weights.items()}}
        for name, s in report.languages.items()
    }
    return {
        **_scores(report.fused),
        "legs": {"keywords": _scores(report.keywords), "meaning": _scores(report.meaning)},
        "languages": languages,
        "kinds": {name: _scores(s) for name, s in report.kinds.items()},
        "sources": {name: _scores(s) for name, s in report.sources.items()},
        "embedder": report.embedder,
        "refused": report.refused,
    }


def _scores(scores: types.Scores) -> dict[str, float]:
    return {"questions": scores.questions, "hit@1": scores.hit1, "hit@5": scores.hit5, "mrr": scores.mrr}


def _said(report: types.SelfTest) -> str:
    rows = [("all", report.fused), ("  by words alone", report.keywords)]
    if report.embedder:
        rows.append(("  by meaning alone", report.meaning))
    for name, s in report.languages.items():
        rows += [(NAMES[name], s.fused), ("  by words alone", s.keywords)]
        if report.embedder:
            rows.append(("  by meaning alone", s.meaning))
        rows += [(f"  if meaning weighed {weight}", scores) for weight, scores in s.weights.items()]
    rows += [(f"{name} files", scores) for name, scores in report.kinds.items()]
    rows += [(f"asked by {name}", scores) for name, scores in report.sources.items()]
    cells = [(name, str(s.questions), f"{s.hit1:.3f}", f"{s.hit5:.3f}", f"{s.mrr:.3f}") for name, s in rows]
    text = show.table(("notes found", "questions", "first", "first five", "MRR"), cells)
    return "\n".join([text, *_written(report), *_advice(report)])


def _written(report: types.SelfTest) -> list[str]:
    """What part the language model had in the questions, when it had one."""
    written = report.sources["model"].questions if "model" in report.sources else 0
    if not report.refused:
        return [f"The language model wrote {written} of the questions."] if written else []
    failed = f"{report.refused} {'it wrote' if written else 'that the language model wrote'} failed the checks"
    instead = "titles, headings and sentences were asked instead."
    return [f"The language model wrote {written} of the questions; {failed}, {instead}"]


def _advice(report: types.SelfTest) -> list[str]:
    """What the figures mean, in sentences."""
    if not report.embedder:
        return ["Search by meaning was not ready, so only words were searched for."]
    said = []
    for name, s in report.languages.items():
        language = NAMES[name]
        if s.fits is None:
            said.append(f"{language}: too few questions to judge search by meaning by.")
        elif s.serves and not s.fits:
            said.append(f"{language}: the embedding model finds little here; another one would do better (`embedder`).")
        elif not s.serves:
            verdict = "would find much, although its card does not name the language" if s.fits else "finds little"
            said.append(f"{language}: meaning has no vote with this embedding model, which {verdict}.")
        else:
            said.append(f"{language}: words and meaning both find your notes.")
    return said
