# ruff: noqa: E501 (a row of a table stays on its line)
"""The words by which a question refers back to the conversation, by language.

Tables for `rag/followups.py`. Words are in lower case; a language written without spaces, or with
endings that hide its words, has patterns instead.
"""

from dataclasses import dataclass

import regex

Pattern = regex.Pattern[str]


@dataclass(frozen=True, slots=True)
class Spaced:
    """A language whose words can be looked up.

    `asks`: question words; `asks_how`: those among them that ask for no thing (when, where, how).
    `function`: words that name nothing. `refers`, `owns`: pronouns, possessive ones. `dummy`: what
    looks like a reference and is none. `clauses`: words that open a clause in front. `links`: what
    may stand between a question word and a verb where the subject can be left out.
    """

    asks: frozenset[str]
    asks_how: frozenset[str]
    function: frozenset[str]
    refers: frozenset[str]
    owns: frozenset[str]
    dummy: Pattern
    clauses: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()

    @property
    def drops_subject(self) -> bool:
        """Whether a verb alone can be a whole clause."""
        return bool(self.links)


@dataclass(frozen=True, slots=True)
class Unspaced:
    """A language that patterns read.

    `refers`: pronouns; `opens`: what a question begins with that goes on; `filler`: what names
    nothing; `dummy`: what looks like a reference and is none; `asks`: question words. A run of at
    most `verb_length` characters before a pronoun of `persons` is a verb, not something that it
    could mean.
    """

    refers: Pattern
    opens: Pattern
    filler: Pattern
    dummy: Pattern
    asks: Pattern
    persons: str = ""
    verb_length: int = 0


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _any(text: str) -> Pattern:
    return regex.compile("|".join(sorted(text.split(), key=len, reverse=True)))


SPACED = {
    "en": Spaced(
        asks=_words("what which who whom whose when where why how"),
        asks_how=_words("when where why how who what"),
        function=_words("""
            a an the is are was were be been being am do does did done has have had can could will
            would shall should may might must and or but so also then than of in on at to from by
            with for about as into since until till before after during between through over under
            not no yes please exactly still again only else too very much many long far old often
            big large high tall tell me you i we us say ok well now just actually more most other
            called mean meant isn't wasn't didn't aren't s
        """),
        refers=_words(
            "it they them he him she this that these those there then one ones former latter"
        ),
        owns=_words("its their theirs his her hers"),
        dummy=regex.compile(
            r"(?i)\b(?:is|was|isn't|would) it (?:true|possible|necessary|correct|right|known|likely|legal|allowed)(?: that| to)?\b(?!\s*$)"
            r"|\b(?:far|long) (?:is|was) it (?:from|to|between|until|since)\b"
            r"|\bdo(?:es)? it take\b|\bdid it take\b|\bit (?:takes?|took|is|was|costs?)\b.* (?:to|that|for)\b"
            r"|\bthere(?:'s)?(?= (?:is|are|was|were|be|been|will|would|has|have|exist)\b)"
            r"|\b(?:is|are|was|were|be|been|will|have|has|had|did|does|do|would|could|can)(?: \w+)? there\b(?! \w+ed\b)(?= \w)"
            r"|\b(?:is|are|was|were) there$"
            r"|\bthat(?= (?:is|are|was|were|has|have|had|can|could|will|would) \w+ed\b)"
            r"|\bis it called when\b|\bdoes it mean (?:for|to|when|if)\b|\b(?:is|was) it (?:that|how|whether)\b|\b(?:is|was) it \w+ how\b"
            r"|\b(?:is|was) it (?:common|important|hard|easy|difficult|usual|normal|dangerous) (?:for|to)\b"
            r"|(?<!\b(?:is|was|are|were|does|did|about|after|before|by|of|with|for|in|at|on|from|like|since|until|to)) that\b(?=.)"
            r"|\bth(?:ose|at) (?:who|whom|which|of)\b|\bthis (?:year|month|week)\b|\bone of\b"
            r"|\bno one\b|\b(?:one|1) (?:hundred|thousand|million)\b|\bone(?! (?:is|was|are|has|did|does)\b)(?= \w)"
        ),
        clauses=_words("when while if after before although though as since because despite"),
    ),
    "de": Spaced(
        asks=_words("""was wer wen wem wessen wann wo wie warum wieso weshalb woher wohin welche
            welcher welches welchen welchem womit wofür wodurch woran worin wovon wozu"""),
        asks_how=_words("wann wo wie warum wieso weshalb woher wohin was wer"),
        function=_words("""
            der die den dem des ein eine einen einem einer ist sind war waren sein wird werden wurde
            wurden worden hat haben hatte hatten kann konnte können soll sollte muss darf und oder
            aber auch denn dann als in im an am auf aus bei mit nach von vom zu zum zur für über
            unter um seit bis vor durch gegen ohne nicht kein noch schon nur genau viele viel lange
            groß hoch alt weit oft bitte so mehr sehr etwa eigentlich heute jetzt sich gibt gab ja
            nein bedeutet heißt man wie
        """),
        refers=_words("""er sie es ihn ihm ihnen das dies dieser dieses diese diesen diesem jene jener
            dort dorthin damals danach dabei davon dafür daran darin damit dazu dessen deren letzterer
            letztere ersterer erstere"""),
        owns=_words("seine seiner seinen seinem seines ihre ihrer ihren ihrem ihres"),
        dummy=regex.compile(
            r"\bSie\b|\bIhre?[nrms]?\b|\b(?:[Gg]ibt|[Gg]ab|[Gg]eht|[Gg]ing|[Hh]andelt|[Dd]auert|[Kk]am|[Kk]ommt) es\b|\bes (?:gibt|gab)\b"
            r"|\b(?:[Ii]st|[Ww]ar) es (?:möglich|wahr|richtig|erlaubt|nötig)\b|\bdas(?= (?:\w+e[ns]? )?\p{Lu})"
            r"|\b[Dd]as\b(?! ?(?:$|genau|alles|passiert|geschehen|gebaut|gemacht|passieren|ge\w+(?:t|en)$|entschieden|beschlossen))"
            r"|\bda(?:zu|mit|ran|für|von|rin|bei|rauf)\b(?=.* (?:dass|zu)\b)|\bes(?=,)|\bes(?= (?:.* )?geben\b)|\b[Bb]edeutet es\b|^Es\b"
            r"|(?<=, )d(?:as|eren|essen)\b|(?<=\p{Lu}\w+ )(?:dessen|deren)\b|\bd(?:abei|amit|afür|avon|aran)(?=,)"
        ),
        clauses=_words("als wenn nachdem bevor obwohl während weil da"),
    ),
    "fr": Spaced(
        asks=_words("""que qu quoi qui quel quelle quels quelles quand où comment pourquoi combien
            lequel laquelle lesquels lesquelles"""),
        asks_how=_words("quand où comment pourquoi combien que qui quoi"),
        function=_words("""
            le la les l un une des du de d au aux à a ont est sont était étaient été être avoir avait
            il ils elle elles on t et ou mais en dans sur sous par pour avec sans depuis avant après
            pendant entre vers chez ne pas plus encore aussi exactement fait y ce c se s n peut
            doit fut furent sera seront jusqu jusque alors donc très autre autres
        """),
        refers=_words("""il-est elle-est est-il est-elle sont-ils sont-elles était-il était-elle il elle
            ils elles lui eux cela ça ceci celui-ci celle-ci l'a l'ont celui celle là y en ce cet cette ces"""),
        owns=_words("son sa ses leur leurs"),
        dummy=regex.compile(
            r"(?i)qu['’]est-ce (?:que|qu['’]|qui)|est-ce (?:que|qu['’])|y a[ -]t[ -]il|il y (?:a|avait)|s['’]agit-il|faut-il|il faut|\bce (?:que|qui|qu['’])|\bc['’]est (?:quoi|qui) (?=l)"
            r"|\ben(?= (?:\d|\p{L}))|\bd['’]entre|\bces? (?:dernières?|derniers?) "
        ),
        clauses=_words("quand lorsque lorsqu si après avant bien comme"),
    ),
    "es": Spaced(
        asks=_words(
            "qué quién quiénes cuál cuáles cuándo dónde adónde cómo cuánto cuánta cuántos cuántas"
        ),
        asks_how=_words("cuándo dónde adónde cómo cuánto"),
        function=_words("""
            el la los las un una unos unas de del al a en con por para sin sobre desde hasta entre
            durante es son era eran fue fueron ser sido ha han había está están estaba hay hubo y e o
            u pero también más muy no sí se le les me que si exactamente tiempo tan otro otra como
            tiene tienen tenía
        """),
        refers=_words("""él ella ellos ellas ello eso esto esa ese esos esas este esta estos estas
            aquel aquella aquello allí ahí allá entonces lo"""),
        owns=_words("su sus suyo suya"),
        dummy=regex.compile(
            r"(?i)\b(?:est[ea]|es[ea]) (?:año|mes|semana)\b|\bpor eso\b|\blo (?:que|más|de)\b"
        ),
        clauses=_words("cuando si después antes aunque mientras"),
        links=_words("se fue fueron ha han había está"),
    ),
    "ru": Spaced(
        asks=_words("""что кто кого кому чем чего когда где куда откуда как почему зачем сколько какой
            какая какое какие каком какую каких чей чья чьё"""),
        asks_how=_words("когда где куда откуда как почему зачем сколько"),
        function=_words("""
            и а но или в во на с со к ко из от до по за о об у для при над под без после перед через
            между не нет да ли же бы был была было были есть быть будет это именно ещё еще уже
            только также тоже всего году года год там
        """),
        refers=_words("""он она оно они его её ее ему ей им их него неё нее ним ней нём нем них этот эта
            эти этого этой этом там тогда туда оттуда тот та те того той"""),
        owns=_words("свой своя"),
        dummy=regex.compile(r"(?i)что это за\b|\bтого,|\bтом, |\bтех пор|\bв этом году\b"),
        clauses=_words("когда если после хотя пока"),
        links=_words("это был была было были она он его их"),
    ),
    "vi": Spaced(
        asks=_words("gì nào ai đâu sao mấy bao nhiêu khi lúc"),
        asks_how=_words("đâu sao"),
        function=_words("""
            là có được bị của ở tại và với cho từ đến trong trên về thì mà này đã đang sẽ không cái
            những các một như thế vì tại hồi giờ năm ngày vậy rồi còn lâu xa rộng cao dài tuổi
        """),
        refers=_words("nó họ đó đấy ấy kia"),
        owns=frozenset(),
        dummy=regex.compile(r"(?i)\bđó là\b(?= \p{Lu})"),
        clauses=_words("khi nếu sau"),
    ),
    "ar": Spaced(
        asks=_words(
            "ما ماذا من متى أين اين كيف لماذا كم هل أي أية وما ومن ومتى وأين وكم وكيف ولماذا"
        ),
        asks_how=_words("متى أين اين كيف لماذا كم ومتى وأين وكيف ولماذا"),
        function=_words("هو هي هم في على إلى عن من مع كان كانت يكون و أو ثم قد لا لم عدد"),
        refers=_words(
            "هو هي هم ذلك تلك هذا هذه هؤلاء هناك هنالك فيه فيها منه منها له لها لهم عنه عنها به بها"
        ),
        owns=frozenset(),
        dummy=regex.compile(r"\b(?:ما|من) (?:هو|هي|هم)\b(?= \p{L})|\bهذا العام\b"),
        clauses=_words("عندما إذا بعد"),
        links=_words("تم كان"),
    ),
}

_ZH_ASKS = """什么时候 什么时间 什么 为什么 何时 何地 何人 何处 为何 谁 哪里 哪儿 哪些 哪个 哪年 哪天 哪 多少 几个 几 怎么样 怎么
    怎样 如何 多久 多大 多高 多长 多远 多 吗 呢 是不是 是否 能不能 能否 会不会 有没有 可不可以"""
UNSPACED = {
    "zh": Unspaced(
        refers=_any("""它们 它 他们 他 她们 她 其中 [这那](?:[里儿时一]|[个些年天次家座位篇份项条种件本部场款笔批段栋间名](?![《“])) 里面 上面提到的 当时 此后
            此外 前者 后者 上述 该(?=[区市院园校司厂站项馆公研机企学组文方计工部单协]) 这是 那是 这样 那样 [这那]么(?=[多少大小高低快慢久长]) 此事
            """),
        opens=regex.compile(
            r"(?:那么?(?=[，,是时里儿个些年天次家座位种有为谁什怎哪多几它他她])|还有(?:什么|哪些|谁|别的|多少|吗|没有)|还(?=[在是要会能需包])"
            r"|比(?:前|上|去|之前|以前)|又(?=[有是在过])|其中|里面|此外|后来(?!居上)|之后|然后|另外|接着|除此之外|再(?=往后|后来)"
            r"|(?!为了|除了|有了|极了|到了|罢了)[\p{Han}]{1,2}了(?=多少|几[个名家项条次人年天座]|哪些|哪个|什么|谁)"
            r"|排(?:在)?第几|占(?:比|了|几|多少|总)|过了[\p{Han}]{1,3}(?:年|月|天)?|具体(?:是|有|在|怎|内|什|时))"
        ),
        filler=regex.compile(
            "(?:"
            + "|".join(sorted(_ZH_ASKS.split(), key=len, reverse=True))
            + r"|请问|那么|那|是|的|了|在|有|个|和|与|从|到|于|被|把|由|对|会|能|可以|要|都|也|还|又|就|才|请|一共|总共|共|具体|大概"
            r"|大约|名|家|项|条|次|层|栋|间|人|年|天|月|日|座|位|篇|份|些|时候|啊|吧|呀|来|去|用|说|知道|告诉我|我|想|建成|建的|建|完成|完工|开始|结束|成立|发布|公布"
            r"|提出|批准|决定|原因|意思|负责|主持|举行|开放|开通|启用|发生|不|没有|没|[\p{P}\s])"
        ),
        dummy=regex.compile(
            r"其他|其它|其余|其实|其次|他人|他国|他乡|那不勒斯|那曲|那么多|这么多|那拉|那霸|吉他|马耳他|他信|维他|这样的|如此|这种|这类|谁是谁|这个(?=[字词名概])"
        ),
        asks=_any(_ZH_ASKS.replace(" 呢", "").replace(" 多 ", " ")),
        persons="它他她",
        verb_length=2,
    ),
    "ja": Unspaced(
        refers=_any("""それら それ これら これ あれ そこ ここ あそこ その この(?!たび) あの 彼ら 彼女ら 彼女 彼(?!岸) 当時 前者 後者
            同(?=[区市社校院年]) そちら"""),
        opens=regex.compile(
            r"では|じゃあ|それでは|ほかに|他に(?=は|も|何|ど|い)|うち|そのうち|次は|なぜですか|どうして(?:です|でしょう)"
        ),
        filler=regex.compile(
            r"(?:いつ|どこ|だれ|誰|何|なに|なん|いくつ|いくら|どう|なぜ|どの|どれ|くらい|ぐらい|どんな|どちら|から|まで|ですか|でしたか|ますか|ました|ません|です"
            r"|でき|建て|かか|作っ|開い|始ま|終わ|られ|され|され|あり|い|し|は|が|を|に|で|の|と|も|か|た|て|る|ま|す|人|年|月|日|個|件|回|本|社|理由|[\p{P}\s])"
        ),
        dummy=regex.compile(r"それぞれ|このたび|この[国頃]|その他|これまで|これから|それまで"),
        asks=_any("いつ どこ だれ 誰 何 なに いくつ いくら なぜ どう どの どれ どんな"),
    ),
    "ko": Unspaced(
        refers=_any(
            "그것 이것 그곳 거기 여기 그들 그녀 그때 당시 그중 (?<!\\p{L})그는 (?<!\\p{L})그가 (?<!\\p{L})그의 (?<!\\p{L})[그이]\\s(?=\\p{L})"
        ),
        opens=regex.compile(r"그럼|그러면|그리고|또(?= )|그중|다른 "),
        filler=regex.compile(
            r"(?:언제|어디서|어디에|어디|누구|누가|무엇|뭐|왜|어떻게|얼마나|얼마|몇|개|명|년|월|일|입니까|인가요|이에요|예요|습니까|나요|니까|까|요|죠|지"
            r"|걸렸|있|었|였|했|하|되|됐|지어|졌|은|는|이|가|을|를|에|의|[\p{P}\s])"
        ),
        dummy=regex.compile(r"그 밖|그대로|이 중"),
        asks=_any("언제 어디 누구 누가 무엇 뭐 왜 어떻게 얼마 몇"),
    ),
}

GENERAL = _words("""
    why when where who how what which whose many much long exactly and since until then so else more
    warum wann wo wer wie was welche welcher viele viel lange und seit wozu wieso woher
    pourquoi quand où qui comment combien quoi et lequel laquelle
    por qué cuándo dónde quién cómo cuánto cuántos cuántas cuál y
    почему когда где кто как сколько зачем что а и какой
    لماذا متى أين كيف كم من ومتى وأين ولماذا وكم
    tại sao vì khi nào ở đâu ai bao nhiêu
""")
"""Questions of these words alone ask about what was said before, in whichever language."""

JOINS = _words("and or but und oder aber et ou mais y e o pero и а но или و và")
"""What joins two clauses, the first of which may hold what a pronoun in the second means."""

HAVING = _words("has have had hat haben hatte hatten tiene tienen tenía a ont avait")
"""Verbs that give the subject in front of them something: "which school has its own pool"."""

BETWEEN = _words("""
    many much long far often old big large high tall viele viel lange weit oft alt hoch se
""")
"""What may stand between a question word and the noun or the verb that belongs to it."""

_NO_VERB = r"""(?!(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|it|they|he|she
    |ist|sind|war|waren|hat|haben|hatte|kann|wird|wurde|gibt|gab|es|er|sie|a|est|sont|était|il|elle
    |hay|hubo|tiene|son|es|fue|был|была|были|есть|он|она|они)\b)""".replace("\n", "").replace(
    " ", ""
)

ADDITIONS = [
    regex.compile(pattern, regex.IGNORECASE)
    for pattern in (
        r"(?:那么?|那要是|还有|至于|换成|如果是|而)?[，, ]?(?P<added>[^，,。？?]{1,16}?)(?:又|的话|方面)?呢",
        r"(?:那么?|换成|换作)(?P<added>[\p{Han}\d]{2,8}(?:区|市|省|县|镇|年|月|日))(?:的)?(?:情况)?(?:怎么样|怎样|如何)?",
        r"(?:では|じゃあ|それでは)?[、 ]?(?P<added>[^、。？?の]{1,16}?)(?:について)?は(?:どう(?:ですか|でしょうか)?)?",
        r"(?:그럼|그러면|그렇다면)? ?(?P<added>[\p{Hangul}\p{Latin}\d ]{1,14}?)(?:에서는|에는|에선|은|는)(?:요|어떻습니까|어때요| 어떻습니까| 어때요)?",
        r"(?:and |but |so )?(?:what|how) about (?P<added>.+)",
        rf"(?:and|but|or) {_NO_VERB}(?P<added>.+)",
        r"(?:und was ist mit|und wie ist es (?:in|mit|bei)|wie sieht es mit) (?P<added>.+)",
        rf"(?:und|aber|oder) {_NO_VERB}(?P<added>.+)",
        rf"(?:et|mais) {_NO_VERB}(?:pour |qu['’]en est-il de )?(?P<added>.+)|qu['’]en est-il (?:de |du )(?P<added>.+)",
        rf"(?:y|e|pero) {_NO_VERB}(?:qué hay de |qué tal )?(?P<added>.+)|(?:y )?qué (?:hay|pasa) (?:de|con) (?P<added>.+)",
        rf"(?:а|и|но) {_NO_VERB}(?:как насчёт |что насчёт |что с )?(?P<added>.+)|(?:как|что) насч[её]т (?P<added>.+)",
        r"و?ماذا عن (?P<added>.+)|و(?P<added>(?:في|عام) .+)",
        r"còn (?P<added>.+?)(?: thì sao)?",
    )
]
"""What adds something to the question before, and nothing else. The `added` may be no question."""

HEADLESS = [
    regex.compile(r"^[^，,]{1,10}的(?:一共|总共|共)?(?:有|占|是)(?:多少|几)[个家名项条座位所次]$"),
    regex.compile(
        r"^(?:还有(?:呢|吗)?|然后呢|后来呢|结果呢|为什么\p{Han}{2}|为何\p{Han}{2}|为什么这么多|为什么这样|具体呢|继续|更多|详细(?:说说|一点)?)$"
    ),
    regex.compile(
        r"(?i)^(?:go on|tell me more|more details?|anything else|what else|why not|how so|how come|since when)$"
    ),
    regex.compile(r"^و?(?:ما|من|كم|أين) (?:هو |هي |عدد )?\p{Arabic}{3,}(?:ها|هم)$"),
    regex.compile(r"(?i)^(?:the )?(?:other|same|which) ones?$"),
]
"""Shapes of questions whose noun is left out."""

PLACE_SUFFIXES = "区區市省县縣镇鎮村州国國岛島港구시군"
"""The last character of a name that says what kind of place it is."""

ATTRIBUTES = _words("""
    面积 人口 时间 地点 原因 价格 费用 成本 投资 高度 长度 数量 比例 目的 作者 结果 学校 医院 学生 企业 项目 基站 论文
""")
"""Two characters that look like a name and ask for something else about the same thing."""

_COUNTS = {
    0: "一 1 first erste[nrs]? premi(?:er|ère) primer[oa]? перв(?:ый|ая|ое) الأول(?:ى)? nhất",
    1: "二 2 second zweite[nrs]? deuxième|second[e]? segund[oa] втор(?:ой|ая|ое) الثاني(?:ة)? hai",
    2: "三 3 third dritte[nrs]? troisième tercer[oa]? трет(?:ий|ья|ье) الثالث(?:ة)? ba",
    3: "四 4 fourth vierte[nrs]? quatrième cuart[oa] четв[её]рт(?:ый|ая|ое) الرابع(?:ة)? tư",
    4: "五 5 fifth fünfte[nrs]? cinquième quint[oa] пят(?:ый|ая|ое) الخامس(?:ة)? năm",
    -1: "最后一 last letzte[nrs]? derni(?:er|ère) últim[oa] последн(?:ий|яя|ее) الأخير(?:ة)? cuối",
}
_BEFORE_COUNT = (
    r"(?:那么?|and|und|et|y|а|и|what about|how about|was ist mit|còn|وماذا عن|ماذا عن|では)?[，, ]*"
)
_ARTICLE = r"(?:第|the |der |die |das |le |la |el |cái thứ |thứ )?"
_AFTER_COUNT = r"(?: ?(?:one|个|個|项|条|点|种|家|位|座|所|篇|番目|つ目|人|件))?(?:又|是)?(?:呢|是什么|是谁|是哪个|は|はどう(?:ですか)?|thì sao)?"
ORDINALS = [
    (
        regex.compile(
            rf"{_BEFORE_COUNT}{_ARTICLE}(?:{'|'.join(words.split())}){_AFTER_COUNT}",
            regex.IGNORECASE,
        ),
        place,
    )
    for place, words in _COUNTS.items()
] + [
    (
        regex.compile(
            r"(?:那么?)?前者(?:呢|是什么)?|(?:and |what about )?the former", regex.IGNORECASE
        ),
        0,
    ),
    (
        regex.compile(
            r"(?:那么?)?后者(?:呢|是什么)?|(?:and |what about )?the latter", regex.IGNORECASE
        ),
        1,
    ),
]
"""Whole questions about one item of a list, with its place (-1 for the last)."""
