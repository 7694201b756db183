"""Everything the page says, in each of its languages. What answers say is in `rag/texts.py`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


@dataclass(frozen=True, slots=True, eq=False)  # one of each language: hashed as itself
class Texts:
    """One language of the page. Names in braces are filled in with `str.format`."""

    language: Language
    html_lang: str
    product: str
    tagline: str
    other_language: str
    theme: str
    # -- logging in
    log_in: str
    log_out: str
    user_name: str
    password: str
    login_wrong: str
    login_too_long: str
    login_wait: str
    login_wait_long: str
    session_ended: str
    # -- tabs
    ask_tab: str
    documents_tab: str
    # -- asking
    question_label: str
    question_hint: str
    send: str
    stop: str
    still_answering: str
    searching: str
    welcome: str
    welcome_text: str
    keys: str
    examples: str
    empty_corpus: str
    empty_corpus_text: str
    you: str
    answer: str
    understood_as: str
    short_label: str
    short_begins: str
    short_ends: str
    copy_short: str
    unsupported: str
    unsupported_text: str
    stopped: str
    sources: str
    nearest: str
    citation: str
    why: str
    why_text: str
    why_score: str
    why_rank: str
    why_labels: tuple[tuple[str, str], ...]
    copy: str
    copied: str
    retry: str
    clear: str
    clear_confirm: str
    seconds: str
    transcript: str
    # -- scope
    scope_all: str
    scope: str
    scope_wrong: str
    scope_documents: str
    scope_hint: str
    scope_folder: str
    since: str
    until: str
    date_hint: str
    from_until: str
    from_on: str
    up_to: str
    scope_used: str
    scope_clear: str
    # -- what writes the answers
    generator: str
    generator_loading_short: str
    generator_wrong: str
    generator_label: str
    model_gain: str
    offers: str
    offers_looking: str
    offers_none: str
    thinking: str
    thoughts: str
    thoughts_text: str
    generators: tuple[tuple[str, str], ...]
    model: str
    model_here: str
    model_there: str
    base_url: str
    base_url_hint: str
    sent_there: str
    key_set: str
    key_missing: str
    weak_check: str
    use: str
    generator_loading: str
    generator_failed: str
    details: str
    generator_command: str
    generator_fixed: str
    copy_command: str
    written_by: str
    # -- evidence
    evidence: str
    close: str
    previous: str
    following: str
    position: str
    author: str
    date: str
    file_date: str
    source: str
    place: str
    characters_range: str
    page: str
    row: str
    document_changed: str
    document_gone: str
    stored_quote: str
    shortened: str
    rows_around: str
    page_of: str
    page_image: str
    page_image_framed: str
    page_failed: str
    page_view: str
    text_view: str
    open_original: str
    download_original: str
    to_entry: str
    find_in_text: str
    found_nothing: str
    more_place: str
    more_places: str
    what_to_do: str
    ask_otherwise: str
    widen: str
    add_document: str
    # -- conversations
    conversations: str
    new_conversation: str
    rename: str
    rename_prompt: str
    delete: str
    delete_confirm: str
    reading_conversations: str
    no_conversations: str
    oldest_dropped: str
    not_kept: str
    kept_here: str
    earlier: str
    take_earlier: str
    forget_earlier: str
    forget_earlier_confirm: str
    where_users_log_in: Mapping[str, Any]
    """Name -> what is said instead where conversations are kept on the server."""
    # -- finding again
    periods: Mapping[str, str]
    find_conversation: str
    nothing_found: str
    pin: str
    unpin: str
    edit_question: str
    edit_question_hint: str
    note: str
    noted: str
    export: str
    notebook_tab: str
    notebook_empty: str
    notebook_hint: str
    remark: str
    remark_hint: str
    save_remark: str
    remark_saved: str
    remark_unsaved: str
    remove_note: str
    remove_note_confirm: str
    # -- documents
    attach: str
    further: str
    accepted: str
    drop_label: str
    encoding: str
    encodings: tuple[tuple[str, str], ...]
    url: str
    url_hint: str
    paste_name: str
    paste_name_hint: str
    paste_text: str
    paste_text_hint: str
    add: str
    need_name_and_text: str
    waiting: str
    indexing: str
    result_added: str
    result_replaced: str
    result_unchanged: str
    result_refused: str
    results: str
    more_results: str
    stored_as: str
    outcomes: tuple[tuple[str, str], ...]
    import_sums: str
    import_stopped: str
    notes: Mapping[str, str]
    search: str
    search_hint: str
    column_title: str
    column_date: str
    column_characters: str
    column_chunks: str
    column_added: str
    column_actions: str
    sort_by: str
    table_count: str
    rows_shown: str
    previous_page: str
    next_page: str
    nothing_matches: str
    no_documents: str
    view: str
    remove: str
    remove_confirm: str
    relied_on: str
    relying_set: str
    purge: str
    removed: str
    undo: str
    undone: str
    purged: str
    edit: str
    edit_text: str
    from_file: str
    save: str
    edited: str
    not_edited: str
    chunks_shown: str
    chunk: str
    # -- evaluation
    evaluation_tab: str
    set_label: str
    split_label: str
    splits: tuple[tuple[str, str], ...]
    run_set: str
    about_set: str
    about_live_set: str
    no_sets: str
    preparing: str
    answering: str
    time_left: str
    run_stopped: str
    run_done: str
    left_out: str
    states_counted: str
    meta_apart: str
    totals: str
    measure: str
    value: str
    interval: str
    cases: str
    lower_is_better: str
    measures: tuple[tuple[str, str], ...]
    kinds: tuple[tuple[str, str], ...]
    right_by_language: str
    right_by_kind: str
    gold_ranks: str
    risk_coverage: str
    risk_coverage_text: str
    coverage_axis: str
    risk_axis: str
    right_axis: str
    ranks_axis: str
    against_baseline: str
    baseline_text: str
    better: str
    worse: str
    same: str
    more_measures: str
    run_settings: str
    finished: str
    run_opened: str
    failed_csv: str
    gold_unknown: str
    failed_cases: str
    no_failed_cases: str
    failed_more: str
    gold: str
    no_gold: str
    cited: str
    cited_nothing: str
    confidence: str
    gold_rank: str
    compare: str
    compare_hint: str
    before: str
    after: str
    change: str
    won: str
    lost: str
    not_shared: str
    need_two_runs: str
    # -- a wrong answer
    wrong: str
    wrong_text: str
    wrong_none: str
    wrong_thanks: str
    # -- dialogs and errors
    server_gone: str
    ok: str
    cancel: str
    error: str
    failed: str
    errors: Mapping[str, str]
    unexpected: str
    no_index: str
    list_separator: str
    quote: str
    title_in_text: str
    example_about: str


ZH = Texts(
    language="zh",
    html_lang="zh-CN",
    product="问证",
    tagline="问有所答，答必有据",
    other_language="English",
    theme="深色或浅色",
    log_in="登录",
    log_out="退出登录",
    user_name="用户名",
    password="密码",
    login_wrong="用户名或密码不对。请再试一次。",
    login_too_long="用户名或密码太长：用户名最多 256 个字符，密码最多 1024 个字符。",
    login_wait="尝试的次数太多。请在 {seconds} 秒后再试。",
    login_wait_long="尝试的次数太多。请在 {minutes} 分钟后再试。",
    session_ended="登录已经失效。请重新载入页面，再登录一次；已保存的对话都还在。",
    ask_tab="提问",
    documents_tab="文档",
    question_label="问题",
    question_hint="向文档提问",
    send="发送",
    stop="停止",
    still_answering="前一个问题还在回答。这里写的会留着，答完之后再按 Enter 发送。",
    searching="正在查找依据…",
    welcome="向文档提问，看到原文依据",
    welcome_text="每句回答都标注出处。点按编号，在原文中查看所引的那句话；没有找到答案的，会直说没有找到。",
    keys="Enter 发送，Shift+Enter 换行，Esc 关闭原文。",
    examples="可以这样问",
    empty_corpus="还没有文档",
    empty_corpus_text="请先到“文档”页加入文档或粘贴文字，随后就能提问。",
    you="你问",
    answer="回答",
    understood_as="理解为：{question}",
    short_label="简短回答：",
    short_begins="简短回答开始",
    short_ends="简短回答结束",
    copy_short="复制简短回答",
    unsupported="未获证实",
    unsupported_text="所引的原文不能支持这句话",
    stopped="已停止，回答不完整。",
    sources="依据",
    nearest="最接近的段落",
    citation="依据 {number}：{title}",
    why="为什么是这些段落",
    why_text="检索时各项的得分和名次，得分越高越相关。排序以左边的总分为准。",
    why_score="得分",
    why_rank="第 {rank} 名",
    why_labels=(
        ("fused", "合并"),
        ("dense", "语义相近"),
        ("lexical", "字词相同"),
        ("matched_terms", "相同的字词"),
        ("token", "逐词对照"),
        ("matched_tokens", "最像的词（问题 → 原文）"),
    ),
    copy="复制（含出处）",
    copied="已复制",
    retry="重新回答",
    clear="清空对话",
    clear_confirm="清空这个对话里的全部问答？",
    seconds="用时 {seconds} 秒",
    transcript="问答记录",
    scope_all="范围：全部文档",
    scope="范围：{scope}",
    scope_wrong="范围：有误，请更正",
    scope_documents="只在这些文档或文件夹中查找",
    scope_hint="可选多个，也可输入通配符，例如 简报/2020*",
    scope_folder="{folder}（文件夹，{count} 份）",
    since="起始日期",
    until="截止日期",
    date_hint="2020-10-14、2020-10 或 2020",
    from_until="{since} 至 {until}",
    from_on="{since} 起",
    up_to="{until} 止",
    scope_used="只查找了：{scope}",
    scope_clear="清除范围",
    generator="回答：{running}",
    generator_loading_short="{running}（正在载入 {model}）",
    generator_wrong="{running}（没有载入）",
    generator_label="由什么来写回答",
    model_gain="语言模型能把几处原文连成通顺的回答，但更慢，也可能写错：写的每句话都会与原文核对，要紧的仍请点开原文。",
    offers="这台电脑上的模型，点按即用",
    offers_looking="正在查看这台电脑上有没有语言模型的服务器…",
    offers_none="这台电脑上没有找到语言模型的服务器（Ollama、llama.cpp、LM Studio、vLLM）。启动一个，再重新打开这里，就能选它的模型。",
    thinking="模型正在思考…",
    thoughts="模型的思考过程",
    thoughts_text="不属于回答，没有核对过。",
    generators=(
        ("摘录文档原文", "extractive"),
        ("本机的语言模型", "transformers"),
        ("OpenAI 协议的服务器", "openai"),
    ),
    model="模型",
    model_here="模型库名称、文件夹或 GGUF 文件",
    model_there="服务器对它的称呼，如 qwen2.5:7b",
    base_url="服务器地址",
    base_url_hint="如 http://127.0.0.1:11434/v1；留空为 OpenAI",
    sent_there="问题和查到的段落会发给这个服务器。",
    key_set="密钥只取自环境变量 OPENAI_API_KEY，现已设置，只发给启动时指定的 {server}，不发给别的地址；这里不能填写。",
    key_missing="密钥只取自环境变量 OPENAI_API_KEY，现未设置；这里不能填写。自己的服务器多半不需要。",
    weak_check="模型写的每句话都与所引的原文核对，没有依据的会标出来。这种核对看不出放错位置的真实数字：要紧的话，请点开原文。",
    use="使用",
    generator_loading="正在载入 {model}，要几秒到几分钟。载好之前，仍照原来的方式回答。",
    generator_failed="没有换成 {model}：{reason}",
    details="详情",
    generator_command="以后启动时仍按现在的方式回答，请输入：",
    generator_fixed="这个页面需要登录：由什么来写回答，在启动页面的命令里选定，读者不能更改。",
    copy_command="复制",
    written_by="由 {model} 写成",
    evidence="原文依据",
    close="关闭",
    previous="上一处",
    following="下一处",
    position="第 {index} 处，共 {total} 处",
    author="作者",
    date="日期",
    file_date="文档创建于",
    source="来源",
    place="位置",
    characters_range="第 {start}–{end} 字",
    page="第 {page} 页",
    row="第 {row} 行",
    document_changed="回答之后，这份文档有改动。下面是回答时所引的原文。",
    document_gone="这份文档已被移除。下面是回答时所引的原文。",
    stored_quote="当时的引文",
    shortened="文档较长，此处只显示前后各 {limit} 字。",
    rows_around="表格较长，此处只显示所引各行前后的 {limit} 行。",
    page_of="第 {page} 页，共 {total} 页",
    page_image="第 {page} 页的原貌",
    page_image_framed="第 {page} 页的原貌，所引的话已框出；文字见“文字”",
    page_failed="这一页画不出来，请看文字，或下载原件。",
    page_view="原页",
    text_view="文字",
    open_original="打开原件",
    download_original="下载原件",
    to_entry="在“文档”页查看",
    find_in_text="在文中查找",
    found_nothing="没有找到",
    more_place="还有 {count} 处",
    more_places="还有 {count} 处",
    what_to_do="可以这样做",
    ask_otherwise="换个说法，或问得具体一些",
    widen="放宽范围（现在只查找了：{scope}）",
    add_document="加入写有答案的文档",
    conversations="对话",
    new_conversation="新对话",
    rename="重命名",
    rename_prompt="对话名称",
    delete="删除对话",
    delete_confirm="删除对话“{title}”？删除后不能恢复。",
    reading_conversations="正在读取对话…",
    no_conversations="还没有保存的对话。",
    oldest_dropped="浏览器的存储空间已满，已移除最早的 {count} 个对话。",
    not_kept="浏览器的存储空间已满，刚才的问答没有保存。请删除一些对话。",
    kept_here="对话只保存在这个浏览器里。",
    earlier="这个浏览器里还有登录之前保存的 {count} 个对话和笔记。",
    take_earlier="移到服务器",
    forget_earlier="删除",
    forget_earlier_confirm="删除这个浏览器里登录之前保存的 {count} 个对话和笔记？删除之后不能恢复。",
    where_users_log_in={
        "oldest_dropped": "你在服务器上的空间已满，已移除最早的 {count} 个对话。",
        "not_kept": "你在服务器上的空间已满，刚才的内容没有保存。请删除一些对话或笔记。",
        "kept_here": "对话保存在服务器上，其他用户看不到。",
        "notebook_hint": "笔记保存在服务器上，其他用户看不到。对话删除之后，存入的回答还在。",
    },
    attach="添加文档到这里来问",
    further="还可以问",
    accepted="可以加入 txt、md、html、pdf、docx、pptx、xlsx、csv、tsv、epub，或装着它们的 zip。每份最多 64 MB，一次最多 256 MB。",
    periods={
        "pinned": "置顶",
        "today": "今天",
        "yesterday": "昨天",
        "week": "最近 7 天",
        "earlier": "更早",
    },
    find_conversation="查找标题和问题",
    nothing_found="没有找到这样的对话。",
    pin="置顶",
    unpin="取消置顶",
    edit_question="修改问题",
    edit_question_hint="发送后重新回答；这之后的问答会移除。",
    note="存入笔记",
    noted="已在笔记里",
    export="导出",
    notebook_tab="笔记",
    notebook_empty="笔记里还没有回答。在回答下方按“存入笔记”，回答和它的依据就收在这里。",
    notebook_hint="笔记只保存在这个浏览器里。对话删除之后，存入的回答还在。",
    remark="批注",
    remark_hint="写下你对这个回答的看法",
    save_remark="保存批注",
    remark_saved="批注已保存。",
    remark_unsaved="批注没有保存：空间已满，或服务器没有回应。",
    remove_note="移出笔记",
    remove_note_confirm="把“{question}”的回答移出笔记？批注也会删除，不能恢复。",
    drop_label="加入文档或 zip 压缩包",
    encoding="文字编码",
    encodings=(
        ("自动识别", ""),
        ("UTF-8", "utf-8"),
        ("GB18030（含 GBK、GB2312）", "gb18030"),
        ("Big5", "big5"),
        ("Shift-JIS", "shift_jis"),
        ("EUC-KR", "euc-kr"),
        ("UTF-16", "utf-16"),
        ("Windows-1252", "windows-1252"),
    ),
    url="网址",
    url_hint="https://…，加入网页或网上的文档",
    paste_name="粘贴文字：名称",
    paste_name_hint="例如：会议纪要",
    paste_text="粘贴文字：内容",
    paste_text_hint="把要加入的文字粘贴到这里",
    add="加入",
    need_name_and_text="请填写网址，或者名称和文字。",
    waiting="等待中…",
    indexing="正在建立索引：{name}",
    result_added="已加入：{characters} 字，{chunks} 段",
    result_replaced="已更新：{characters} 字，{chunks} 段",
    result_unchanged="没有变化：{doc_id} 就是同样的内容。",
    result_refused="未能加入。{reason}",
    results="结果",
    more_results="另有 {count} 份没有列出。",
    stored_as="存为 {doc_id}",
    outcomes=(
        ("added", "已加入 {count} 份。"),
        ("replaced", "已更新 {count} 份。"),
        ("unchanged", "没有变化 {count} 份。"),
        ("refused", "未能加入 {count} 份。"),
        ("removed", "已移除 {count} 份。"),
    ),
    import_sums="共 {characters} 字、{chunks} 段，用时 {seconds} 秒，每秒 {rate} 段。现在就可以提问。",
    import_stopped="已停止，其余的没有加入。",
    notes={
        "scanned": "第 {detail} 页是扫描图像，没有文字。要识别，请在服务器上运行：pip install -r requirements-ocr.txt",
        "ocr": "第 {detail} 页的文字由图像识别而来，可能有错。",
        "unreadable_page": "第 {detail} 页已损坏，略去。",
        "pages_cut": "只读了前 {detail} 页。",
        "lost": "有 {detail} 个字符无法解码。",
        "mixed_encodings": "有些行的编码与其余不同：{detail}。",
        "controls": "去掉了 {detail} 个文本中不应出现的控制字符。",
        "boilerplate": "略去了菜单、声明之类的 {detail} 个字符。",
        "running_heads": "页眉、页脚和页码略去：{detail}。",
        "order_unsure": "第 {detail} 页文字的先后次序没有把握。",
        "table_cut": "表格只读了一部分：{detail}。",
        "hidden": "有的内容是隐藏的，略去：{detail}。",
        "no_value": "有的公式没有存下结果：{detail}。用原来的程序打开并保存一次即可。",
        "comments": "略去了批注：{detail}。",
        "tracked": "修订按已接受处理（插入、删除处数）：{detail}。",
        "hidden_text": "略去了隐藏的文字 {detail} 个字符。",
        "hidden_slides": "略去了隐藏的幻灯片：{detail}。",
        "hidden_shapes": "略去了幻灯片上隐藏的形状 {detail} 个。",
        "pictures": "文中有 {detail} 张图片没有读取。",
        "embedded": "嵌入的文档没有读取：{detail}。",
        "numbers_unread": "有 {detail} 个段落的自动编号样式无法识别，编号略去。",
        "chapter_skipped": "有的部分读不出来，略去：{detail}。",
        "near_duplicate": "与 {detail} 几乎相同。如果只需要一份，请移除其中之一。",
    },
    search="查找文档",
    search_hint="标题、作者、来源或文档名",
    column_title="标题",
    column_date="日期",
    column_characters="字数",
    column_chunks="段数",
    column_added="加入时间",
    column_actions="操作",
    sort_by="按{column}排序",
    table_count="共 {count} 份文档",
    rows_shown="第 {first}–{last} 份",
    previous_page="上一页",
    next_page="下一页",
    nothing_matches="没有符合“{search}”的文档。",
    no_documents="还没有文档。拖放文档或粘贴文字即可加入。",
    view="查看",
    remove="移除",
    remove_confirm="移除《{title}》？它的文件、备注和索引都会删除，回答不再引用它。一分钟之内可以撤销，之后不能恢复。",
    relied_on="评测用到它：{sets}。移除后，这些问题就不能再评测了。",
    relying_set="{name}（{count} 个问题）",
    purge="同时抹去一切痕迹，索引里也不留",
    removed="已移除：{title}。一分钟后彻底删除。",
    undo="撤销",
    undone="已恢复：{doc_id}",
    purged="已移除：{title}。一分钟后彻底删除，并抹去一切痕迹。",
    edit="编辑",
    edit_text="留空的项目，取文档本身所写的内容。",
    from_file="文档里没有写",
    save="保存",
    edited="已保存：{doc_id}",
    not_edited="没有改动：{doc_id}",
    chunks_shown="共 {count} 段，竖线标出每段的起点。",
    chunk="第 {number} 段",
    evaluation_tab="评测",
    set_label="评测集",
    split_label="范围",
    splits=(("all", "全部"), ("test", "测试部分"), ("calibrate", "校准部分")),
    run_set="运行",
    about_set="{cases} 个问题，{documents} 份文档。用评测集自带的文档来问，不涉及你的文档。",
    about_live_set="{cases} 个问题，由读者标出。向你当前的文档提问。",
    no_sets="还没有评测集。",
    preparing="正在准备",
    answering="正在回答",
    time_left="还需约 {seconds} 秒",
    run_stopped="已停止：{done} / {total}。做完的已保存，再按“运行”就接着做。",
    run_done="完成：{total} 个问题，用时 {seconds} 秒。",
    left_out="有 {count} 个问题没有问：它们的答案所在的段落已不在文档中。",
    states_counted="找到答案 {answered} 个，可能的答案 {possible} 个，没有找到 {not_found} 个。",
    meta_apart="{count} 个问候之类的问题不针对文档，不计入。",
    totals="总计",
    measure="指标",
    value="数值",
    interval="95% 区间",
    cases="问题数",
    lower_is_better="越低越好",
    measures=(
        ("right", "答对：引全了所需原文，或没有答案时说没有"),
        ("recall@1", "所需原文在第 1 个段落中的比例"),
        ("recall@3", "所需原文在前 3 个段落中的比例"),
        ("recall@5", "所需原文在前 5 个段落中的比例"),
        ("recall@10", "所需原文在前 10 个段落中的比例"),
        ("mrr@10", "首个含所需原文的段落，名次的倒数"),
        ("ndcg@10", "段落次序与理想次序之比"),
        ("citation_precision", "引文中含所需原文的比例"),
        ("citation_recall", "所需原文被引用的比例"),
        ("gold_in_first_quote", "第一条引文含所需原文"),
        ("gold_in_any_quote", "任意一条引文含所需原文"),
        ("answer_contains_gold", "回答中含标准答案"),
        ("exact_match", "回答就是标准答案"),
        ("f1", "与最接近的标准答案共有的词"),
        ("quotes_verbatim", "引文与原文逐字相同"),
        ("model_contains_gold", "模型所写的回答中含标准答案"),
        ("supported_share", "模型写的句子中有所引原文支持的比例；全无支持时为 0"),
        ("false_refusal", "能回答却说没有"),
        ("false_answer", "没有答案却回答了"),
        ("fallback", "本应由模型回答，却改用引文"),
        ("auroc", "前 5 段能回答的问题把握更大的概率"),
        ("aurc", "各覆盖率下的平均风险"),
        ("calibration_error", "把握与实际之差"),
        ("seconds_p50", "用时中位数（秒）"),
        ("seconds_p95", "95% 的问题用时不超过（秒）"),
    ),
    kinds=(
        ("fact", "事实"),
        ("figure", "数字"),
        ("list", "列举"),
        ("why", "原因"),
        ("multi", "多处"),
        ("followup", "追问"),
        ("false_premise", "前提有误"),
        ("near_miss", "相近而无"),
        ("off_topic", "无关"),
        ("meta", "非文档问题"),
    ),
    right_by_language="答对的比例：按语言",
    right_by_kind="答对的比例：按问题类型",
    gold_ranks="所需原文找全时的名次",
    risk_coverage="风险与覆盖率",
    risk_coverage_text="只回答把握超过某值的问题时：回答的比例，以及其中前五个段落答不了的比例。",
    coverage_axis="覆盖率：回答的问题所占比例",
    risk_axis="风险：其中答不了的比例",
    right_axis="答对的比例；细线是 95% 区间，括号里是问题数",
    ranks_axis="问题所占比例；左边是名次，— 是没有找到，右边是问题数",
    against_baseline="与基线相比",
    baseline_text="基线是随程序附带的一次运行；只有 95% 区间不含 0 的变化才算更好或更差。",
    better="更好",
    worse="更差",
    same="相同",
    more_measures="其余指标（{count} 项）",
    run_settings="这次运行的设置",
    finished="已完成的运行：选一次，重新打开",
    run_opened="{name}：{started}（UTC）开始的运行，{total} 个问题。",
    failed_csv="下载没有答对的问题（CSV）",
    gold_unknown="评测集已不在，或这个问题已改动：应引的原文无从得知。",
    failed_cases="没有答对：{count}",
    no_failed_cases="全部答对。",
    failed_more="还有 {count} 个没有显示。",
    gold="应引的原文",
    no_gold="文档里没有答案，应当说没有。",
    cited="所引的原文",
    cited_nothing="没有引用。",
    confidence="把握 {value}",
    gold_rank="名次 {ranks}",
    compare="比较两次运行",
    compare_hint="同一评测集的两次运行，逐项相减；区间不含 0 才是可信的变化。",
    before="之前",
    after="之后",
    change="变化",
    won="变对：{count}",
    lost="变错：{count}",
    not_shared="只在其中一次运行中的问题不计：之前 {before} 个，之后 {after} 个。",
    need_two_runs="请选两次运行。",
    wrong="不对／没答到点上",
    wrong_text="哪一段才是答案？选定后，这个问题和这段原文会存入服务器上的评测集 local，今后用来检查改进。",
    wrong_none="以上都不是：文档里没有答案",
    wrong_thanks="已记下，谢谢。",
    server_gone="服务器没有回应，可能已停止。页面在等它恢复；提问框里的文字会留着。",
    ok="确定",
    cancel="取消",
    error="出错了",
    failed="没有成功：{message}",
    errors={
        "unknown_host": "这个页面不用这个名称提供服务。要用它，请启动时加上：python ui.py --allow-host 名称",
        "no_route": "这里什么也没有。",
        "foreign_origin": "这个请求来自别的网站，没有执行。请直接打开本页面。",
        "large_request": "一次发来的内容太多，没有接受。请分几次加入。",
        "uploads_full": "等待加入的文档已经太多，没有接受。请等它们加入之后再试。",
        "no_token": "没有登录，或者令牌不对。程序须在 Authorization: Bearer 之后给出令牌；令牌由服务器上的 python ui.py --auth 文件 --add-token 用户名 生成。",
        "editors_only": "这只有编辑者可以做；读者可以提问。",
        "pages_only": "用户保存的内容只有登录之后的页面可以读写，令牌不可以。",
        "stopping": "服务器正在停止。请过一分钟再问。",
        "question_too_long": "问题太长：最多 4,000 个字符。请缩短之后再问；长的文字可以作为文档加入。",
        "type": "这种类型的文档不能读。可以读：txt、md、html、pdf、docx、pptx、xlsx、csv、epub。",
        "binary": "内容是二进制数据或含有控制字符，不是文本。请改成正确的扩展名，或先转换成文本。",
        "empty": "里面没有文字。",
        "encoding": "认不出文字编码，或与指定的编码不符。请指定编码，例如 gb18030、big5、shift_jis、euc-kr。",
        "unknown_encoding": "没有这种编码。常用的有：utf-8、gb18030、big5、shift_jis、euc-kr、windows-1252。",
        "mojibake": "读出来是乱码，没有加入。请指定正确的编码，或用原来的程序重新保存。",
        "broken": "文档已损坏，或内容与扩展名不符。请用原来的程序打开，重新保存后再加入。",
        "encrypted": "文档有密码、有版权保护，或是旧格式（doc、xls、ppt）。请另存为没有密码的新格式。",
        "scanned": "这是扫描件，只有图像，没有文字。要识别扫描页，请在服务器上运行：pip install -r requirements-ocr.txt",
        "bomb": "文档展开后大得不正常，没有读取。如果信任它，请拆分之后再加入。",
        "nested": "压缩包里还有压缩包，没有读取。请先解压，再加入里面的文档。",
        "member_name": "压缩包里的名称指向压缩包之外，没有读取。",
        "outside": "这个链接或名称指向文件夹之外，没有读取。请直接加入它所指的文档。",
        "too_large": "文档太大，超过上限。请拆分之后再加入。",
        "too_slow": "读取花的时间太长，已放弃。请拆分，或另存为别的格式之后再加入。",
        "crashed": "读取过程意外中断：文档已损坏，或占用内存太多。请用原来的程序重新保存，或拆分之后再加入。",
        "unreadable": "文档读不出来。请检查它是否存在、是否有权限。",
        "unwritable": "写不进去：磁盘可能已满，或者没有写入权限。",
        "no_document": "已经没有这个文档了。",
        "not_aside": "已经过了一分钟，文档已彻底删除，不能恢复。",
        "bad_date": "日期不对。请写成 2020-10-14、2020-10 或 2020。",
        "no_period": "起始日期晚于截止日期。请对调。",
        "no_match": "范围里写的文档或文件夹不存在。请从列表中选，或清除范围。",
        "sidecar": "旁边的 .meta.json 不是合格的 JSON。请修正或删除它。",
        "bad_url": "这不是可以读取的网址。请从浏览器的地址栏复制，以 https:// 或 http:// 开头。",
        "private_address": "这个网址指向内部网络，没有读取。",
        "unresolved": "找不到这个网站。请检查网址和网络连接。",
        "unreachable": "连不上这个网站。请检查网址，稍后再试。",
        "certificate": "网站的证书无法验证，没有读取。如果信任它，请在浏览器里保存网页，再加入保存的文档。",
        "downgrade": "网址转到了没有加密的地址，没有读取。如果信任它，请直接加入那个地址。",
        "too_many_redirects": "网址转来转去，没有尽头。请在浏览器里打开，复制最后停下的地址。",
        "timeout": "网站太慢，没有按时传完。请稍后再试，或在浏览器里保存网页，再加入保存的文档。",
        "not_found": "网站上没有这个网页。请检查网址。",
        "denied": "网站要求登录，或不允许程序读取。请在浏览器里保存网页，再加入保存的文档。",
        "busy": "网站正忙。请稍后再试。",
        "http_status": "网站没有给出网页。请稍后再试，或在浏览器里保存网页，再加入保存的文档。",
        "bad_response": "网站传来的数据已损坏。请稍后再试，或在浏览器里保存网页，再加入保存的文档。",
        "bad_type": "网址里不是可以读取的文档类型。",
        "robots": "网站的 robots.txt 请程序不要读取这个网页。请在浏览器里保存网页，再加入保存的文档。",
        "robots_unreadable": "读不到网站的 robots.txt，不知道它是否允许。请稍后再试，或在浏览器里保存网页，再加入保存的文档。",
        "damaged": "索引已损坏，要由管理这个页面的人修复；怎样修复，已写在服务器日志里。",
        "log_in_use": "文档已经移除，但另一个程序正在读取索引，日志里还留有它的内容。请管理这个页面的人结束那个程序，再检查索引；怎样做，已写在服务器日志里。",
        "users_away": "存放用户和对话的数据库没有应答，现在不能登录和提问；它恢复之后就可以继续，已保存的对话都还在。如果一直这样，请告诉管理这个页面的人，服务器日志里写着怎么办。",
        "users_refused": "存放用户和对话的数据库拒绝了请求，要由管理这个页面的人处理；怎么办，已写在服务器日志里。",
        "index_away": "索引所在的服务器没有应答。请稍后再试；如果一直这样，请告诉管理这个页面的人，服务器日志里写着怎么办。",
        "index_refused": "索引所在的服务器拒绝了请求，要由管理这个页面的人处理；怎么办，已写在服务器日志里。",
        "rebuild": "索引与当前程序或模型不符，要由管理这个页面的人重建；怎样重建，已写在服务器日志里。",
        "no_model": "没有写明用哪个语言模型。请填写它的名称。",
        "model_name": "没有这样的文件夹或 GGUF 文件，也不是模型库里的名称。名称形如 Qwen/Qwen2.5-1.5B-Instruct。",
        "model_missing": "这台机器上没有这个模型，也下载不到。请检查名称和网络，或在别处下载，再填写它的文件夹。",
        "model_broken": "模型载入不了。请换一个 transformers 认识的因果语言模型。",
        "server_away": "连不上服务器。请启动它，或改正地址，形如 http://127.0.0.1:11434/v1。",
        "server_silent": "服务器太久没有回音。它可能太忙，请再试。",
        "server_key": "服务器不接受密钥。请设置环境变量 OPENAI_API_KEY，再重新启动页面。",
        "server_wants_key": "服务器要密钥。OPENAI_API_KEY 只发给启动页面的命令里指定的地址：请用 --base-url 指定它，再重新启动页面。",
        "server_model": "服务器没有这个模型，或地址不对。请改正模型名称，或检查地址是否要以 /v1 结尾。",
        "server_busy": "服务器太忙，或额度已用完。请稍后再试。",
        "server_error": "服务器报错，或传回的不是回答。请检查地址，看它的日志。",
        "server_refused": "服务器不接受这样的提问（400）。它的上下文若比 4096 个词元小，请在启动时用 --context-tokens 说明。",
        "thought_too_long": "模型思考得太久，没有写出回答。请在启动时用 --answer-tokens 和 --context-tokens 留更多余地，或关掉它的思考。",
        "server_redirect": "服务器把提问转到了别的地址，没有跟去。请填写它最后的地址，多半以 https:// 开头，或以 /v1 结尾。",
        "loading": "正在载入一个模型。请等它载好再换。",
        "fixed": "这个页面需要登录，由什么来写回答，在启动页面的命令里选定。",
        "not_here": "只能在服务器那台电脑上更改。请在启动页面的命令里选定：python ui.py --generator …",
    },
    unexpected="出了意外的错误，没有完成。详情已记入服务器日志，请重试。",
    no_index="还没有可以查找的内容：文档正在建立索引，或者还没有加入。请稍候，或到“文档”页加入。",
    list_separator="，",
    quote="“{text}”",
    title_in_text="《{title}》",
    example_about="关于“{topic}”，文档里怎么说？",
)

EN = Texts(
    language="en",
    html_lang="en",
    product="Wenzheng",
    tagline="Ask, and see the evidence",
    other_language="中文",
    theme="Dark or light",
    log_in="Log in",
    log_out="Log out",
    user_name="Name",
    password="Password",
    login_wrong="The name or the password is not right. Please try again.",
    login_too_long="The name or the password is too long: at most 256 characters, and 1,024 for the password.",
    login_wait="Too many attempts. Please try again in {seconds} s.",
    login_wait_long="Too many attempts. Please try again in {minutes} min.",
    session_ended="You are no longer logged in. Reload the page and log in again; the conversations you had are kept.",
    ask_tab="Ask",
    documents_tab="Documents",
    question_label="Question",
    question_hint="Ask your documents",
    send="Send",
    stop="Stop",
    still_answering="The question before is still being answered. What you type stays here: press Enter once it is done.",
    searching="Looking for evidence…",
    welcome="Ask your documents, see the evidence",
    welcome_text=(
        "Every sentence of an answer names its source. Press a number to see the quoted words "
        "in their document. Where no answer is found, you are told so."
    ),
    keys="Enter sends, Shift+Enter starts a new line, Esc closes the evidence.",
    examples="You could ask",
    empty_corpus="There are no documents yet",
    empty_corpus_text="Add files or paste text under “Documents”, then ask.",
    you="You asked",
    answer="Answer",
    understood_as="Understood as: {question}",
    short_label="Short answer: ",
    short_begins="short answer begins",
    short_ends="short answer ends",
    copy_short="Copy the short answer",
    unsupported="not supported",
    unsupported_text="The quoted source does not support this sentence",
    stopped="Stopped; the answer is incomplete.",
    sources="Evidence",
    nearest="Nearest passages",
    citation="Evidence {number}: {title}",
    why="Why these passages",
    why_text="The score and rank that each part of the search gave; higher is more relevant. The first column decides the order.",
    why_score="Score",
    why_rank="no. {rank}",
    why_labels=(
        ("fused", "Both"),
        ("dense", "Meaning"),
        ("lexical", "Same words"),
        ("matched_terms", "Words in common"),
        ("token", "Word by word"),
        ("matched_tokens", "Closest words (asked → found)"),
    ),
    copy="Copy with sources",
    copied="Copied",
    retry="Answer again",
    clear="Clear conversation",
    clear_confirm="Clear every question and answer of this conversation?",
    seconds="{seconds} s",
    transcript="Questions and answers",
    scope_all="Scope: all documents",
    scope="Scope: {scope}",
    scope_wrong="Scope: please correct it",
    scope_documents="Look only in these documents or folders",
    scope_hint="Choose several, or type a pattern such as reports/2020*",
    scope_folder="{folder} (folder, {count})",
    since="Dated since",
    until="Dated until",
    date_hint="2020-10-14, 2020-10 or 2020",
    from_until="{since} to {until}",
    from_on="since {since}",
    up_to="until {until}",
    scope_used="Looked only in: {scope}",
    scope_clear="Clear scope",
    generator="Answers: {running}",
    generator_loading_short="{running} (loading {model})",
    generator_wrong="{running} (not loaded)",
    generator_label="What writes the answers",
    model_gain="A language model makes one readable answer of several passages, but takes longer and may be wrong: each of its sentences is checked against the documents, and what matters should still be read there.",
    offers="Models on this computer: press one to use it",
    offers_looking="Looking for servers of language models on this computer…",
    offers_none="No server of language models was found on this computer (Ollama, llama.cpp, LM Studio, vLLM). Start one and open this again to choose from its models.",
    thinking="The model is thinking…",
    thoughts="What the model thought",
    thoughts_text="No part of the answer, and not checked.",
    generators=(
        ("Quotations from the documents", "extractive"),
        ("A language model on this computer", "transformers"),
        ("A server of the OpenAI protocol", "openai"),
    ),
    model="Model",
    model_here="hub name, folder or GGUF file",
    model_there="what the server calls it, such as qwen2.5:7b",
    base_url="Address of the server",
    base_url_hint="such as http://127.0.0.1:11434/v1; empty: OpenAI",
    sent_there="Questions and the passages found are sent to this server. ",
    key_set="The key comes from the environment alone: OPENAI_API_KEY is set, and is sent to {server}, as the page was started with, and to no other address. It cannot be typed here.",
    key_missing="The key comes from the environment alone: OPENAI_API_KEY is not set. It cannot be typed here; a server of your own rarely needs one.",
    weak_check="Every sentence that a model writes is checked against what it cites, and marked where that does not support it. The check does not see a true figure in the wrong place: open the source where it matters.",
    use="Use it",
    generator_loading="Loading {model}: this takes seconds to minutes. Until then, answers are written as before.",
    generator_failed="Not changed to {model}. {reason}",
    details="Details",
    generator_command="To start the page the way it answers now, type:",
    generator_fixed="Readers log in to this page: what writes the answers is chosen on the command line that starts it, and cannot be changed here.",
    copy_command="Copy",
    written_by="written by {model}",
    evidence="Evidence",
    close="Close",
    previous="Previous",
    following="Next",
    position="{index} of {total}",
    author="Author",
    date="Date",
    file_date="File created",
    source="Source",
    place="Place",
    characters_range="characters {start}–{end}",
    page="p. {page}",
    row="row {row}",
    document_changed=(
        "This document has changed since the answer. Below is what the answer quoted then."
    ),
    document_gone="This document was removed. Below is what the answer quoted then.",
    stored_quote="Quoted then",
    shortened="This is a long document: {limit} characters before and after are shown.",
    rows_around="The table is long: {limit} rows before and after those quoted are shown.",
    page_of="Page {page} of {total}",
    page_image="Page {page} as it looks",
    page_image_framed="Page {page} as it looks, the quoted words boxed; read them under “Text”",
    page_failed="This page cannot be drawn: read the text, or download the original.",
    page_view="Page",
    text_view="Text",
    open_original="Open the original",
    download_original="Download the original",
    to_entry="Show among the documents",
    find_in_text="Find in the text",
    found_nothing="nothing found",
    more_place="{count} more place",
    more_places="{count} more places",
    what_to_do="What you can do",
    ask_otherwise="Ask in other words, or more precisely",
    widen="Widen the scope (looked in: {scope})",
    add_document="Add a document that holds the answer",
    conversations="Conversations",
    new_conversation="New conversation",
    rename="Rename",
    rename_prompt="Name of the conversation",
    delete="Delete conversation",
    delete_confirm="Delete the conversation “{title}”? This cannot be undone.",
    reading_conversations="Reading the conversations…",
    no_conversations="No conversations kept yet.",
    oldest_dropped="This browser’s storage is full: dropped the oldest conversations ({count}).",
    not_kept="This browser’s storage is full: the last answer is not kept. Delete some conversations.",
    kept_here="Conversations are kept in this browser only.",
    earlier="This browser keeps {count} conversations and notes from before you logged in.",
    take_earlier="Move them to the server",
    forget_earlier="Delete them",
    forget_earlier_confirm="Delete the {count} conversations and notes that this browser keeps from before you logged in? This cannot be undone.",
    where_users_log_in={
        "oldest_dropped": "Your room on the server is full: dropped the oldest conversations ({count}).",
        "not_kept": "Your room on the server is full: what came last is not kept. Delete some conversations or notes.",
        "kept_here": "Conversations are kept on the server; other users cannot see them.",
        "notebook_hint": "The notebook is kept on the server; other users cannot see it. What is in it stays when its conversation is deleted.",
    },
    attach="Add documents here and ask",
    further="You could go on with",
    accepted="Types: txt, md, html, pdf, docx, pptx, xlsx, csv, tsv, epub, or a zip of these. At most 64 MB a document, 256 MB at a time.",
    periods={
        "pinned": "Pinned",
        "today": "Today",
        "yesterday": "Yesterday",
        "week": "Last 7 days",
        "earlier": "Earlier",
    },
    find_conversation="Search titles and questions",
    nothing_found="No conversation holds that.",
    pin="Pin",
    unpin="Unpin",
    edit_question="Edit question",
    edit_question_hint="It is answered anew; the questions and answers after it are removed.",
    note="Keep in notebook",
    noted="In the notebook",
    export="Export",
    notebook_tab="Notebook",
    notebook_empty="No answer in the notebook yet. Press “Keep in notebook” below an answer: it is kept here, with its sources.",
    notebook_hint="The notebook is kept in this browser only. What is in it stays when its conversation is deleted.",
    remark="Remark",
    remark_hint="What you think of this answer",
    save_remark="Save remark",
    remark_saved="The remark is saved.",
    remark_unsaved="The remark is not saved: there is no room for it, or the server does not answer.",
    remove_note="Remove from notebook",
    remove_note_confirm="Remove the answer to “{question}” from the notebook? Its remark is deleted, too. This cannot be undone.",
    drop_label="Add files or zip archives",
    encoding="Text encoding",
    encodings=(
        ("Detect", ""),
        ("UTF-8", "utf-8"),
        ("GB18030 (GBK, GB2312)", "gb18030"),
        ("Big5", "big5"),
        ("Shift-JIS", "shift_jis"),
        ("EUC-KR", "euc-kr"),
        ("UTF-16", "utf-16"),
        ("Windows-1252", "windows-1252"),
    ),
    url="Address",
    url_hint="https://… of a page or file on the web",
    paste_name="Paste text: name",
    paste_name_hint="For example: minutes of the meeting",
    paste_text="Paste text: content",
    paste_text_hint="Paste the text to add",
    add="Add",
    need_name_and_text="Please give an address, or a name and some text.",
    waiting="Waiting…",
    indexing="Indexing {name}",
    result_added="Added: {characters} characters, {chunks} chunks",
    result_replaced="Replaced: {characters} characters, {chunks} chunks",
    result_unchanged="Nothing to do: {doc_id} has the same content.",
    result_refused="Not added. {reason}",
    results="Results",
    more_results="{count} more are not listed.",
    stored_as="kept as {doc_id}",
    outcomes=(
        ("added", "Added: {count}."),
        ("replaced", "Replaced: {count}."),
        ("unchanged", "Known already: {count}."),
        ("refused", "Not added: {count}."),
        ("removed", "Removed: {count}."),
    ),
    import_sums=(
        "{characters} characters, {chunks} chunks in {seconds} s, {rate} chunks a second. "
        "You can ask about them now."
    ),
    import_stopped="Stopped; the rest was not added.",
    notes={
        "scanned": "Page {detail} is a scan without text. To read it, run on the server: pip install -r requirements-ocr.txt",
        "ocr": "Page {detail} was read from its image; the text may hold errors.",
        "unreadable_page": "Page {detail} is damaged and was left out.",
        "pages_cut": "Only the first {detail} pages were read.",
        "lost": "{detail} characters could not be decoded.",
        "mixed_encodings": "Lines in another encoding than the rest: {detail}.",
        "controls": "{detail} control characters, which no text holds, were left out.",
        "boilerplate": "{detail} characters of menus, notices and the like were left out.",
        "running_heads": "Running heads, feet and page numbers were left out: {detail}.",
        "order_unsure": "In what order the text of page {detail} is read is not sure.",
        "table_cut": "Only a part of the table was read: {detail}.",
        "hidden": "Hidden, so left out: {detail}.",
        "no_value": "Formulas without a stored value: {detail}. Open it in its program and save it.",
        "comments": "Comments were left out: {detail}.",
        "tracked": "Tracked changes were read as accepted (insertions, deletions): {detail}.",
        "hidden_text": "{detail} characters of hidden text were left out.",
        "hidden_slides": "Hidden slides were left out: {detail}.",
        "hidden_shapes": "{detail} hidden shapes on slides were left out.",
        "pictures": "Pictures in it were not read: {detail}.",
        "embedded": "Embedded files in it were not read: {detail}.",
        "numbers_unread": "Automatic numbers in an unknown style were left out: {detail}.",
        "chapter_skipped": "Left out, because it cannot be read: {detail}.",
        "near_duplicate": "Nearly the same as {detail}. If one is enough, remove the other.",
    },
    search="Find a document",
    search_hint="Title, author, source or file name",
    column_title="Title",
    column_date="Date",
    column_characters="Characters",
    column_chunks="Chunks",
    column_added="Added",
    column_actions="Actions",
    sort_by="Sort by {column}",
    table_count="Documents: {count}",
    rows_shown="{first}–{last}",
    previous_page="Previous page",
    next_page="Next page",
    nothing_matches="No document matches “{search}”.",
    no_documents="No documents yet. Drop files or paste text to add some.",
    view="View",
    remove="Remove",
    remove_confirm="Remove “{title}”? Its file, what is noted beside it and what is indexed are deleted, and answers no longer quote it. This can be undone for a minute, and not after that.",
    relied_on="Evaluation needs it: {sets}. Without it, these questions cannot be evaluated any more.",
    relying_set="{name} ({count} questions)",
    purge="Erase all traces too: nothing of it stays in any file of the index",
    removed="Removed: {title}. It is deleted for good in a minute.",
    undo="Undo",
    undone="Back again: {doc_id}",
    purged="Removed: {title}. In a minute it is deleted for good, with all its traces.",
    edit="Edit",
    edit_text="What is left empty is told from the file itself.",
    from_file="the file does not say",
    save="Save",
    edited="Saved: {doc_id}",
    not_edited="Nothing changed: {doc_id}",
    chunks_shown="Chunks: {count}. A marker shows where each one starts.",
    chunk="chunk {number}",
    evaluation_tab="Evaluation",
    set_label="Set",
    split_label="Part",
    splits=(("all", "All"), ("test", "Test half"), ("calibrate", "Calibration half")),
    run_set="Run",
    about_set="Questions: {cases}, documents: {documents}. Asked of the set’s own documents, not of yours.",
    about_live_set="Questions: {cases}, named by readers. Asked of your documents as they are now.",
    no_sets="There are no evaluation sets yet.",
    preparing="Preparing",
    answering="Answering",
    time_left="about {seconds} s left",
    run_stopped="Stopped at {done} of {total}. What is done is kept: “Run” goes on from there.",
    run_done="Done: {total} questions in {seconds} s.",
    left_out="Not asked: {count}. The passages that answer them are no longer in the documents.",
    states_counted="Answered: {answered}, possible answers: {possible}, not found: {not_found}.",
    meta_apart="{count} messages (greetings and the like) are no questions to the documents and do not count.",
    totals="Totals",
    measure="Measure",
    value="Value",
    interval="95 % interval",
    cases="Questions",
    lower_is_better="lower is better",
    measures=(
        ("right", "answered with all quotes that are needed, or declined where there is no answer"),
        ("recall@1", "share of the needed quotes in the first passage"),
        ("recall@3", "share of the needed quotes in the first 3 passages"),
        ("recall@5", "share of the needed quotes in the first 5 passages"),
        ("recall@10", "share of the needed quotes in the first 10 passages"),
        ("mrr@10", "1 / rank of the first passage with a needed quote"),
        ("ndcg@10", "order of the passages against the ideal one"),
        ("citation_precision", "share of the citations that hold gold"),
        ("citation_recall", "share of the needed quotes that are cited"),
        ("gold_in_first_quote", "the first citation holds gold"),
        ("gold_in_any_quote", "some citation holds gold"),
        ("answer_contains_gold", "the answer contains a gold answer"),
        ("exact_match", "the answer is a gold answer"),
        ("f1", "tokens shared with the best gold answer"),
        ("quotes_verbatim", "every quote stands where it is said to"),
        ("model_contains_gold", "the answer of a model contains a gold answer"),
        (
            "supported_share",
            "share of a model's sentences that what they cite supports; 0 if none was",
        ),
        ("false_refusal", "answerable, but declined"),
        ("false_answer", "not answerable, but answered"),
        ("fallback", "a model was to answer, but the documents are quoted"),
        ("auroc", "chance that what the first 5 passages answer has more confidence"),
        ("aurc", "mean risk over all coverages; wrong is what the first 5 passages do not answer"),
        (
            "calibration_error",
            "distance of confidence from the share that the first 5 passages answer",
        ),
        ("seconds_p50", "seconds of the median question"),
        ("seconds_p95", "seconds that 95 of 100 questions do not exceed"),
    ),
    kinds=(
        ("fact", "fact"),
        ("figure", "figure"),
        ("list", "list"),
        ("why", "why"),
        ("multi", "several"),
        ("followup", "follow-up"),
        ("false_premise", "false premise"),
        ("near_miss", "near miss"),
        ("off_topic", "off topic"),
        ("meta", "not a question"),
    ),
    right_by_language="Right, by language",
    right_by_kind="Right, by kind",
    gold_ranks="Rank at which all needed quotes are found",
    risk_coverage="Risk and coverage",
    risk_coverage_text=(
        "Answering only above some confidence: the share that is answered, and of these the share "
        "that the first five passages do not answer."
    ),
    coverage_axis="coverage: share of the questions that is answered",
    risk_axis="risk: share of these that the passages do not answer",
    right_axis="share that is right; line: 95% interval; in brackets: questions",
    ranks_axis="share of the questions; left: rank, — not found; right: questions",
    against_baseline="Against the baseline",
    baseline_text="The baseline is a run that comes with the program; only a change whose 95% interval does not hold 0 is called better or worse.",
    better="better",
    worse="worse",
    same="the same",
    more_measures="All other measures ({count})",
    run_settings="The settings of this run",
    finished="Finished runs: choose one to open it again",
    run_opened="{name}: a run begun {started} UTC, {total} questions.",
    failed_csv="Download what went wrong (CSV)",
    gold_unknown="The set is gone, or this question has changed: what should have been quoted is not known.",
    failed_cases="Not right: {count}",
    no_failed_cases="All are right.",
    failed_more="{count} more are not shown.",
    gold="Should quote",
    no_gold="The documents hold no answer; it should say so.",
    cited="Quoted",
    cited_nothing="Nothing was quoted.",
    confidence="confidence {value}",
    gold_rank="rank {ranks}",
    compare="Compare two runs",
    compare_hint="Two runs of one set. A change can be trusted when its interval does not hold 0.",
    before="Before",
    after="After",
    change="Change",
    won="Right now: {count}",
    lost="No longer right: {count}",
    not_shared="Questions of one run alone are left out: {before} before, {after} after.",
    need_two_runs="Please choose two runs.",
    wrong="Not right",
    wrong_text=(
        "Which passage is the answer? The question and the passage you choose are kept on the server "
        "in the evaluation set “local”, to check improvements against."
    ),
    wrong_none="None of these: the documents do not say",
    wrong_thanks="Noted, thank you.",
    server_gone="The server does not answer; it may have been stopped. This page waits for it, and keeps what is in the question box.",
    ok="OK",
    cancel="Cancel",
    error="Error",
    failed="That did not work: {message}",
    errors={
        "unknown_host": "This page is not served under that name. To serve it there, start it with: python ui.py --allow-host NAME",
        "no_route": "There is nothing here.",
        "foreign_origin": "This request came from another site, and nothing was done. Open the page itself.",
        "large_request": "That is too much to send at once, and was not taken. Add it in parts.",
        "uploads_full": "Too many files are waiting to be added; these were not taken. Try again when those are done.",
        "no_token": "Not logged in, or the token is wrong. Programs send a token behind Authorization: Bearer; it is made at the server: python ui.py --auth FILE --add-token NAME",
        "editors_only": "Only editors may do this; readers may ask.",
        "pages_only": "What a user keeps is for pages of who has logged in, not for tokens.",
        "stopping": "The server is being stopped. Ask again in a minute.",
        "question_too_long": "The question is too long: 4,000 characters are the most. Shorten it; a long text can be added as a document.",
        "type": "This type of file cannot be read. These can: txt, md, html, pdf, docx, pptx, xlsx, csv, epub.",
        "binary": "It holds binary data or control characters: it is no text file. Give it its right suffix, or convert it to text.",
        "empty": "It holds no text.",
        "encoding": "Its encoding cannot be told, or is not the one given. Say which it is, for example gb18030, big5, shift_jis, euc-kr.",
        "unknown_encoding": "There is no such encoding. Common are utf-8, gb18030, big5, shift_jis, euc-kr, windows-1252.",
        "mojibake": "It gives garbled text and was not added. Say which encoding it is in, or save it again from the program that made it.",
        "broken": "It is damaged, or not what its suffix says. Open it in its program, save it again, then add it.",
        "encrypted": "It has a password, is copy-protected, or is of an older format (doc, xls, ppt). Save it in the current format without a password.",
        "scanned": "It was scanned: it holds images of pages, no text. To read scanned pages, run on the server: pip install -r requirements-ocr.txt",
        "bomb": "It unpacks to far more than a document holds, and was not read. If you trust it, split it, then add the parts.",
        "nested": "Archives in archives are not read. Unpack it, then add what it holds.",
        "member_name": "Its name leads out of the archive; it was not read.",
        "outside": "This link or name leads out of its folder, and was not followed. Add the file itself.",
        "too_large": "It is larger than one document may be. Split it, then add the parts.",
        "too_slow": "It takes too long to read and was given up. Split it, or save it in another format, then add that.",
        "crashed": "Reading it was cut short: it is damaged, or takes too much memory. Save it again from its program, or split it.",
        "unreadable": "The file cannot be read. Is it there, and may the server read it?",
        "unwritable": "It cannot be written: the disk may be full, or the folder read-only.",
        "no_document": "That document is not there any more.",
        "not_aside": "The minute is over: the document is deleted for good.",
        "bad_date": "That is no date. Type it as 2020-10-14, 2020-10 or 2020.",
        "no_period": "The first date is later than the last. Exchange the two.",
        "no_match": "No document or folder is called what the scope says. Choose from the list, or clear the scope.",
        "sidecar": "The .meta.json beside it is not valid. Mend or delete it.",
        "bad_url": "This is no address to fetch. Copy it from the browser’s address bar; it begins with https:// or http://.",
        "private_address": "This address leads into an internal network; it was not fetched.",
        "unresolved": "There is no such site. Check the address and the connection to the internet.",
        "unreachable": "The site cannot be reached. Check the address, try again later.",
        "certificate": "The site’s certificate cannot be verified. If you trust it, save the page in the browser and add the file.",
        "downgrade": "The address redirects to one that is not encrypted. If you trust it, add that one itself.",
        "too_many_redirects": "The address redirects without end. Open it in the browser, copy where it ends.",
        "timeout": "The site is too slow. Try again later, or save the page in the browser and add the file.",
        "not_found": "The site has no such page. Check the address.",
        "denied": "The site wants a login or refuses programs. Save the page in the browser and add the file.",
        "busy": "The site is busy. Try again later.",
        "http_status": "The site gives no page. Try again later, or save the page in the browser and add the file.",
        "bad_response": "The site’s answer is broken. Try again later, or save the page in the browser and add the file.",
        "bad_type": "What is at this address is no type of document that can be read.",
        "robots": "The site’s robots.txt asks programs not to fetch this page. Save it in the browser and add the file.",
        "robots_unreadable": "The site’s robots.txt cannot be read, so it may not allow this. Try again later, or save the page in the browser and add the file.",
        "damaged": "The index is damaged. Whoever runs this page can mend it: the server’s log says how.",
        "log_in_use": "The documents are removed, but another program reads the index, and their bytes are in its log until that ends. Whoever runs this page has to end it and check the index: the server’s log says how.",
        "users_away": "The database of users and conversations does not answer, so that nobody can log in or ask now. When it does, all goes on as before; the conversations you had are kept. If this stays, tell whoever runs this page: the server’s log says what to do.",
        "users_refused": "The database of users and conversations refuses. Whoever runs this page has to see to it: the server’s log says how.",
        "index_away": "The server that holds the index does not answer. Try again later; if this stays, tell whoever runs this page: the server’s log says what to do.",
        "index_refused": "The server that holds the index refuses. Whoever runs this page has to see to it: the server’s log says how.",
        "rebuild": "The index fits another program or model. Whoever runs this page can make it anew: the server’s log says how.",
        "no_model": "No language model is named. Type its name.",
        "model_name": "There is no such folder or GGUF file, and it is no name of a model. Names look like Qwen/Qwen2.5-1.5B-Instruct.",
        "model_missing": "The model is not on this machine and cannot be downloaded. Check its name and the connection, or download it elsewhere and type its folder.",
        "model_broken": "The model cannot be loaded. Choose a causal language model that transformers knows.",
        "server_away": "The server cannot be reached. Start it, or mend the address, which looks like http://127.0.0.1:11434/v1.",
        "server_silent": "The server said nothing for too long. It may be busy: try again.",
        "server_key": "The server refuses the key. Set OPENAI_API_KEY in the environment and start the page again.",
        "server_wants_key": "The server wants a key. OPENAI_API_KEY is sent to no address but the one that the page was started with: name it with --base-url, and start the page again.",
        "server_model": "The server does not have this model, or the address is not right. Mend the model’s name; does the address have to end in /v1?",
        "server_refused": "The server refuses what it is asked (400). If its context holds less than 4096 tokens, say how many with --context-tokens when the page is started.",
        "thought_too_long": "The model thought until its answer had no room. Give it more with --answer-tokens and --context-tokens when the page is started, or turn its thinking off.",
        "server_redirect": "The server sends the question on to another address, which was not followed. Type the address where it ends; it mostly begins with https://, or ends in /v1.",
        "server_busy": "The server has too much to do, or the quota is used up. Try again later.",
        "server_error": "The server answers with an error, or with what is no answer. Check the address and look into its log.",
        "loading": "A model is being loaded. Wait until it runs, then choose again.",
        "fixed": "Readers log in to this page: what writes the answers is chosen on the command line that starts it.",
        "not_here": "This can be changed at the server’s own computer only. Choose on the command line that starts the page: python ui.py --generator …",
    },
    unexpected="Something unexpected went wrong. The server’s log has the details; please try again.",
    no_index="There is nothing to search yet: the documents are being indexed, or there are none. Wait a little, or add some under “Documents”.",
    list_separator=", ",
    quote="“{text}”",
    title_in_text="“{title}”",
    example_about="What do the documents say about “{topic}”?",
)

TEXTS: dict[Language, Texts] = {"zh": ZH, "en": EN}


def preferred_language(accept_language: str) -> Language:
    """Return the page's language for an Accept-Language header: the reader's first that we have.

    >>> preferred_language("de,en;q=0.8,zh-CN;q=0.9")
    'zh'
    >>> preferred_language("")
    'zh'
    """
    ranked: list[tuple[float, Language]] = []
    for part in accept_language.split(","):
        tag, _, quality = part.strip().partition(";q=")
        for language in LANGUAGES:
            if tag.lower().split("-")[0] == language:
                ranked.append((_number(quality, 1.0), language))
    return max(ranked, key=lambda pair: pair[0], default=(0.0, LANGUAGES[0]))[1]


def _number(text: str, default: float) -> float:
    try:
        return float(text)
    except ValueError:
        return default
