"""What the stand-in engine shows: a small life in notes, in Korean and English. Knows nothing of the wire."""

from __future__ import annotations

from core.types import ConversationRow, FileRow, Location, Passage

NOTES = "/home/me/노트"
PASSAGES = (
    Passage(
        1,
        f"{NOTES}/여행/제주 여행 2025.md",
        "제주 여행 2025",
        Location(line_from=42, line_to=49, heading="둘째 날 > 점심"),
        "협재 해변에서 걸어서 5분 거리의 고기국수집. 줄이 길어서 11시 전에 가야 한다. "
        "고기국수 9,000원, 비빔국수 9,500원. 주차장은 가게 뒤편에 있고 현금만 받는다. "
        "아이들은 비빔국수보다 고기국수를 좋아했다.",
        0.81,
    ),
    Passage(
        2,
        f"{NOTES}/가계부/2025-05 여행 경비 정리 (가족 공유용 최종본).md",
        "2025-05 여행 경비",
        Location(line_from=12, line_to=18, heading="식비"),
        "점심 고기국수 4인 36,500원\n저녁 흑돼지 4인 128,000원\n카페 협재 21,000원\n합계 185,500원",
        0.74,
    ),
    Passage(
        3,
        f"{NOTES}/Reading/Slow travel with children.pdf",
        "Slow travel with children",
        Location(page=17),
        "Choose one anchor a day. Children remember the noodle shop and the beach, not the seventh museum. Leave the "
        "afternoon open, and let the weather decide. " * 4,
        0.52,
    ),
    Passage(
        4,
        f"{NOTES}/meetings/2025-04-30 planning <b>draft.html",
        "Planning",
        Location(line_from=7),
        "<b>Not HTML</b>: decide on the ferry or the flight before Friday.",
        0.31,
    ),
)
ANSWER = (
    "둘째 날 점심은 **협재 해변 근처의 고기국수집**에서 먹었습니다 [1].\n\n"
    "- 고기국수 9,000원, 비빔국수 9,500원 [1]\n- 네 사람의 점심값은 모두 36,500원이었습니다 [2]\n\n"
    "가게는 현금만 받고, 11시 전에 가야 줄을 서지 않습니다 [1]. 여행 메모에는 하루에 한 곳만 정해 두라는 조언도 "
    "있습니다 [3].\n\n```text\n점심 고기국수 4인 36,500원\n```\n"
)
QUOTES = (
    "> 협재 해변에서 걸어서 5분 거리의 고기국수집. 줄이 길어서 11시 전에 가야 한다. [1]\n\n"
    "> 점심 고기국수 4인 36,500원 [2]\n"
)
UNKNOWN = "Your notes do not seem to say anything about this. The nearest passages are beside this answer."


def files(many: int) -> tuple[FileRow, ...]:
    rows = [
        FileRow(PASSAGES[0].path, "indexed", "", "a" * 64, 5_210, 1, 14, "markdown"),
        FileRow(PASSAGES[1].path, "indexed", "", "b" * 64, 2_048, 1, 6, "markdown"),
        FileRow(PASSAGES[2].path, "indexed", "", "c" * 64, 1_402_332, 1, 88, "pdf"),
        FileRow(
            f"{NOTES}/계약/전세 계약서.pdf", "failed", "The file is locked with a password.", "", 90_112, 1, 0, "pdf"
        ),
        FileRow(
            f"{NOTES}/photos/IMG_2041.heic", "skipped", "Moa does not read this kind of file yet.", "", 9, 1, 0, ""
        ),
        FileRow(f"{NOTES}/회의/2025-11-18 주간 회의.md", "waiting", "", "", 3_100, 1, 0, "markdown"),
    ]
    rows += [
        FileRow(f"{NOTES}/daily/2025/{i:05}.md", "indexed", "", f"{i:064x}", 900, 1, 2, "markdown") for i in range(many)
    ]
    return tuple(rows)


CHATS = (
    ConversationRow("c1", "제주에서 점심은 어디서 먹었지?", 1.0, 5.0, 4),
    ConversationRow("c2", "What did we decide about the ferry?", 1.0, 4.0, 2),
    ConversationRow("c3", "전세 계약 만료일과 특약 사항을 정리해 줘", 1.0, 3.0, 8),
    ConversationRow("c4", "Slow travel: one anchor a day", 1.0, 2.0, 2),
)
