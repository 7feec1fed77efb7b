"""A folder as people have them: tags, check boxes, dates of three kinds, several formats, names from macOS."""

from __future__ import annotations

import os
import unicodedata
import zipfile
from datetime import datetime
from pathlib import Path

OLD = datetime(2023, 5, 6, 12)

NOTES: dict[str, str] = {
    "회의/2026-03-02 회의록.md": "---\ntags: [회의, 예산/본예산]\n---\n# 예산 회의\n\n서지훈이 본예산을 설명했다.\n\n"
    "- [ ] 견적서 받기\n    - [ ] 업체 세 곳에 전화\n    - [x] 양식 만들기\n- [X] 회의실 예약\n- [-] 현수막 주문\n",
    "회의/2026-03-09 회의록.md":
    "---\ntags: [회의]\n---\n# 채용 회의\n\n면접"
    " 일정을 정했다. 서지훈 불참.\n\n* [ ] 공고 올리기\n",
    "회의/2026-03-16 회의록.md":
    "# 정산 회의\n\n영수증을 모았다. #회의 #예산\n\n1."
    " [x] 영수증 스캔\n2. [ ] 정산서 제출\n",
    "회의/2025-11-03 회의록.md": "# 연말 회의\n\n송년회를 정했다. #회의\n",
    "회의/2026-11-17 주간 회의.md": "# 주간 회의\n\nKubernetes 이전 일정을 논의했다. #회의\n\n- [ ] 이전 계획서\n",
    "회의/2026-11-10 주간 회의.md": "# 주간 회의\n\n서버 비용을 줄이기로 했다.\n\n- [x] 비용 표\n",
    "Projects/Alpha/plan.md":
    "---\ndate: 2024-01-10\ntags: [project/alpha, Budget]\nstatus:"
    " active\n---\n# Alpha plan\n\n"
    "Move the cluster to Kubernetes.\n\n- [ ] order the racks\n-"
    " [x] hire Mina\n\n```\n- [ ] not a task\n#notatag\n```\n",
    "Projects/Alpha/retro.md":
    "---\ndate: 2024-06-30\ntags: project/alpha\n---\n#"
    " Alpha retrospective\n\nKubernetes was"
    " worth it.\n\n> - [ ] quoted from somebody else\n\n- [x] write this up\n",
    "Projects/Beta/plan.md":
    "---\ndate: 2025-02-14\ntags: [project/beta]\nstatus:"
    " paused\n---\n# Beta plan\n\nWait for"
    " the grant. See https://example.org/#fragment\n\n- [ ] ask for the grant\n",
    "Projects/Beta/ideas.md": "# Ideas\n\nA garden on the roof. #idea #project/beta\n",
    "일기/2025-12-31.md": "# 섣달그믐\n\n한 해를 돌아봤다. #일상\n",
    "일기/2026-01-01.md": "# 새해\n\n떡국을 먹었다. #일상\n\n- [ ] 책 열두 권 읽기\n",
    "일기/2026-11-18.md": "# 수요일\n\n첫눈이 왔다. #일상\n",
    "Reading/Dune.md": "---\ncreated: 2024-03-05\n---\n# Dune\n\nA novel by Frank Herbert. #book/novel\n",
    "Reading/Walden.md": "---\ndate: 2024-03-20\n---\n# Walden\n\nThoreau by the pond. #book\n\n- [x] finish it\n",
    "Reading/채식주의자.md":
    "---\ndate: 2025-08-01\ntags: [book/novel,"
    " 한국문학]\n---\n# 채식주의자\n\n한강의 소설.\n",
    "recipes/김치찌개.md": "# 김치찌개\n\n돼지고기 200 g, 김치 반 포기. #요리\n",
    "recipes/pancakes.md": "# Pancakes\n\nTwo eggs, a cup of flour. #요리 #breakfast\n\n- [ ] buy maple syrup\n",
    "recipes/여행 도시락.md": "# 여행 도시락\n\n김밥과 유부초밥. 서지훈이 좋아한다.\n",
    "inbox.md": "# Inbox\n\nLoose ends. Mina called about the lease.\n\n- [ ] call Mina back\n- [ ] 우편물 찾기\n",
    "inbox/빈 노트.md": "",
    "Projects/Gamma/stub.md": "---\ntags: [project/gamma]\ndraft: true\n---\n",
    "archive/broken.pdf": "not a PDF at all",
    "archive/photo.png": "no picture, but called like one",
    "archive/old site/style.css": "p { margin: 0 }\n",
    "archive/log.txt": "Old log. The lease was signed by Mina.\n",
    "archive/letter.txt": "Dear Sir, the boiler is broken.\n",
    "archive/prices.csv": "item,price\nbolt,3\nnut,2\n",
    "archive/page.html":
    "<html><head><title>Saved page</title></head><body><p>About"
    " bees and Kubernetes.</p></body></html>\n",
    "archive/일지 2024-05-11.txt": "양봉 일지. 벌통 두 개를 옮겼다.\n",
}  # fmt: skip
CHANGED = {
    "inbox.md": datetime(2026, 11, 20, 9),
    "회의/2026-11-17 주간 회의.md": datetime(2026, 11, 17, 15),
    "일기/2026-11-18.md": datetime(2026, 11, 18, 22),
    "Projects/Alpha/plan.md": datetime(2026, 11, 16, 8),
    "회의/2026-11-10 주간 회의.md": datetime(2026, 11, 10, 15),
    "archive/prices.csv": datetime(2026, 11, 12, 10),
    "recipes/pancakes.md": datetime(2026, 10, 30, 10),
    "archive/letter.txt": datetime(2019, 2, 3, 10),
}


def make(root: Path) -> Path:
    """Write it below `root`; every time stamp is set."""
    for name, text in NOTES.items():
        if name.startswith("recipes/여"):
            name = unicodedata.normalize("NFD", name)
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    _docx(root / "Projects/offer.docx", "An offer for the racks, 4,000 euros.")
    _docx(root / "archive/계약서 2025.docx", "임대차 계약서. 보증금은 천만 원이다.")
    _pdf(root / "archive/manual.pdf", "Boiler manual. Bleed the radiators in autumn. " * 12)
    _pdf(root / "Projects/Beta/grant.pdf", "Grant form of the city. Fill in all pages. " * 30)
    for path in root.rglob("*"):
        if path.is_file():
            at = CHANGED.get(path.relative_to(root).as_posix(), OLD).timestamp()
            os.utime(path, (at, at))
    return root


def _docx(path: Path, text: str) -> None:
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    with zipfile.ZipFile(path, "w") as z:
        z.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels"'
            ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override'
            ' PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument'
            '.wordprocessingml.document.main+xml"/></Types>',
        )
        z.writestr(
            "_rels/.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1"'
            ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"'
            ' Target="word/document.xml"/></Relationships>',
        )
        z.writestr(
            "word/document.xml",
            f'<w:document xmlns:w="{word}"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>',
        )


def _pdf(path: Path, text: str) -> None:
    lines = [text[n : n + 70] for n in range(0, len(text), 70)]
    shown = "BT /F1 12 Tf 14 TL 60 780 Td " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        " /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(shown)} >>\nstream\n{shown}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, at = b"%PDF-1.4\n", []
    for n, part in enumerate(parts, 1):
        at.append(len(out))
        out += f"{n} 0 obj\n{part}\nendobj\n".encode()
    table = "".join(f"{a:010} 00000 n \n" for a in at)
    out += (
        f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n{table}trailer << /Size {len(parts) + 1} /Root 1 0 R >>\n"
        f"startxref\n{len(out)}\n%%EOF\n"
    ).encode()
    path.write_bytes(out)
