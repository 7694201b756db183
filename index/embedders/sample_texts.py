"""Ordinary sentences in many languages, to learn where an embedder's token vectors lie in general.

Written for this purpose. They say nothing that a document or an evaluation set says.
"""

PASSAGES = (
    "这座小城坐落在河流的南岸，约有三万名居民，大多以捕鱼和种植水稻为生。老桥建于1876年，"
    "由当地石匠用了四年时间完成，至今仍供行人通行。每年春天，镇上会举办一次花市，"
    "附近村庄的人都会赶来。近年来，政府新修了一所学校和两家诊所，青年人开始陆续返乡。",
    "新型電池的重量只有舊款的一半，充電時間由兩小時縮短到二十五分鐘。研究人員表示，"
    "材料成本仍然偏高，預計要到明年下半年才能量產。公司負責人認為，"
    "這項技術首先會用在救護車和小型飛機上。",
    "The museum stands on a hill above the harbour and was opened to the public in 1923. Its "
    "collection of about 4,200 paintings and drawings was given by a merchant family whose last "
    "member had no children. A fire destroyed the east wing in 1951, but most of the works were "
    "saved by the staff. Entrance is free on Sundays, and guided tours are offered in five "
    "languages.",
    "Cells take in sugar and oxygen and release energy, water and carbon dioxide. The process has "
    "three stages, each of which happens in a different part of the cell. When there is not enough "
    "oxygen, muscles switch to another pathway that is faster but yields far less.",
    "Der Fluss entspringt im Gebirge auf 1.400 Metern Höhe und mündet nach 212 Kilometern in einen "
    "See. Im Mittelalter war er ein wichtiger Handelsweg für Salz und Holz. Seit dem Bau der "
    "Staudämme in den sechziger Jahren gibt es kaum noch Hochwasser, doch viele Fischarten sind "
    "verschwunden. Der zuständige Minister kündigte an, zwei der Anlagen zu entfernen.",
    "L'orchestre a été fondé en 1908 par un groupe d'amateurs qui jouaient dans les cafés de la "
    "ville. Il compte aujourd'hui quatre-vingt-six musiciens et donne une centaine de concerts par "
    "an. Sa première cheffe, nommée il y a trois ans, a commandé plusieurs œuvres à de jeunes "
    "compositeurs.",
    "El equipo ganó el campeonato tres veces seguidas y perdió la cuarta final por un solo punto. "
    "Su entrenador, que había sido maestro de escuela, introdujo un método basado en la paciencia "
    "y en el estudio de los rivales. El estadio, con capacidad para 18.000 personas, fue vendido "
    "después de la crisis.",
    "この島には約八百人が暮らし、主な産業は漁業と観光である。1964年に灯台が自動化され、"
    "最後の灯台守は本土へ移った。夏には全国から学生が訪れ、海鳥の調査を手伝う。"
    "町長は、来年度から定期船の便数を二倍に増やす計画を発表した。",
    "이 식물은 높이가 2미터까지 자라며 여름에 노란 꽃을 피운다. 옛사람들은 뿌리를 말려 약으로 "
    "썼고, 지금도 시골에서는 차로 끓여 마신다. 최근 연구에 따르면 잎에서 얻은 기름이 해충을 쫓는 "
    "데 효과가 있다고 한다.",
    "Завод построили в 1934 году на окраине посёлка, и через десять лет на нём работала половина "
    "жителей. После закрытия цехов здание пустовало, пока его не выкупили художники. Сейчас там "
    "мастерские, театр и библиотека, куда ежемесячно приходит около шести тысяч человек.",
    "تقع القرية على سفح جبل يرتفع نحو ألفي متر، ويعمل أغلب سكانها في زراعة الزيتون والتين. "
    "وقد شُقت إليها طريق معبدة سنة 1978 فأصبح الوصول إلى السوق يستغرق ساعة واحدة بدل يوم كامل. "
    "ويقول رئيس البلدية إن مشروع المياه الجديد سينتهي قبل الشتاء.",
    "A lei foi aprovada por 212 votos contra 87 e entrou em vigor no mês seguinte. Ela obriga as "
    "empresas a publicar os salários e a reservar vagas para aprendizes. Os críticos dizem que os "
    "pequenos produtores não têm meios para cumprir todas as exigências.",
    "Rạp hát được xây từ gỗ lim và có bốn trăm chỗ ngồi. Sau trận bão năm 1999, mái nhà được thay "
    "bằng ngói mới và sân khấu được nâng cao thêm nửa mét. Mỗi tháng đoàn diễn hai vở, phần lớn "
    "dựa trên truyện dân gian.",
    "यह नगर तीन ओर से पहाड़ियों से घिरा है और इसकी जनसंख्या लगभग चालीस हज़ार है। यहाँ का पुस्तकालय "
    "1912 में खुला था और उसमें पांडुलिपियों का बड़ा संग्रह है। पिछले वर्ष नई रेल लाइन बनने से यात्रियों की "
    "संख्या दोगुनी हो गई।",
)

QUESTIONS = (
    "老桥是哪一年建成的？",
    "镇上有多少居民？",
    "谁负责这个项目？",
    "为什么年轻人开始返乡？",
    "新電池要多久才能充滿電？",
    "When was the museum opened to the public?",
    "How many paintings does the collection hold?",
    "Who saved most of the works from the fire?",
    "What happens when there is not enough oxygen?",
    "Which part of the building was destroyed?",
    "Wie lang ist der Fluss?",
    "Warum sind viele Fischarten verschwunden?",
    "Was hat der Minister angekündigt?",
    "Qui a fondé l'orchestre ?",
    "Combien de concerts donne-t-il par an ?",
    "¿Cuántas veces ganó el campeonato?",
    "¿A quién se vendió el estadio?",
    "島の主な産業は何ですか。",
    "灯台はいつ自動化されましたか。",
    "이 식물은 언제 꽃을 피우나요?",
    "잎에서 얻은 기름은 어디에 쓰이나요?",
    "Когда построили завод?",
    "Кто выкупил здание?",
    "متى شُقت الطريق إلى القرية؟",
    "ما هو ارتفاع الجبل؟",
    "Quantos votos a favor teve a lei?",
    "O que dizem os críticos?",
    "Rạp hát có bao nhiêu chỗ ngồi?",
    "पुस्तकालय कब खुला था?",
    "जनसंख्या कितनी है?",
)
