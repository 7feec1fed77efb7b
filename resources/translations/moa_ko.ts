<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ko" sourcelanguage="en">
<context>
    <name>AdapterDialog</name>
    <message>
        <source>Adapter for {0}</source>
        <translation>{0} 어댑터</translation>
    </message>
    <message>
        <source>A LoRA adapter changes how a model writes. It must be a GGUF file made for this very model.</source>
        <translation>LoRA 어댑터는 모델이 글 쓰는 방식을 바꿉니다. 바로 이 모델용으로 만든 GGUF 파일이어야 합니다.</translation>
    </message>
    <message>
        <source>Attach</source>
        <translation>붙이기</translation>
    </message>
    <message>
        <source>File</source>
        <translation>파일</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>선택…</translation>
    </message>
    <message>
        <source>Strength</source>
        <translation>세기</translation>
    </message>
    <message>
        <source>1 is the strength it was made for</source>
        <translation>1이 원래 세기입니다</translation>
    </message>
    <message>
        <source>Attached now: {0}</source>
        <translation>지금 붙어 있는 어댑터: {0}</translation>
    </message>
    <message>
        <source>Take off</source>
        <translation>떼기</translation>
    </message>
    <message>
        <source>LoRA adapters (*.gguf)</source>
        <translation>LoRA 어댑터 (*.gguf)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>모든 파일 (*)</translation>
    </message>
    <message>
        <source>Choose an adapter</source>
        <translation>어댑터 선택</translation>
    </message>
    <message>
        <source>Attaching…</source>
        <translation>붙이는 중…</translation>
    </message>
    <message>
        <source>Taking off…</source>
        <translation>떼는 중…</translation>
    </message>
</context>
<context>
    <name>AnswerStream</name>
    <message>
        <source>The engine stopped while it was answering.</source>
        <translation>답하는 도중에 엔진이 멈췄습니다.</translation>
    </message>
    <message>
        <source>Ask again when it is back.</source>
        <translation>엔진이 돌아오면 다시 질문해 주세요.</translation>
    </message>
</context>
<context>
    <name>AnswerTurn</name>
    <message>
        <source>Answer</source>
        <translation>답변</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>복사</translation>
    </message>
    <message>
        <source>Copy the answer with its sources</source>
        <translation>출처와 함께 답변 복사</translation>
    </message>
    <message>
        <source>Copies the answer with its sources</source>
        <translation>답변을 출처와 함께 복사합니다</translation>
    </message>
    <message>
        <source>Ask again</source>
        <translation>다시 답하기</translation>
    </message>
    <message>
        <source>Ask the same question again</source>
        <translation>같은 질문에 다시 답하기</translation>
    </message>
    <message>
        <source>Asks the same question again</source>
        <translation>같은 질문에 다시 답합니다</translation>
    </message>
    <message>
        <source>Search wider</source>
        <translation>더 넓게 찾기</translation>
    </message>
    <message>
        <source>Shows everything that comes near the question ({0})</source>
        <translation>질문과 가까운 것을 모두 보여 줍니다 ({0})</translation>
    </message>
    <message>
        <source>Writing the answer…</source>
        <translation>답변을 쓰고 있습니다…</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>멈춤</translation>
    </message>
    <message>
        <source>Not in your notes</source>
        <translation>노트에 없는 내용입니다</translation>
    </message>
    <message>
        <source>Written by {0} from your notes</source>
        <translation>노트를 바탕으로 쓴 답변 · {0}</translation>
    </message>
    <message>
        <source>Written by {0}, which names no source: check it against your notes</source>
        <translation>출처를 밝히지 않은 답변이니 노트와 대조해 보세요 · {0}</translation>
    </message>
    <message>
        <source>a model</source>
        <translation>언어 모델</translation>
    </message>
    <message>
        <source>Quotes from your notes, word for word</source>
        <translation>노트에서 그대로 옮긴 인용</translation>
    </message>
    <message>
        <source>From the list of your files</source>
        <translation>파일 목록에서 찾은 답변</translation>
    </message>
    <message>
        <source>From every note that matches</source>
        <translation>해당하는 노트를 모두 읽은 답변</translation>
    </message>
    <message>
        <source>Worked out from your notes</source>
        <translation>노트에서 계산한 답변</translation>
    </message>
    <message>
        <source>{0} of {1} files read</source>
        <translation>파일 {1}개 중 {0}개 읽음</translation>
    </message>
    <message>
        <source>What comes nearest:</source>
        <translation>가장 가까운 내용:</translation>
    </message>
    <message>
        <source>The underlined sentence is not borne out by its source. Check it.</source>
        <translation>밑줄 친 문장은 출처가 뒷받침하지 않습니다. 확인해 보세요.</translation>
    </message>
    <message>
        <source>The {0} underlined sentences are not borne out by their sources. Check them.</source>
        <translation>밑줄 친 문장 {0}개는 출처가 뒷받침하지 않습니다. 확인해 보세요.</translation>
    </message>
    <message>
        <source>A source marked with ? may not say this. Check it.</source>
        <translation>? 표시된 출처에는 이 내용이 없을 수 있습니다. 확인해 보세요.</translation>
    </message>
    <message>
        <source>1 source</source>
        <translation>출처 1개</translation>
    </message>
    <message>
        <source>{0} sources</source>
        <translation>출처 {0}개</translation>
    </message>
    <message>
        <source>(The rest is too long to show; Copy has all of it.)</source>
        <translation>(나머지는 너무 길어 보여 주지 않습니다. 복사하면 전부 들어 있습니다.)</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Close this message</source>
        <translation>이 알림 닫기</translation>
    </message>
</context>
<context>
    <name>ChatPage</name>
    <message>
        <source>Waiting for the engine…</source>
        <translation>엔진을 기다리고 있습니다…</translation>
    </message>
    <message>
        <source>Looking through your notes…</source>
        <translation>노트를 찾아보고 있습니다…</translation>
    </message>
    <message>
        <source>Passages found. Waiting for the answer…</source>
        <translation>관련 구절을 찾았습니다. 답변을 기다리고 있습니다…</translation>
    </message>
    <message>
        <source>Near your question: {0}</source>
        <translation>질문과 가까운 구절: {0}개</translation>
    </message>
</context>
<context>
    <name>Composer</name>
    <message>
        <source>Ask your notes…</source>
        <translation>노트에 물어보세요…</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>질문</translation>
    </message>
    <message>
        <source>Your last question, in other words. Esc leaves it as it was.</source>
        <translation>마지막 질문을 고쳐 씁니다. Esc를 누르면 그대로 둡니다.</translation>
    </message>
    <message>
        <source>Stop the answer</source>
        <translation>답변 멈추기</translation>
    </message>
    <message>
        <source>Send the question</source>
        <translation>질문 보내기</translation>
    </message>
</context>
<context>
    <name>Desktop</name>
    <message>
        <source>Moa keeps your notes in sync from here. To end it, choose Quit Moa.</source>
        <translation>모아가 여기에서 노트를 계속 살핍니다. 끝내려면 ‘모아 종료’를 선택하세요.</translation>
    </message>
    <message>
        <source>Your choice could not be saved.</source>
        <translation>선택을 저장하지 못했습니다.</translation>
    </message>
</context>
<context>
    <name>DownloadCard</name>
    <message>
        <source>Progress of {0}</source>
        <translation>진행 상황: {0}</translation>
    </message>
    <message>
        <source>Give up</source>
        <translation>그만두기</translation>
    </message>
    <message>
        <source>Give the download of {0} up</source>
        <translation>내려받기 그만두기: {0}</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>일시 정지</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>계속</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>다시 시도</translation>
    </message>
    <message>
        <source>waiting for the server…</source>
        <translation>서버를 기다리는 중…</translation>
    </message>
    <message>
        <source>Give up this download?</source>
        <translation>이 내려받기를 그만둘까요?</translation>
    </message>
    <message>
        <source>The {0} that came so far are deleted.</source>
        <translation>지금까지 받은 {0}가 지워집니다.</translation>
    </message>
</context>
<context>
    <name>DropOverlay</name>
    <message>
        <source>Drop it here</source>
        <translation>여기에 놓으세요</translation>
    </message>
    <message>
        <source>Drop folders to watch, files to copy into your library, or a model</source>
        <translation>살펴볼 폴더, 보관함에 복사할 파일, 모델을 놓을 수 있습니다</translation>
    </message>
</context>
<context>
    <name>EmbedderCard</name>
    <message>
        <source>Progress of {0}</source>
        <translation>{0} 진행 상황</translation>
    </message>
    <message>
        <source>Stay with the old one</source>
        <translation>지금 모델 계속 쓰기</translation>
    </message>
    <message>
        <source>Change to it…</source>
        <translation>이 모델로 바꾸기…</translation>
    </message>
    <message>
        <source>Change to {0}</source>
        <translation>이 모델로 바꾸기: {0}</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>제거…</translation>
    </message>
    <message>
        <source>Remove model {0}</source>
        <translation>모델 제거: {0}</translation>
    </message>
    <message>
        <source>Searches by meaning now</source>
        <translation>지금 의미 검색에 쓰는 모델</translation>
    </message>
    <message>
        <source>{0} dimensions</source>
        <translation>{0}차원</translation>
    </message>
    <message>
        <source>Being opened…</source>
        <translation>여는 중…</translation>
    </message>
    <message>
        <source>{0} of {1} passages; the old one serves meanwhile</source>
        <translation>구절 {1}개 중 {0}개 · 그동안 지금 모델로 찾습니다</translation>
    </message>
    <message>
        <source>{0} left</source>
        <translation>{0} 남음</translation>
    </message>
    <message>
        <source>Being tried on some of your passages; this can take a minute…</source>
        <translation>구절 몇 개로 시험하고 있습니다. 1분쯤 걸릴 수 있습니다…</translation>
    </message>
</context>
<context>
    <name>EmbeddersSection</name>
    <message>
        <source>Search by meaning</source>
        <translation>의미 검색</translation>
    </message>
    <message>
        <source>Add a folder…</source>
        <translation>폴더 추가…</translation>
    </message>
    <message>
        <source>Add a file…</source>
        <translation>파일 추가…</translation>
    </message>
    <message>
        <source>{0} with an embedding model</source>
        <translation>임베딩 모델: {0}</translation>
    </message>
    <message>
        <source>Change the embedding model?</source>
        <translation>임베딩 모델을 바꿀까요?</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>바꾸기</translation>
    </message>
    <message>
        <source>All your passages are prepared for it: it searches at once.</source>
        <translation>모든 구절이 이미 준비되어 있어 바로 찾을 수 있습니다.</translation>
    </message>
    <message>
        <source>{0} passages are learned anew, which takes {1}, and {2} on the disk.</source>
        <translation>구절 {0}개를 새로 익힙니다. 걸리는 시간은 {1}, 디스크에는 {2}가 더 듭니다.</translation>
    </message>
    <message>
        <source>Until then the present one goes on searching, and new notes are found at once.</source>
        <translation>그때까지는 지금 모델로 계속 찾고, 새 노트도 바로 찾을 수 있습니다.</translation>
    </message>
    <message>
        <source>It does not know Korean: Korean questions are searched by their words only.</source>
        <translation>한국어를 모르는 모델이어서 한국어 질문은 낱말로만 찾습니다.</translation>
    </message>
    <message>
        <source>It does not know English: English questions are searched by their words only.</source>
        <translation>영어를 모르는 모델이어서 영어 질문은 낱말로만 찾습니다.</translation>
    </message>
    <message>
        <source>Remove this embedding model?</source>
        <translation>이 임베딩 모델을 제거할까요?</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>제거</translation>
    </message>
    <message>
        <source>Choose the folder of a sentence-transformers model</source>
        <translation>sentence-transformers 모델 폴더 선택</translation>
    </message>
    <message>
        <source>Choose an embedding model</source>
        <translation>임베딩 모델 선택</translation>
    </message>
    <message>
        <source>Embedding models (*.gguf)</source>
        <translation>임베딩 모델 (*.gguf)</translation>
    </message>
    <message>
        <source>“{0}” was added. Change to it to have it search.</source>
        <translation>“{0}” 모델을 추가했습니다. 이 모델로 바꾸면 의미 검색에 씁니다.</translation>
    </message>
</context>
<context>
    <name>EmptyChat</name>
    <message>
        <source>What would you like to know?</source>
        <translation>무엇이 궁금하신가요?</translation>
    </message>
    <message>
        <source>The answer comes from your notes, with its sources beside it.</source>
        <translation>노트에서 답을 찾아 출처와 함께 보여 드립니다.</translation>
    </message>
    <message>
        <source>@folder, #tag or “last week” in a question limits it to those notes.</source>
        <translation>질문에 @폴더, #태그, ‘지난주’처럼 쓰면 그 노트에서만 찾습니다.</translation>
    </message>
</context>
<context>
    <name>EngineLink</name>
    <message>
        <source>Starting the engine…</source>
        <translation>엔진을 시작하고 있습니다…</translation>
    </message>
    <message>
        <source>Still starting the engine; the first time takes longer…</source>
        <translation>엔진을 아직 시작하고 있습니다. 처음에는 조금 더 걸립니다…</translation>
    </message>
    <message>
        <source>The engine stopped. Starting it again…</source>
        <translation>엔진이 멈춰서 다시 시작하고 있습니다…</translation>
    </message>
    <message>
        <source>The file logs/engine.log in Moa&apos;s data folder says more.</source>
        <translation>자세한 내용은 모아 데이터 폴더의 logs/engine.log 파일에 있습니다.</translation>
    </message>
    <message>
        <source>The engine is not running.</source>
        <translation>엔진이 실행되고 있지 않습니다.</translation>
    </message>
    <message>
        <source>The engine does not answer.</source>
        <translation>엔진이 응답하지 않습니다.</translation>
    </message>
    <message>
        <source>Moa tries to reach it again.</source>
        <translation>모아가 다시 연결해 봅니다.</translation>
    </message>
</context>
<context>
    <name>Export</name>
    <message>
        <source>Markdown (*.md)</source>
        <translation>마크다운 (*.md)</translation>
    </message>
    <message>
        <source>JSON, with everything (*.json)</source>
        <translation>JSON, 모든 정보 포함 (*.json)</translation>
    </message>
    <message>
        <source>Save this conversation</source>
        <translation>이 대화 저장</translation>
    </message>
    <message>
        <source>The conversation could not be saved.</source>
        <translation>대화를 저장하지 못했습니다.</translation>
    </message>
</context>
<context>
    <name>FileList</name>
    <message>
        <source>File name</source>
        <translation>파일 이름</translation>
    </message>
    <message>
        <source>Show files whose path contains this</source>
        <translation>경로에 이 말이 들어 있는 파일 보기</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>파일</translation>
    </message>
    <message>
        <source>About the chosen file</source>
        <translation>선택한 파일 정보</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>열기</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>폴더에서 보기</translation>
    </message>
    <message>
        <source>Enter password…</source>
        <translation>암호 입력…</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>다시 시도</translation>
    </message>
    <message>
        <source>Try all again</source>
        <translation>모두 다시 시도</translation>
    </message>
    <message>
        <source>Try all files again that could not be read</source>
        <translation>읽지 못한 파일을 모두 다시 시도</translation>
    </message>
    <message>
        <source>Show: {0}</source>
        <translation>보기: {0}</translation>
    </message>
    <message>
        <source>Choose a file to see what Moa knows of it.</source>
        <translation>파일을 선택하면 모아가 아는 내용을 보여 드립니다.</translation>
    </message>
    <message>
        <source>1 passage</source>
        <translation>구절 1개</translation>
    </message>
    <message>
        <source>{0} passages</source>
        <translation>구절 {0}개</translation>
    </message>
    <message>
        <source>A locked file</source>
        <translation>잠긴 파일</translation>
    </message>
    <message>
        <source>Password of “{0}”. It is kept in memory until Moa ends, and never stored.</source>
        <translation>“{0}” 파일의 암호를 입력하세요. 모아가 끝날 때까지 메모리에만 두고 저장하지 않습니다.</translation>
    </message>
    <message>
        <source>Opening “{0}”…</source>
        <translation>“{0}” 파일을 여는 중…</translation>
    </message>
    <message>
        <source>“{0}” is open. The same password is tried on other locked files.</source>
        <translation>“{0}” 파일을 열었습니다. 잠긴 다른 파일도 같은 암호로 열어 봅니다.</translation>
    </message>
</context>
<context>
    <name>FileTable</name>
    <message>
        <source>File</source>
        <translation>파일</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>폴더</translation>
    </message>
    <message>
        <source>State</source>
        <translation>상태</translation>
    </message>
</context>
<context>
    <name>FolderCard</name>
    <message>
        <source>1 file</source>
        <translation>파일 1개</translation>
    </message>
    <message>
        <source>{0} files</source>
        <translation>파일 {0}개</translation>
    </message>
    <message>
        <source>text in pictures recognised</source>
        <translation>그림 속 글자 인식</translation>
    </message>
    <message>
        <source>plain text is {0}</source>
        <translation>텍스트 인코딩 {0}</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>보기</translation>
    </message>
    <message>
        <source>Show folder {0}</source>
        <translation>폴더 보기: {0}</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>제거…</translation>
    </message>
    <message>
        <source>Stop watching {0}</source>
        <translation>그만 살피기: {0}</translation>
    </message>
    <message>
        <source>Options…</source>
        <translation>옵션…</translation>
    </message>
    <message>
        <source>Options of folder {0}</source>
        <translation>폴더 옵션: {0}</translation>
    </message>
    <message>
        <source>1 file is gone from here. What Moa read in it stays findable until you decide.</source>
        <translation>이 폴더에서 파일 1개가 사라졌습니다. 결정하실 때까지 읽은 내용은 계속 검색됩니다.</translation>
    </message>
    <message>
        <source>{0} files are gone from here at once. What Moa read in them stays findable until you decide.</source>
        <translation>이 폴더에서 파일 {0}개가 한꺼번에 사라졌습니다. 결정하실 때까지 읽은 내용은 계속 검색됩니다.</translation>
    </message>
    <message>
        <source>Forget them</source>
        <translation>잊기</translation>
    </message>
    <message>
        <source>Forget the files that are gone from {0}</source>
        <translation>사라진 파일 잊기: {0}</translation>
    </message>
</context>
<context>
    <name>FolderOptions</name>
    <message>
        <source>Options of a folder</source>
        <translation>폴더 옵션</translation>
    </message>
    <message>
        <source>Encoding of plain text</source>
        <translation>텍스트 인코딩</translation>
    </message>
    <message>
        <source>Found out for each file</source>
        <translation>파일마다 알아내기</translation>
    </message>
    <message>
        <source>Plain text is in</source>
        <translation>텍스트 인코딩</translation>
    </message>
    <message>
        <source>Files whose text looks broken are read again in the encoding you choose.</source>
        <translation>글자가 깨져 보이는 파일을 선택한 인코딩으로 다시 읽습니다.</translation>
    </message>
    <message>
        <source>Recognise text in pictures and scanned pages</source>
        <translation>그림과 스캔한 쪽의 글자 인식</translation>
    </message>
    <message>
        <source>Takes some seconds a page, after everything else is read. Needs Tesseract on this computer.</source>
        <translation>나머지를 다 읽은 뒤 한 쪽에 몇 초씩 걸립니다. 이 컴퓨터에 Tesseract가 있어야 합니다.</translation>
    </message>
</context>
<context>
    <name>History</name>
    <message>
        <source>Conversations</source>
        <translation>대화</translation>
    </message>
    <message>
        <source>Search conversations</source>
        <translation>대화 검색</translation>
    </message>
    <message>
        <source>No conversation has that.</source>
        <translation>그런 내용이 있는 대화가 없습니다.</translation>
    </message>
    <message>
        <source>Manage…</source>
        <translation>관리…</translation>
    </message>
    <message>
        <source>What may be done with the chosen conversation</source>
        <translation>선택한 대화로 할 수 있는 일</translation>
    </message>
    <message>
        <source>Without a title</source>
        <translation>제목 없음</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>이름 바꾸기</translation>
    </message>
    <message>
        <source>Save as a document…</source>
        <translation>문서로 저장…</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>삭제…</translation>
    </message>
    <message>
        <source>Saved as “{0}”.</source>
        <translation>“{0}” 파일로 저장했습니다.</translation>
    </message>
    <message>
        <source>Delete this conversation?</source>
        <translation>이 대화를 삭제할까요?</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>삭제</translation>
    </message>
    <message>
        <source>Its questions and answers are deleted. Your notes stay as they are.</source>
        <translation>질문과 답변이 삭제됩니다. 노트는 그대로 있습니다.</translation>
    </message>
</context>
<context>
    <name>Intake</name>
    <message>
        <source>Choose a folder for Moa to read</source>
        <translation>모아가 읽을 폴더 선택</translation>
    </message>
    <message>
        <source>Choose files to copy into your library</source>
        <translation>보관함에 복사할 파일 선택</translation>
    </message>
    <message>
        <source>Moa takes this as soon as the engine is ready.</source>
        <translation>엔진이 준비되는 대로 가져옵니다.</translation>
    </message>
    <message>
        <source>Adding “{0}”…</source>
        <translation>“{0}” 폴더를 추가하고 있습니다…</translation>
    </message>
    <message>
        <source>Copying into your library…</source>
        <translation>보관함에 복사하고 있습니다…</translation>
    </message>
    <message>
        <source>Moa now reads “{0}” and keeps it in sync.</source>
        <translation>이제 “{0}” 폴더를 읽고, 바뀌면 따라갑니다.</translation>
    </message>
    <message>
        <source>Could not be read: {0}.</source>
        <translation>읽지 못한 파일: {0}.</translation>
    </message>
    <message>
        <source>“{0}” was copied into your library.</source>
        <translation>“{0}” 파일을 보관함에 복사했습니다.</translation>
    </message>
    <message>
        <source>{0} files were copied into your library.</source>
        <translation>파일 {0}개를 보관함에 복사했습니다.</translation>
    </message>
</context>
<context>
    <name>LibraryPage</name>
    <message>
        <source>Library</source>
        <translation>보관함</translation>
    </message>
    <message>
        <source>Copy files in…</source>
        <translation>파일 가져오기…</translation>
    </message>
    <message>
        <source>Copies files into Moa&apos;s own folder; yours stay where they are</source>
        <translation>파일을 모아의 폴더에 복사합니다. 원본은 그대로 있습니다</translation>
    </message>
    <message>
        <source>Choose a folder…</source>
        <translation>폴더 선택…</translation>
    </message>
    <message>
        <source>No folder yet. Choose one, or drop it on this window.</source>
        <translation>아직 폴더가 없습니다. 폴더를 선택하거나 이 창에 놓으세요.</translation>
    </message>
    <message>
        <source>Stop watching this folder?</source>
        <translation>이 폴더를 그만 살필까요?</translation>
    </message>
    <message>
        <source>Moa forgets what it read there. The folder and its files stay as they are.</source>
        <translation>모아가 읽은 내용만 잊습니다. 폴더와 파일은 그대로 있습니다.</translation>
    </message>
    <message>
        <source>Stop watching</source>
        <translation>그만 살피기</translation>
    </message>
    <message>
        <source>Forget the files that are gone?</source>
        <translation>사라진 파일을 잊을까요?</translation>
    </message>
    <message>
        <source>What Moa read in them is not found any more. If they come back, Moa reads them again.</source>
        <translation>읽은 내용이 더는 검색되지 않습니다. 파일이 돌아오면 다시 읽습니다.</translation>
    </message>
    <message>
        <source>Forget them</source>
        <translation>잊기</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Start again</source>
        <translation>다시 시작</translation>
    </message>
</context>
<context>
    <name>ModelCard</name>
    <message>
        <source>Answer with {0}</source>
        <translation>이 모델로 답하기: {0}</translation>
    </message>
    <message>
        <source>Looking whether it fits…</source>
        <translation>쓸 수 있는지 확인하는 중…</translation>
    </message>
    <message>
        <source>Adapter…</source>
        <translation>어댑터…</translation>
    </message>
    <message>
        <source>Adapter for {0}</source>
        <translation>{0} 어댑터</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>제거…</translation>
    </message>
    <message>
        <source>Remove model {0}</source>
        <translation>모델 제거: {0}</translation>
    </message>
</context>
<context>
    <name>ModelsPage</name>
    <message>
        <source>Models</source>
        <translation>모델</translation>
    </message>
    <message>
        <source>Add a model file…</source>
        <translation>모델 파일 추가…</translation>
    </message>
    <message>
        <source>Connect a server…</source>
        <translation>서버 연결…</translation>
    </message>
    <message>
        <source>A language model reads the passages and writes the answer, on this computer. Moa takes models in the GGUF format. Without one, Moa answers with quotes.</source>
        <translation>언어 모델이 이 컴퓨터에서 구절을 읽고 답변을 씁니다. GGUF 형식의 모델을 쓸 수 있습니다. 모델이 없으면 노트를 인용해 답합니다.</translation>
    </message>
    <message>
        <source>Downloading</source>
        <translation>내려받는 중</translation>
    </message>
    <message>
        <source>Models that can be downloaded</source>
        <translation>내려받을 수 있는 모델</translation>
    </message>
    <message>
        <source>Adding the model…</source>
        <translation>모델을 추가하고 있습니다…</translation>
    </message>
    <message>
        <source>“{0}” was added. Choose it to have it answer.</source>
        <translation>“{0}” 모델을 추가했습니다. 선택하면 이 모델이 답합니다.</translation>
    </message>
    <message>
        <source>Answers are the best sentences of your notes, word for word. Needs no memory, comes at once.</source>
        <translation>노트에서 가장 알맞은 문장을 그대로 보여 드립니다. 메모리가 들지 않고 바로 나옵니다.</translation>
    </message>
    <message>
        <source>Quotes, without a model</source>
        <translation>모델 없이 인용만</translation>
    </message>
    <message>
        <source>Questions and passages go to {0}, outside this computer</source>
        <translation>질문과 구절이 이 컴퓨터 밖의 {0} 서버로 나갑니다</translation>
    </message>
    <message>
        <source>A server: {0}</source>
        <translation>서버: {0}</translation>
    </message>
    <message>
        <source>up to {0} tokens</source>
        <translation>최대 {0}토큰</translation>
    </message>
    <message>
        <source>With adapter: {0}</source>
        <translation>어댑터: {0}</translation>
    </message>
    <message>
        <source>Remove this model?</source>
        <translation>이 모델을 제거할까요?</translation>
    </message>
    <message>
        <source>Its key is deleted from the keyring. You can connect it again.</source>
        <translation>시스템의 키 보관소에서 키도 지웁니다. 나중에 다시 연결할 수 있습니다.</translation>
    </message>
    <message>
        <source>Its file is deleted, which frees {0}: {1}</source>
        <translation>파일도 지워져 {0}의 공간이 생깁니다: {1}</translation>
    </message>
    <message>
        <source>Its file stays where it is, {0} on the disk: {1}</source>
        <translation>파일은 그대로 남아 디스크에서 {0}를 차지합니다: {1}</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>제거</translation>
    </message>
    <message>
        <source>“{0}” is connected. Choose it to have it answer.</source>
        <translation>“{0}” 모델을 연결했습니다. 선택하면 이 모델이 답합니다.</translation>
    </message>
    <message>
        <source>Choose a model file</source>
        <translation>모델 파일 선택</translation>
    </message>
    <message>
        <source>Language models (*.gguf)</source>
        <translation>언어 모델 (*.gguf)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>모든 파일 (*)</translation>
    </message>
</context>
<context>
    <name>NearButton</name>
    <message>
        <source>Nearest passage {0}</source>
        <translation>가까운 구절 {0}</translation>
    </message>
</context>
<context>
    <name>OfferCard</name>
    <message>
        <source>not for commercial use</source>
        <translation>상업적 이용 불가</translation>
    </message>
    <message>
        <source>Fits: needs {0} of memory</source>
        <translation>쓸 수 있음: 메모리 {0} 필요</translation>
    </message>
    <message>
        <source>Needs {0} of memory, more than is free now</source>
        <translation>메모리 {0} 필요, 지금 남은 것보다 많습니다</translation>
    </message>
    <message>
        <source>Download {0}</source>
        <translation>내려받기 {0}</translation>
    </message>
    <message>
        <source>Download {0}, {1}</source>
        <translation>내려받기: {0}, {1}</translation>
    </message>
</context>
<context>
    <name>PassageCard</name>
    <message>
        <source>Source {0}: {1}, {2}</source>
        <translation>출처 {0}: {1}, {2}</translation>
    </message>
    <message>
        <source>Text of source {0}</source>
        <translation>출처 {0}의 본문</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>열기</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>폴더에서 보기</translation>
    </message>
    <message>
        <source>More</source>
        <translation>더 보기</translation>
    </message>
    <message>
        <source>Open source {0}</source>
        <translation>출처 {0} 열기</translation>
    </message>
    <message>
        <source>Show source {0} in its folder</source>
        <translation>출처 {0}의 폴더 보기</translation>
    </message>
    <message>
        <source>Show all of source {0}</source>
        <translation>출처 {0} 전체 보기</translation>
    </message>
</context>
<context>
    <name>PassageList</name>
    <message>
        <source>Passages</source>
        <translation>구절</translation>
    </message>
</context>
<context>
    <name>QuestionTurn</name>
    <message>
        <source>Your question</source>
        <translation>내 질문</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>고치기</translation>
    </message>
    <message>
        <source>Edit your question and ask it again</source>
        <translation>질문을 고쳐 다시 묻기</translation>
    </message>
</context>
<context>
    <name>QuickAsk</name>
    <message>
        <source>Moa quick ask</source>
        <translation>모아 빠른 질문</translation>
    </message>
    <message>
        <source>Ask or search your notes…</source>
        <translation>노트에 묻거나 찾아보세요…</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>질문</translation>
    </message>
    <message>
        <source>Continue in Moa</source>
        <translation>모아에서 계속</translation>
    </message>
    <message>
        <source>Ctrl+Enter</source>
        <translation>Ctrl+Enter</translation>
    </message>
    <message>
        <source>Looking through your notes…</source>
        <translation>노트를 찾아보고 있습니다…</translation>
    </message>
    <message>
        <source>Esc hides</source>
        <translation>Esc 숨기기</translation>
    </message>
    <message>
        <source>Enter opens the note · ↑↓ choose · Esc hides</source>
        <translation>Enter 노트 열기 · ↑↓ 선택 · Esc 숨기기</translation>
    </message>
    <message>
        <source>Enter asks · ↑↓ choose a passage · Esc hides</source>
        <translation>Enter 질문 · ↑↓ 구절 선택 · Esc 숨기기</translation>
    </message>
</context>
<context>
    <name>Reading</name>
    <message>
        <source>Understood as: {0}</source>
        <translation>이렇게 이해했습니다: {0}</translation>
    </message>
    <message>
        <source>Searched apart: {0}</source>
        <translation>나누어 찾은 질문: {0}</translation>
    </message>
    <message>
        <source>{0} first</source>
        <translation>{0} 먼저</translation>
    </message>
    <message>
        <source>{0}: nothing there, searched without it</source>
        <translation>{0}: 없어서 이 조건 없이 찾음</translation>
    </message>
    <message>
        <source>Ask again without the filter {0}</source>
        <translation>조건 없이 다시 묻기: {0}</translation>
    </message>
    <message>
        <source>Read from “{0}”. Click to ask again without it.</source>
        <translation>질문의 “{0}”에서 읽은 조건입니다. 누르면 이 조건 없이 다시 묻습니다.</translation>
    </message>
</context>
<context>
    <name>ServerDialog</name>
    <message>
        <source>Connect a server</source>
        <translation>서버 연결</translation>
    </message>
    <message>
        <source>A model on another computer, or in another program on this one, writes the answers. It must speak OpenAI&apos;s chat completions, as vLLM, llama-server, LM Studio and Ollama do.</source>
        <translation>다른 컴퓨터나 이 컴퓨터의 다른 프로그램에 있는 모델이 답변을 씁니다. vLLM, llama-server, LM Studio, Ollama처럼 OpenAI 호환 API를 쓰는 서버여야 합니다.</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>연결</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>주소</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>키</translation>
    </message>
    <message>
        <source>Only if the server asks for one; kept in the system&apos;s keyring</source>
        <translation>서버가 요구할 때만. 시스템의 키 보관소에 저장합니다</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>모델</translation>
    </message>
    <message>
        <source>Only if the server has several</source>
        <translation>서버에 모델이 여럿일 때만</translation>
    </message>
    <message>
        <source>Questions and passages go to the server you name.</source>
        <translation>질문과 구절을 적어 주신 서버로 보냅니다.</translation>
    </message>
    <message>
        <source>This server runs on this computer: nothing leaves it.</source>
        <translation>이 컴퓨터에서 실행되는 서버라 아무것도 밖으로 나가지 않습니다.</translation>
    </message>
    <message>
        <source>Questions and passages go to {0}, outside this computer.</source>
        <translation>질문과 구절이 이 컴퓨터 밖의 {0} 서버로 나갑니다.</translation>
    </message>
    <message>
        <source>Connecting…</source>
        <translation>연결하는 중…</translation>
    </message>
</context>
<context>
    <name>Sidebar</name>
    <message>
        <source>New question</source>
        <translation>새 질문</translation>
    </message>
    <message>
        <source>Library</source>
        <translation>보관함</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>모델</translation>
    </message>
</context>
<context>
    <name>SourcesPanel</name>
    <message>
        <source>Sources</source>
        <translation>출처</translation>
    </message>
    <message>
        <source>Hide the sources</source>
        <translation>출처 숨기기</translation>
    </message>
    <message>
        <source>Hide the sources (Esc)</source>
        <translation>출처 숨기기 (Esc)</translation>
    </message>
    <message>
        <source>The passages an answer rests on appear here. Click a number in an answer to see its source.</source>
        <translation>답변의 바탕이 된 구절이 여기에 나옵니다. 답변 속 번호를 누르면 출처가 보입니다.</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>Ready. No folder chosen yet.</source>
        <translation>준비되었습니다. 아직 선택한 폴더가 없습니다.</translation>
    </message>
    <message>
        <source>Ready · 1 file</source>
        <translation>준비됨 · 파일 1개</translation>
    </message>
    <message>
        <source>Ready · {0} files</source>
        <translation>준비됨 · 파일 {0}개</translation>
    </message>
    <message>
        <source>State of Moa</source>
        <translation>모아의 상태</translation>
    </message>
    <message>
        <source>Progress of reading your files</source>
        <translation>파일을 읽은 정도</translation>
    </message>
    <message>
        <source>1 notice</source>
        <translation>알림 1개</translation>
    </message>
    <message>
        <source>{0} notices</source>
        <translation>알림 {0}개</translation>
    </message>
</context>
<context>
    <name>SystemTray</name>
    <message>
        <source>Open Moa</source>
        <translation>모아 열기</translation>
    </message>
    <message>
        <source>Quick ask</source>
        <translation>빠른 질문</translation>
    </message>
    <message>
        <source>Quit Moa</source>
        <translation>모아 종료</translation>
    </message>
</context>
<context>
    <name>Thread</name>
    <message>
        <source>Conversation</source>
        <translation>대화</translation>
    </message>
</context>
<context>
    <name>WelcomePage</name>
    <message>
        <source>Ask your own notes</source>
        <translation>내 노트에 물어보세요</translation>
    </message>
    <message>
        <source>Moa reads the folders you choose and answers from them, with the passages it used beside the answer. Your files are only read, and nothing leaves this computer.</source>
        <translation>모아는 선택한 폴더를 읽고, 근거가 된 구절과 함께 답합니다. 파일은 읽기만 하며, 아무것도 이 컴퓨터 밖으로 나가지 않습니다.</translation>
    </message>
    <message>
        <source>Choose a folder…</source>
        <translation>폴더 선택…</translation>
    </message>
    <message>
        <source>or drop one here</source>
        <translation>또는 여기에 폴더를 놓으세요</translation>
    </message>
    <message>
        <source>Notes, web pages, PDF, office and Hangul documents, mail, in Korean and English</source>
        <translation>노트, 웹 페이지, PDF, 오피스와 한글 문서, 메일을 한국어와 영어로 읽습니다</translation>
    </message>
</context>
<context>
    <name>WorkState</name>
    <message>
        <source>State of reading</source>
        <translation>읽기 상태</translation>
    </message>
    <message>
        <source>Progress of reading your files</source>
        <translation>파일을 읽은 정도</translation>
    </message>
    <message>
        <source>Paused. What is new or changed is not found until you go on.</source>
        <translation>일시 정지됨. 계속할 때까지 새로 생기거나 바뀐 내용은 검색되지 않습니다.</translation>
    </message>
    <message>
        <source>{0} still to do</source>
        <translation>{0}개 남음</translation>
    </message>
    <message>
        <source>Nothing to read yet.</source>
        <translation>아직 읽을 것이 없습니다.</translation>
    </message>
    <message>
        <source>Everything is read: {0} files, {1} passages</source>
        <translation>모두 읽었습니다: 파일 {0}개, 구절 {1}개</translation>
    </message>
    <message>
        <source>Read: {0} files, {1} passages</source>
        <translation>읽음: 파일 {0}개, 구절 {1}개</translation>
    </message>
    <message>
        <source>{0} could not be read</source>
        <translation>{0}개는 읽지 못함</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>계속</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>일시 정지</translation>
    </message>
    <message>
        <source>Go on reading</source>
        <translation>계속 읽기</translation>
    </message>
    <message>
        <source>Pause reading</source>
        <translation>읽기 일시 정지</translation>
    </message>
</context>
<context>
    <name>embedding_models</name>
    <message>
        <source>The one that comes with Moa</source>
        <translation>모아에 들어 있는 모델</translation>
    </message>
</context>
<context>
    <name>engine_words</name>
    <message>
        <source>en</source>
        <translation>ko</translation>
    </message>
</context>
<context>
    <name>menus</name>
    <message>
        <source>&amp;File</source>
        <translation>파일(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>보기(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;New question</source>
        <translation>새 질문(&amp;N)</translation>
    </message>
    <message>
        <source>Choose a &amp;folder…</source>
        <translation>폴더 선택(&amp;F)…</translation>
    </message>
    <message>
        <source>&amp;Copy files in…</source>
        <translation>파일 가져오기(&amp;C)…</translation>
    </message>
    <message>
        <source>&amp;Quit Moa</source>
        <translation>모아 종료(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Conversation</source>
        <translation>대화(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Library</source>
        <translation>보관함(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Models</source>
        <translation>모델(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Quick ask</source>
        <translation>빠른 질문(&amp;Q)</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>시스템 설정대로</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>밝게</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>어둡게</translation>
    </message>
    <message>
        <source>&amp;Appearance</source>
        <translation>모양(&amp;A)</translation>
    </message>
    <message>
        <source>L&amp;anguage</source>
        <translation>언어(&amp;G)</translation>
    </message>
</context>
<context>
    <name>outside</name>
    <message>
        <source>“{0}” is not there any more.</source>
        <translation>“{0}” 파일이 이제 없습니다.</translation>
    </message>
    <message>
        <source>It was moved or removed since Moa read it.</source>
        <translation>모아가 읽은 뒤에 옮겨지거나 삭제되었습니다.</translation>
    </message>
    <message>
        <source>No program opens “{0}”.</source>
        <translation>“{0}” 파일을 열 프로그램이 없습니다.</translation>
    </message>
    <message>
        <source>Open a web page at {0}?</source>
        <translation>{0} 웹 페이지를 열까요?</translation>
    </message>
    <message>
        <source>The link in this answer leaves Moa and opens your browser:</source>
        <translation>이 답변의 링크는 모아를 벗어나 브라우저에서 열립니다:</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>열기</translation>
    </message>
</context>
<context>
    <name>wording</name>
    <message>
        <source>page {0}</source>
        <translation>{0}쪽</translation>
    </message>
    <message>
        <source>line {0}</source>
        <translation>{0}번째 줄</translation>
    </message>
    <message>
        <source>lines {0}–{1}</source>
        <translation>{0}–{1}번째 줄</translation>
    </message>
    <message>
        <source>less than a minute</source>
        <translation>1분 이내</translation>
    </message>
    <message>
        <source>about {0} min</source>
        <translation>약 {0}분</translation>
    </message>
    <message>
        <source>about {0} h</source>
        <translation>약 {0}시간</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>읽음</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>대기 중</translation>
    </message>
    <message>
        <source>Could not be read</source>
        <translation>읽지 못함</translation>
    </message>
    <message>
        <source>Left out</source>
        <translation>제외됨</translation>
    </message>
    <message>
        <source>Not there now</source>
        <translation>지금 없음</translation>
    </message>
    <message>
        <source>in sync</source>
        <translation>최신 상태</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>일시 정지됨</translation>
    </message>
    <message>
        <source>not there now; its notes are kept</source>
        <translation>지금 없음, 읽은 내용은 유지됨</translation>
    </message>
    <message>
        <source>Answers: quotes from your notes</source>
        <translation>답변 방식: 노트 인용</translation>
    </message>
    <message>
        <source>{0}: loading {1} %</source>
        <translation>{0}: 불러오는 중 {1} %</translation>
    </message>
    <message>
        <source>{0}: loads with the first question</source>
        <translation>{0}: 첫 질문 때 불러옵니다</translation>
    </message>
    <message>
        <source>{0}: loading…</source>
        <translation>{0}: 불러오는 중…</translation>
    </message>
    <message>
        <source>{0}: ready</source>
        <translation>{0}: 준비됨</translation>
    </message>
    <message>
        <source>{0}: writing…</source>
        <translation>{0}: 쓰는 중…</translation>
    </message>
    <message>
        <source>{0}: could not be loaded</source>
        <translation>{0}: 불러오지 못함</translation>
    </message>
    <message>
        <source>Does not fit: needs {0} of memory, {1} are free</source>
        <translation>쓸 수 없음: 메모리 {0} 필요, {1} 남음</translation>
    </message>
    <message>
        <source>Fits: needs {0} of memory, {1} are free</source>
        <translation>쓸 수 있음: 메모리 {0} 필요, {1} 남음</translation>
    </message>
    <message>
        <source>runs partly on {0}</source>
        <translation>일부는 {0}에서 실행</translation>
    </message>
    <message>
        <source>runs on the graphics card</source>
        <translation>그래픽 카드에서 실행</translation>
    </message>
    <message>
        <source>runs partly on the graphics card</source>
        <translation>일부는 그래픽 카드에서 실행</translation>
    </message>
    <message>
        <source>runs on the processor</source>
        <translation>프로세서에서 실행</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{1} 중 {0}</translation>
    </message>
    <message>
        <source>{0} · checking that it is complete…</source>
        <translation>{0} · 온전한지 확인하는 중…</translation>
    </message>
    <message>
        <source>{0} · paused</source>
        <translation>{0} · 일시 정지됨</translation>
    </message>
    <message>
        <source>{0} a second</source>
        <translation>초당 {0}</translation>
    </message>
    <message>
        <source>{0} left</source>
        <translation>{0} 남음</translation>
    </message>
    <message>
        <source>Korean</source>
        <translation>한국어</translation>
    </message>
    <message>
        <source>English</source>
        <translation>영어</translation>
    </message>
    <message>
        <source>Chinese</source>
        <translation>중국어</translation>
    </message>
    <message>
        <source>Japanese</source>
        <translation>일본어</translation>
    </message>
    <message>
        <source>German</source>
        <translation>독일어</translation>
    </message>
    <message>
        <source>French</source>
        <translation>프랑스어</translation>
    </message>
    <message>
        <source>Spanish</source>
        <translation>스페인어</translation>
    </message>
    <message>
        <source>Italian</source>
        <translation>이탈리아어</translation>
    </message>
    <message>
        <source>Portuguese</source>
        <translation>포르투갈어</translation>
    </message>
    <message>
        <source>Hindi</source>
        <translation>힌디어</translation>
    </message>
    <message>
        <source>Thai</source>
        <translation>태국어</translation>
    </message>
    <message>
        <source>Search by meaning: loading…</source>
        <translation>의미 검색: 불러오는 중…</translation>
    </message>
    <message>
        <source>Search by words only</source>
        <translation>낱말로만 검색</translation>
    </message>
    <message>
        <source>All</source>
        <translation>전체</translation>
    </message>
    <message>
        <source>Not readable</source>
        <translation>읽지 못함</translation>
    </message>
    <message>
        <source>Away</source>
        <translation>지금 없음</translation>
    </message>
    <message>
        <source>Looking through your folders…</source>
        <translation>폴더를 살펴보고 있습니다…</translation>
    </message>
    <message>
        <source>Reading files: {0} of {1}</source>
        <translation>파일 읽는 중: {1}개 중 {0}개</translation>
    </message>
    <message>
        <source>Learning passages: {0} of {1}</source>
        <translation>구절 익히는 중: {1}개 중 {0}개</translation>
    </message>
    <message>
        <source>Preparing another embedding model: {0} of {1}</source>
        <translation>다른 임베딩 모델 준비 중: {1}개 중 {0}개</translation>
    </message>
    <message>
        <source>Recognising text in pictures: {0} of {1}</source>
        <translation>그림 속 글자 알아보는 중: {1}쪽 중 {0}쪽</translation>
    </message>
    <message>
        <source>{0} still to do</source>
        <translation>{0}개 남음</translation>
    </message>
</context>
</TS>
