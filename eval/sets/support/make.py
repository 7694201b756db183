"""Writes `sentences.jsonl`: sentences and what they cite, true or altered in a known way.

`python eval/sets/support/make.py`, from the repository root. All facts, names and figures are
invented. Each pair of facts shares a subject, so that a wrong citation is a near one.
"""

import json
from dataclasses import dataclass
from pathlib import Path

Change = tuple[int, str, str]
"""Which of the true sentences, what is taken out of it, and what is put there."""


@dataclass(frozen=True)
class Fact:
    """A passage, two sentences that it supports, and how they are made false."""

    passage: str
    true: tuple[str, str]
    figure: Change
    name: Change
    negation: str
    misplaced: Change | None = None


ZH = (
    Fact(
        "青石港在2031年共装卸集装箱418万箱，比上一年增加7%。其中外贸箱占六成，主要发往东南亚。"
        "港务局局长林望舒说，新建的三号码头将在2033年春天启用。",
        (
            "2031年，青石港装卸的集装箱一共有418万箱，增幅为7%。",
            "林望舒局长介绍，三号码头要到2033年春天才投入使用。",
        ),
        (0, "418万箱", "481万箱"),
        (1, "林望舒", "周砚秋"),
        "三号码头在2033年春天还不会启用。",
        (0, "7%", "60%"),
    ),
    Fact(
        "白沙湾港去年完成货物吞吐量2,360万吨，同比下降3.2%，其中煤炭占四成。"
        "港口公司总经理贺兰亭表示，今年将增开两条通往仁川的航线。",
        (
            "白沙湾港去年的货物吞吐量为2360万吨，比前一年少了3.2%。",
            "据总经理贺兰亭介绍，港口今年会新开两条到仁川的航线。",
        ),
        (0, "2360万吨", "2630万吨"),
        (1, "仁川", "釜山"),
        "港口今年不会增开通往仁川的航线。",
        (0, "3.2%", "40%"),
    ),
    Fact(
        "云梯桥由工程师沈若谷设计，全长810米，主跨320米，2009年10月1日通车。"
        "桥面设双向六车道，两侧各有一条宽三米的人行道。",
        (
            "云梯桥长810米，是沈若谷设计的。",
            "这座桥在2009年10月1日通车，有双向六条车道。",
        ),
        (0, "810米", "870米"),
        (0, "沈若谷", "顾怀远"),
        "云梯桥的两侧没有人行道。",
        (0, "810米", "320米"),
    ),
    Fact(
        "听涛大桥横跨鹿鸣江，全长1.2公里，总投资9.6亿元，由江南路桥集团承建。"
        "大桥历时四年建成，每天约有3.5万辆车通过。",
        (
            "听涛大桥跨越鹿鸣江，总长1200米，投资9.6亿元。",
            "承建方江南路桥集团用四年时间建成了这座大桥。",
        ),
        (0, "9.6亿元", "9.6万元"),
        (1, "江南路桥集团", "中岳建工集团"),
        "听涛大桥并不是由江南路桥集团承建的。",
    ),
    Fact(
        "量子计算研究所成立于2016年，现有研究人员142人，其中八成有海外工作经历。"
        "研究所由杜衡院士领导，已发表论文280余篇。",
        (
            "研究所目前有142名研究人员，80%在海外工作过。",
            "杜衡院士领导的这家研究所成立于2016年，论文已有280多篇。",
        ),
        (0, "142名", "124名"),
        (1, "杜衡", "裴松涛"),
        "研究人员大多没有海外工作经历。",
        (1, "280多篇", "142多篇"),
    ),
    Fact(
        "海洋气象研究所建在望海镇，占地5.4万平方米，配有两艘科考船，“逐浪号”和“观云号”。"
        "所长宁致远说，“观云号”一年出海200天以上。",
        (
            "海洋气象研究所位于望海镇，面积有5.4万平方米。",
            "据宁致远所长说，“观云号”每年出海超过200天。",
        ),
        (0, "5.4万平方米", "5.4万平方公里"),
        (1, "“观云号”", "“追星号”"),
        "研究所没有自己的科考船。",
    ),
    Fact(
        "松溪县推行垃圾分类三年来，参与家庭达到6.3万户，覆盖率从31%提高到94%。"
        "县城管局在每个小区安排了督导员，共计480人。",
        (
            "三年间，松溪县有6.3万户家庭参加了垃圾分类。",
            "松溪县城管局一共安排了480名督导员，覆盖率已提高到94%。",
        ),
        (0, "6.3万户", "3.6万户"),
        (0, "松溪县", "桐柏县"),
        "县城管局没有给小区安排督导员。",
        (1, "94%", "31%"),
    ),
    Fact(
        "竹溪镇的湿地公园面积为37公顷，2018年开始修复，五年内栽种水杉1.5万棵。"
        "志愿者领队康乃馨统计，来过冬的候鸟已有73种。",
        (
            "竹溪镇湿地公园从2018年开始修复，已经种下15000棵水杉。",
            "康乃馨的统计显示，在这里过冬的候鸟有73种。",
        ),
        (0, "15000棵", "18000棵"),
        (1, "康乃馨", "向日葵"),
        "湿地公园至今没有开始修复。",
        (1, "73种", "37种"),
    ),
    Fact(
        "地铁11号线全长28.6公里，设站19座，连接机场和老城。线路由德国的技术团队负责信号系统，"
        "预计2027年底试运行，日客运量可达42万人次。",
        (
            "11号线有19座车站，全长28.6公里，把机场和老城连接起来。",
            "这条线预计在2027年底开始试运行，每天可运送42万人次。",
        ),
        (0, "28.6公里", "26.8公里"),
        (0, "11号线", "14号线"),
        "11号线不经过机场。",
        (1, "42万人次", "19万人次"),
    ),
    Fact(
        "云岭快线由滇西铁路公司运营，最高时速160公里，全程票价36元。"
        "首班车早上6点从澜水站发出，末班车晚上11点到达。",
        (
            "云岭快线的票价是全程36元，最高时速达到160公里。",
            "滇西铁路公司运营的这条快线，首班车6点从澜水站出发。",
        ),
        (0, "36元", "63元"),
        (1, "澜水站", "榕江站"),
        "云岭快线不是滇西铁路公司运营的。",
    ),
    Fact(
        "长诗《盐路》出版于1987年，作者高延年当时四十二岁。全书共三卷，写了盐工一百年的历史，"
        "首印2万册，三个月售完。",
        (
            "《盐路》是高延年在1987年出版的长诗，首印2万册。",
            "这部长诗分为三卷，讲的是盐工一百年间的历史。",
        ),
        (0, "1987年", "1978年"),
        (0, "高延年", "梁宗岱"),
        "《盐路》写的不是盐工的历史。",
    ),
    Fact(
        "作家温如玉的小说《灯塔守望者》获得了2022年的银杏文学奖，奖金30万元。"
        "小说已译成英语、法语和西班牙语，改编的电影由导演石青岚执导。",
        (
            "温如玉凭《灯塔守望者》拿到2022年的银杏文学奖，奖金为30万元。",
            "改编自这部小说的电影由石青岚导演，小说已有英语、法语等译本。",
        ),
        (0, "30万元", "50万元"),
        (1, "石青岚", "贾明远"),
        "这部小说至今没有译成法语。",
    ),
    Fact(
        "禾丰农场种植水稻1,850亩，平均亩产612公斤。农场主任田守义说，"
        "用无人机施肥以后，化肥用量减少了两成，人工成本下降35%。",
        (
            "禾丰农场的水稻有1850亩，平均每亩产612公斤。",
            "田守义主任说，改用无人机施肥后化肥少用了20%。",
        ),
        (0, "612公斤", "621公斤"),
        (1, "田守义", "马德福"),
        "用无人机施肥以后，化肥用量并没有减少。",
        (1, "20%", "35%"),
    ),
    Fact(
        "碧螺茶厂去年出口茶叶860吨，销往17个国家，最大的市场是摩洛哥。"
        "厂长苏晚晴计划三年内再建两座恒温仓库，投资4500万元。",
        (
            "去年，碧螺茶厂有860吨茶叶出口，卖到17个国家。",
            "苏晚晴厂长打算在三年内投资4500万元建两座恒温仓库。",
        ),
        (1, "4500万元", "4500亿元"),
        (1, "苏晚晴", "何雨桐"),
        "碧螺茶厂的茶叶不出口到摩洛哥。",
        (0, "860吨", "17吨"),
    ),
    Fact(
        "博物馆的陶俑展从5月18日持续到8月31日，展出陶俑216件，其中九件首次公开。"
        "策展人叶知秋介绍，观众凭身份证可以免费入场。",
        (
            "陶俑展在8月31日结束，一共展出216件陶俑。",
            "策展人叶知秋说，观众可以凭身份证免费参观。",
        ),
        (0, "8月31日", "9月30日"),
        (1, "叶知秋", "傅雪漫"),
        "观众凭身份证也不能免费入场。",
        (0, "8月31日", "5月18日"),
    ),
    Fact(
        "天工科技馆每周二闭馆，门票成人60元、学生30元。馆内的球幕影院直径23米，"
        "可坐三百二十人，放映机由日本的星野公司制造。",
        (
            "天工科技馆的球幕影院有320个座位，直径23米。",
            "放映机来自日本星野公司，学生票价30元。",
        ),
        (0, "320个座位", "230个座位"),
        (1, "星野公司", "东芝公司"),
        "天工科技馆的门票不分成人和学生。",
        (1, "30元", "60元"),
    ),
    Fact(
        "仁和医院新建的儿科楼有病床350张，2024年6月投用，配备医生86名。"
        "院长乔思源说，急诊等候时间从90分钟缩短到25分钟。",
        (
            "新儿科楼设病床350张，配了86名医生。",
            "乔思源院长表示，急诊等候的时间已经缩短到25分钟。",
        ),
        (1, "25分钟", "52分钟"),
        (1, "乔思源", "郑伯安"),
        "急诊的等候时间没有缩短。",
        (1, "25分钟", "90分钟"),
    ),
    Fact(
        "康宁社区的家庭医生签约率为71%，比全市平均水平高12个百分点。"
        "社区护士段小满每周上门三次，照看独居老人54位。",
        (
            "康宁社区有71%的居民签约了家庭医生，高出全市平均12个百分点。",
            "段小满是社区护士，她每周三次上门照看54位独居老人。",
        ),
        (0, "71%", "77%"),
        (1, "段小满", "钱雅琴"),
        "康宁社区的签约率并不比全市平均水平高。",
        (0, "71%", "54%"),
    ),
    Fact(
        "风电场装有风机66台，单机容量5兆瓦，年发电量约8.7亿千瓦时，可供40万户家庭使用。"
        "项目由北原能源投资，2023年11月并网。",
        (
            "风电场的66台风机一年能发电约8.7亿千瓦时。",
            "北原能源投资的这个项目在2023年11月并网。",
        ),
        (0, "8.7亿千瓦时", "7.8亿千瓦时"),
        (1, "北原能源", "华岳电力"),
        "这个风电场到2023年11月还没有并网。",
        (0, "66台", "40台"),
    ),
    Fact(
        "石岭光伏电站铺设光伏板21万块，占地3平方公里，由村民和企业共同持股，村民占49%。"
        "站长骆宾在答记者问时说，每户每年分红约2600元。",
        (
            "石岭光伏电站有21万块光伏板，面积3平方公里。",
            "据站长骆宾说，村民持股49%，每户每年分红2600元左右。",
        ),
        (0, "3平方公里", "3平方米"),
        (0, "石岭", "黑水"),
        "村民在石岭光伏电站没有股份。",
    ),
    Fact(
        "省运动会共有运动员3,412人参加，设28个大项。女子马拉松冠军柳絮飞的成绩是2小时31分，"
        "打破了保持十五年的省纪录。",
        (
            "参加省运动会的运动员有3412人，比赛分28个大项。",
            "柳絮飞以2小时31分获得女子马拉松冠军，打破了省纪录。",
        ),
        (1, "2小时31分", "2小时13分"),
        (1, "柳絮飞", "陶金枝"),
        "柳絮飞没有打破省纪录。",
        (0, "28个大项", "15个大项"),
    ),
    Fact(
        "湖滨体育馆可容纳观众1.8万人，去年举办比赛与演出共97场，收入1.26亿元。"
        "场馆经理瞿秋实说，屋顶的雨水全部回收，用来浇灌绿地。",
        (
            "湖滨体育馆能坐下1.8万名观众，去年办了97场比赛和演出。",
            "瞿秋实经理说，屋顶收集的雨水都用于浇灌绿地。",
        ),
        (0, "97场", "79场"),
        (1, "瞿秋实", "安志远"),
        "体育馆屋顶的雨水没有回收。",
    ),
    Fact(
        "星火小学有学生1,120人、教师74人，师生比约为1比15。校长岳明朗在2020年取消了书面家庭作业，"
        "改为每天阅读四十分钟。",
        (
            "星火小学共有1120名学生和74名教师。",
            "岳明朗校长自2020年起取消书面家庭作业，让学生每天读书40分钟。",
        ),
        (0, "1120名", "1210名"),
        (1, "岳明朗", "卢定坤"),
        "星火小学没有取消书面家庭作业。",
        (0, "1120名", "74名"),
    ),
    Fact(
        "南山职业学院今年招收学徒制学生640名，合作企业有52家，毕业生就业率为97.3%。"
        "其中西门子工厂接收的人数最多。",
        (
            "学院今年招了640名学徒制学生，合作的企业达52家。",
            "南山职业学院的毕业生就业率是97.3%，去西门子工厂的人最多。",
        ),
        (1, "97.3%", "93.7%"),
        (1, "西门子", "博世"),
        "接收毕业生最多的企业不是西门子工厂。",
        (0, "640名", "52名"),
    ),
)

EN = (
    Fact(
        "The Larkspur observatory opened in 1974 on a hill above the village of Penrow. Its main "
        "mirror measures 2.4 metres. Dr. Amara Osei has led it since 2019.",
        (
            "The main mirror of the Larkspur observatory is 2.4 metres wide.",
            "Amara Osei has been the head of the observatory since 2019.",
        ),
        (0, "2.4 metres", "4.2 metres"),
        (1, "Amara Osei", "Helen Marsh"),
        "Dr. Amara Osei no longer leads the observatory.",
        (1, "2019", "1974"),
    ),
    Fact(
        "Halden planetarium seats 310 visitors under a dome of 18 metres. It was paid for by the "
        "Brandt Foundation and has welcomed 1.2 million guests since 1996.",
        (
            "Since 1996 some 1,200,000 guests have come to the Halden planetarium.",
            "The Brandt Foundation paid for the planetarium, which has 310 seats.",
        ),
        (0, "1,200,000", "2,100,000"),
        (1, "Brandt Foundation", "Keller Foundation"),
        "The Brandt Foundation did not pay for the planetarium.",
        (1, "310 seats", "18 seats"),
    ),
    Fact(
        "The ferry between Norvik and Skaga takes 95 minutes and runs four times a day. A ticket "
        "costs 38 euros, bicycles travel free. The company Fjordlinje bought a second ship in 2022.",
        (
            "A ferry ticket from Norvik to Skaga costs 38 euros, and bicycles are free.",
            "Fjordlinje bought its second ship in 2022.",
        ),
        (0, "38 euros", "83 euros"),
        (1, "Fjordlinje", "Seaways Nord"),
        "Bicycles do not travel free on the ferry.",
        (0, "38 euros", "95 euros"),
    ),
    Fact(
        "The night train leaves Vienna at 19:45 and reaches Trieste after eleven hours. In 2024 it "
        "carried 148,000 passengers, 22% more than the year before, said spokeswoman Ilse Kofler.",
        (
            "The night train carried 148,000 passengers in 2024, which is 22 percent more.",
            "According to Ilse Kofler, the train from Vienna carried more passengers than the year before.",
        ),
        (0, "148,000", "184,000"),
        (1, "Ilse Kofler", "Petra Lang"),
        "The night train did not carry more passengers than the year before.",
    ),
    Fact(
        "The Corrane dam was completed on 14 October 1958. It holds 640 million cubic metres of "
        "water and supplies three towns. Its engineer, Tomas Revell, had studied in Prague.",
        (
            "Completed on October 14, 1958, the Corrane dam supplies three towns.",
            "Tomas Revell, the engineer of the dam, had been a student in Prague.",
        ),
        (0, "October 14, 1958", "October 24, 1958"),
        (1, "Tomas Revell", "Victor Hale"),
        "The Corrane dam does not supply any town.",
    ),
    Fact(
        "The Birkdale reservoir covers 5.2 square kilometres and is up to 41 metres deep. Severn "
        "Water has run it since 1989 and lets anglers fish there from April to September.",
        (
            "Birkdale reservoir has an area of 5.2 square kilometres and a depth of up to 41 metres.",
            "Severn Water, which has run the reservoir since 1989, allows fishing from April to September.",
        ),
        (0, "5.2 square kilometres", "5.2 square metres"),
        (1, "Severn Water", "Thames Utilities"),
        "Anglers are not allowed to fish in the Birkdale reservoir.",
        (1, "1989", "1941"),
    ),
    Fact(
        "The bakery of Odile Perrin sells 900 loaves a day and employs fourteen people. Last year "
        "its sales rose by a quarter to 1.6 million euros.",
        (
            "Odile Perrin's bakery sells 900 loaves every day.",
            "With 14 employees, the bakery reached sales of 1.6 million euros last year.",
        ),
        (1, "1.6 million", "1.6 billion"),
        (0, "Odile Perrin", "Claire Dumont"),
        "The sales of the bakery did not rise last year.",
        (0, "900", "14"),
    ),
    Fact(
        "Marlow Cheese exports 60% of what it makes, above all to Canada. Its founder, Ned Ashby, "
        "started in 2003 with eleven goats; today there are 740.",
        (
            "Marlow Cheese sells sixty percent of its production abroad, mostly in Canada.",
            "Ned Ashby founded the company in 2003 with eleven goats and has 740 today.",
        ),
        (1, "740", "470"),
        (0, "Canada", "Norway"),
        "Marlow Cheese does not export to Canada.",
        (1, "740", "60"),
    ),
    Fact(
        "The library of Eastmere lends 412,000 books a year. Its new reading room, designed by the "
        "architect Yuki Tanabe, opened on 3 May 2021 and stays open until 22:00.",
        (
            "Eastmere's library lends 412,000 books every year.",
            "The reading room, a design of the architect Yuki Tanabe, opened on 3 May 2021.",
        ),
        (0, "412,000", "421,000"),
        (1, "Yuki Tanabe", "Kenji Mori"),
        "The new reading room has not opened yet.",
    ),
    Fact(
        "The archive in Weldon keeps 9 kilometres of shelves. Since 2017 its head, Ruth Calloway, "
        "has had 35,000 maps photographed; they may be used free of charge.",
        (
            "Ruth Calloway, head of the archive, has had 35,000 maps photographed since 2017.",
            "The Weldon archive has nine kilometres of shelves, and its maps are free to use.",
        ),
        (0, "35,000", "53,000"),
        (0, "Ruth Calloway", "Janet Frost"),
        "The maps may not be used free of charge.",
    ),
    Fact(
        "In the Tessin valley 260 wolves were counted in 2023, up from 190 in 2020. The biologist "
        "Marta Ferrari expects the number to stay the same, because prey is scarce.",
        (
            "260 wolves were counted in the Tessin valley in 2023.",
            "Marta Ferrari, a biologist, thinks the number will not change because there is little prey.",
        ),
        (0, "260 wolves", "620 wolves"),
        (1, "Marta Ferrari", "Laura Bianchi"),
        "Marta Ferrari does not expect the number to stay the same.",
        (0, "260 wolves", "190 wolves"),
    ),
    Fact(
        "The sanctuary on Gull Island shelters 87 species of birds. It closes from 1 March to 15 "
        "July. The warden, Euan Strachan, counted 5,300 pairs of puffins last summer.",
        (
            "Gull Island's sanctuary is closed between 1 March and 15 July.",
            "Last summer the warden Euan Strachan counted 5,300 puffin pairs.",
        ),
        (1, "5,300", "3,500"),
        (1, "Euan Strachan", "Callum Reid"),
        "The sanctuary does not close in spring.",
        (1, "5,300", "87"),
    ),
    Fact(
        "The start-up Lumenta raised $24 million in June. It makes batteries that charge in eight "
        "minutes and plans a factory in Gdansk with 350 jobs.",
        (
            "In June, Lumenta raised 24 million dollars.",
            "Lumenta is planning a factory with 350 jobs in Gdansk.",
        ),
        (0, "24 million", "42 million"),
        (1, "Gdansk", "Rotterdam"),
        "Lumenta has no plans for a factory in Gdansk.",
        (1, "350", "24"),
    ),
    Fact(
        "Oriel Robotics delivered 1,900 machines in 2023, a third of them to hospitals. The chief "
        "executive, Samir Haddad, said that the plant in Leipzig works in two shifts.",
        (
            "Oriel Robotics delivered 1900 machines in 2023.",
            "Samir Haddad, the chief executive, says the Leipzig plant runs two shifts.",
        ),
        (0, "1900", "9100"),
        (1, "Leipzig", "Dresden"),
        "Oriel Robotics did not deliver any machines to hospitals.",
    ),
    Fact(
        "The bridge at Stonehaugh is 230 metres long and 12 metres wide. It was rebuilt in 1951 "
        "after a flood, by Morgan & Sons, and carries 7,500 vehicles a day.",
        (
            "Stonehaugh's bridge has a length of 230 metres.",
            "After a flood the bridge was rebuilt by Morgan & Sons in 1951.",
        ),
        (1, "1951", "1915"),
        (1, "Morgan & Sons", "Fletcher & Co"),
        "The bridge was not rebuilt after the flood.",
        (0, "230 metres", "12 metres"),
    ),
    Fact(
        "The tunnel under Mount Arle is 6.8 km long and cost 430 million francs. Drilling began in "
        "2011 under the direction of Bruno Keller; the first cars passed on 9 December 2018.",
        (
            "The Mount Arle tunnel, 6.8 kilometres long, cost 430 million francs.",
            "Bruno Keller directed the drilling, which started in 2011.",
        ),
        (0, "430 million", "340 million"),
        (1, "Bruno Keller", "Stefan Wyss"),
        "Bruno Keller did not direct the drilling.",
        (1, "2011", "2018"),
    ),
    Fact(
        "A study of the University of Lund followed 3,280 adults for twelve years. Those who walked "
        "an hour a day fell ill 18% less often, wrote Professor Karin Sandell.",
        (
            "The study followed 3,280 adults over twelve years.",
            "Professor Karin Sandell wrote that people who walked an hour daily were ill 18% less often.",
        ),
        (0, "3,280", "3,820"),
        (1, "Karin Sandell", "Birgit Nyman"),
        "People who walked an hour a day did not fall ill less often.",
        (0, "3,280", "18"),
    ),
    Fact(
        "The clinic in Port Ellery treated 15,600 patients last year with 42 nurses. Waiting times "
        "fell from 50 to 20 minutes, according to its director, Paul Okafor.",
        (
            "Last year 15,600 patients were treated at the Port Ellery clinic.",
            "Director Paul Okafor says that patients now wait 20 minutes instead of 50.",
        ),
        (1, "20 minutes", "30 minutes"),
        (1, "Paul Okafor", "Daniel Reyes"),
        "Waiting times at the clinic did not fall.",
        (0, "15,600", "42"),
    ),
    Fact(
        "The Hollow Crown festival lasts five days and drew 64,000 people in August. It was founded "
        "by the singer Nia Bevan; a day ticket costs 45 pounds.",
        (
            "In August the Hollow Crown festival drew 64,000 people in five days.",
            "Nia Bevan, a singer, founded the festival, where a day ticket is 45 pounds.",
        ),
        (0, "64,000", "46,000"),
        (1, "Nia Bevan", "Cerys Powell"),
        "The festival was not founded by a singer.",
        (1, "45 pounds", "64 pounds"),
    ),
    Fact(
        "The orchestra of Aldertown has 78 members and plays 96 concerts a season. Its conductor, "
        "Leonid Markov, signed a new contract until 2030 in February.",
        (
            "Aldertown's orchestra gives 96 concerts each season with its 78 members.",
            "Leonid Markov, the conductor, has a new contract that runs until 2030.",
        ),
        (1, "2030", "2035"),
        (1, "Leonid Markov", "Andris Kalnins"),
        "Leonid Markov has not signed a new contract.",
        (0, "96 concerts", "78 concerts"),
    ),
    Fact(
        "The town of Farrow planted 8,400 trees between 2015 and 2022. Mayor Gloria Santos wants to "
        "shade a third of all streets; summers there have grown 1.9 degrees warmer.",
        (
            "Farrow planted 8,400 trees from 2015 to 2022.",
            "Mayor Gloria Santos wants shade over one third of the streets.",
        ),
        (0, "8,400", "4,800"),
        (1, "Gloria Santos", "Irene Walsh"),
        "Mayor Gloria Santos does not want to shade the streets.",
    ),
    Fact(
        "Quarry Park in Dunmore reopened on 20 September 2019 after two years of work. It covers 15 "
        "hectares, cost 7.3 million pounds and was planned by Studio Verdi.",
        (
            "Quarry Park has an area of 15 hectares and cost 7.3 million pounds.",
            "Planned by Studio Verdi, the park in Dunmore reopened on 20 September 2019.",
        ),
        (0, "7.3 million", "3.7 million"),
        (1, "Studio Verdi", "Atelier Nord"),
        "Quarry Park has stayed closed since the work began.",
        (0, "15 hectares", "20 hectares"),
    ),
    Fact(
        "The programming language Quill appeared in 2012 and was written by Ines Duarte at "
        "Calder Labs. Version 4.0 compiles twice as fast; 68 companies use it.",
        (
            "Quill, written by Ines Duarte at Calder Labs, appeared in 2012.",
            "Quill 4.0 compiles twice as fast, and 68 companies use the language.",
        ),
        (1, "68 companies", "86 companies"),
        (0, "Ines Duarte", "Carla Mendes"),
        "Version 4.0 does not compile faster.",
    ),
    Fact(
        "The database Strata stores 4 TB on one machine and answers in 12 milliseconds. Tessel Inc. "
        "released it as open source in March 2020; Noor Ahmed maintains it.",
        (
            "Strata answers within 12 milliseconds and holds 4 TB on a single machine.",
            "Noor Ahmed maintains Strata, which Tessel Inc. made open source in March 2020.",
        ),
        (0, "12 milliseconds", "120 milliseconds"),
        (1, "Noor Ahmed", "Omar Farouk"),
        "Tessel Inc. has not released Strata as open source.",
        (0, "12 milliseconds", "4 milliseconds"),
    ),
)


ZH_HELDOUT = (
    Fact(
        "台风“墨鱼”于9月7日凌晨3时在琼崖县登陆，中心附近最大风力13级。气象台首席预报员祁望岳说，"
        "过程雨量普遍在200至280毫米，最多的龙潭乡达到412毫米。全县转移群众5.2万人，停运渡轮31班。",
        (
            "“墨鱼”9月7日凌晨在琼崖县登陆时，风力达到13级。",
            "祁望岳表示，雨下得最大的是龙潭乡，雨量有412毫米。",
        ),
        (1, "412毫米", "421毫米"),
        (0, "琼崖县", "雷湾县"),
        "受台风影响期间，渡轮没有停运。",
        (1, "412毫米", "280毫米"),
    ),
    Fact(
        "6月中旬的暴雨使柳河水位两天内上涨4.7米，超过警戒线1.1米。水文站站长褚向晚回忆，"
        "洪峰流量为每秒3,850立方米，是1998年以来最大的一次。抢险队用了6,000只沙袋堵住了东堤的缺口，"
        "下游的三个村庄因此没有进水。",
        (
            "柳河水位在两天里涨了4.7米，比警戒线高出1.1米。",
            "据褚向晚站长回忆，洪峰每秒流量3850立方米，为1998年以来之最。",
        ),
        (1, "3850立方米", "3580立方米"),
        (1, "褚向晚", "邢仲谋"),
        "东堤的缺口没能堵住。",
        (0, "1.1米", "4.7米"),
    ),
    Fact(
        "遥感卫星“青鸾二号”于2029年4月11日由长岭火箭送入太阳同步轨道，轨道高度645公里。"
        "卫星重1.35吨，设计寿命八年，每5天可以把全国拍一遍。总设计师蔺如海介绍，"
        "星上相机的分辨率为0.5米，由晨曦光学研究所研制。",
        (
            "“青鸾二号”在2029年4月11日发射，设计寿命为8年。",
            "总设计师蔺如海说，0.5米分辨率的相机是晨曦光学研究所做的。",
        ),
        (0, "4月11日", "4月1日"),
        (1, "晨曦光学研究所", "北辰精密研究所"),
        "这颗卫星没有进入太阳同步轨道。",
    ),
    Fact(
        "朱雀湾航天公司的回收式火箭在11月2日完成第七次飞行，一级箭体落在海上平台，偏差不到2米。"
        "公司创始人简宁说，单次发射费用已从1.2亿元降到4,300万元。"
        "明年计划发射15次，其中九次为海外客户服务。",
        (
            "这枚火箭的一级落在海上平台时，误差小于2米。",
            "简宁说，每次发射的花费由1.2亿元降低为4300万元。",
        ),
        (1, "4300万元", "4300亿元"),
        (1, "简宁", "霍启明"),
        "朱雀湾航天公司明年不为海外客户发射。",
    ),
    Fact(
        "考古队在寒石岭发掘出一座战国墓，墓室长6.8米，宽4.2米，出土青铜器57件、玉器23件。"
        "领队郁文昭认为，墓主是一位三十岁左右的女性。"
        "一件编钟上刻着46个字，是当地至今发现的最长的铭文。",
        (
            "寒石岭的这座战国墓里出土了57件青铜器，另有23件玉器。",
            "领队郁文昭判断，墓的主人是名30岁上下的女子。",
        ),
        (0, "57件", "75件"),
        (1, "郁文昭", "冉秋白"),
        "出土的编钟上没有刻字。",
        (0, "57件", "46件"),
    ),
    Fact(
        "“福顺号”沉船位于珊瑚洲以东12海里，水深39米，估计沉没于1620年前后。"
        "水下考古中心三年里打捞瓷器1.4万件，绝大部分为漳州窑所产。"
        "中心主任左思危透露，船体将整体起吊，经费预算为2.1亿元，2032年开始施工。",
        (
            "“福顺号”沉在39米深的海底，地点在珊瑚洲东面12海里处。",
            "左思危主任透露，整体起吊的预算有2.1亿元，2032年动工。",
        ),
        (0, "39米", "93米"),
        (0, "珊瑚洲", "月牙岛"),
        "打捞上来的瓷器不是漳州窑烧制的。",
        (1, "2032年", "1620年"),
    ),
    Fact(
        "飞鸿快递今年上半年派件9.4亿件，同比增长26%，平均每件耗时从52小时缩短到38小时。"
        "公司副总裁蒋沐辰称，全国有2.7万名快递员签了正式合同，占总数的六成五。",
        (
            "上半年，飞鸿快递一共派送了9.4亿个包裹，增长26%。",
            "蒋沐辰副总裁说，签正式合同的快递员占65%，有2.7万人。",
        ),
        (0, "26%", "62%"),
        (0, "飞鸿快递", "顺达快递"),
        "每件包裹的平均耗时没有缩短。",
        (1, "65%", "26%"),
    ),
    Fact(
        "云仓物流在青浦洼的仓库启用了180台搬运机器人，每小时处理包裹2.3万件，"
        "夜班工人由96名减为21名。仓库主管佟晓曼说，机器人充一次电能跑七个小时，差错率为万分之三。"
        "设备由德国的克劳斯公司提供。",
        (
            "青浦洼仓库现有180台搬运机器人，一小时能处理2.3万件包裹。",
            "据主管佟晓曼说，克劳斯公司提供的机器人充电一次可以工作7小时。",
        ),
        (0, "180台", "108台"),
        (1, "克劳斯公司", "西格玛公司"),
        "启用机器人以后，夜班工人的人数没有减少。",
        (0, "180台", "96台"),
    ),
    Fact(
        "江宁口法院去年受理案件18,640件，审结率97.8%，其中网上立案占到四分之三。"
        "院长严知非在报告中说，劳动争议案件增加了41%，平均审理期限为58天。"
        "法院还设立了少年法庭，由五名女法官组成。",
        (
            "去年江宁口法院收案18640件，审结率是97.8%，75%在网上立案。",
            "严知非院长的报告提到，劳动争议多了41%，审理平均要58天。",
        ),
        (0, "18640件", "16840件"),
        (1, "严知非", "柯伯庸"),
        "江宁口法院尚未设立少年法庭。",
        (1, "41%", "97.8%"),
    ),
    Fact(
        "蓝芯半导体在2028年申请专利1,275项，获得授权634项，研发投入占营业收入的18.5%。"
        "首席科学家武清和说，公司与韩国对手的官司已经和解，对方一次付清许可费6,800万美元。",
        (
            "2028年，蓝芯半导体拿到634项专利授权，申请的有1275项。",
            "武清和说，韩国对手已付清6800万美元的许可费，双方和解。",
        ),
        (1, "6800万美元", "6800万元"),
        (1, "武清和", "骆长庚"),
        "蓝芯半导体与韩国对手没有和解。",
        (0, "634项", "1275项"),
    ),
    Fact(
        "望江楼酒店于1936年开业，2026年关闭大修，预计2028年春节前重新迎客。"
        "客房由218间减为160间，每间面积增加到42平方米。"
        "负责修缮的建筑师乐嘉树说，大堂的彩色玻璃全部保留，只换了电梯。",
        (
            "望江楼酒店大修后客房只剩160间，每间42平方米。",
            "建筑师乐嘉树说，大堂里的彩色玻璃都保留了下来。",
        ),
        (0, "42平方米", "24平方米"),
        (1, "乐嘉树", "费鸿儒"),
        "大堂的彩色玻璃没有保留。",
        (0, "160间", "218间"),
    ),
    Fact(
        "乌篷镇去年接待游客326万人次，门票收入1.08亿元，比前年多出两成。"
        "镇长辛若兰宣布，今年5月起每天限流1.5万人，本地居民免票。"
        "镇上开了74家民宿，八月的入住率达到92%。",
        (
            "乌篷镇去年来了326万人次的游客，门票卖了1.08亿元。",
            "辛若兰镇长宣布，从5月开始，每日游客不超过1.5万人。",
        ),
        (1, "1.5万人", "5.1万人"),
        (0, "乌篷镇", "白墙镇"),
        "本地居民进镇并不免票。",
    ),
)

EN_HELDOUT = (
    Fact(
        "Mount Kerrin erupted on 17 January 2031 after 64 years of rest. Ash rose to 9,500 metres "
        "and closed two airports for three days. The volcanologist Sunniva Dahl reported 212 "
        "tremors in the week before; 1,860 villagers were taken to Port Asker by boat.",
        (
            "Ash from Mount Kerrin climbed to a height of 9,500 metres, and two airports had to close.",
            "Sunniva Dahl said there had been 212 tremors in the preceding week.",
        ),
        (0, "9,500", "5,900"),
        (1, "Sunniva Dahl", "Ragna Holm"),
        "No villagers had to be taken away after the eruption.",
        (1, "212", "1,860"),
    ),
    Fact(
        "The earthquake of 3 March measured 6.4 and lasted 28 seconds. It destroyed 470 houses in "
        "the valley of Ourem, but the cathedral, strengthened in 2016 for 5.5 million euros, stood "
        "firm. Civil defence chief Rui Salgado said that aid had arrived within five hours.",
        (
            "470 houses in the Ourem valley were destroyed by the earthquake, which lasted 28 seconds.",
            "Rui Salgado, who heads civil defence, said help came within 5 hours.",
        ),
        (0, "28 seconds", "82 seconds"),
        (0, "Ourem", "Tavira"),
        "The cathedral did not withstand the earthquake.",
        (1, "5 hours", "28 hours"),
    ),
    Fact(
        "Dalia Renner won the election for mayor of Brackwater with 54.3% of the vote; her rival "
        "Oskar Thiele received 41%. Turnout was 68%, the highest since 1990. She takes office on 1 "
        "September and has promised to build 1,500 flats in four years.",
        (
            "With 54.3 percent of the votes, Dalia Renner was elected mayor of Brackwater.",
            "Renner wants 1,500 flats built within 4 years and takes office on September 1.",
        ),
        (1, "1,500", "5,100"),
        (0, "Brackwater", "Millhaven"),
        "Dalia Renner has not promised to build any flats.",
        (0, "54.3 percent", "68 percent"),
    ),
    Fact(
        "The council of Sandmoor approved a budget of 212 million pounds on Tuesday by 31 votes to "
        "14. Spending on roads falls by 8%, while schools get 9.6 million pounds more. Councillor "
        "Beatrix Lowe called the cuts “a mistake that we will pay for”; the library bus will keep "
        "running.",
        (
            "Sandmoor's council passed the budget of 212 million pounds, 31 votes against 14.",
            "Schools will get another 9.6 million pounds, but spending on roads goes down 8 percent.",
        ),
        (1, "9.6 million", "6.9 million"),
        (0, "Sandmoor", "Eastcliff"),
        "The library bus will not keep running.",
        (1, "8 percent", "14 percent"),
    ),
    Fact(
        "At the chess open in Varnhem, 386 players from 29 countries met over nine rounds. The "
        "winner, Ilmari Koskela, scored 8.5 points and took home 12,000 dollars. He beat the "
        "favourite, Teodora Vlahova, in only 19 moves.",
        (
            "386 players came to the open in Varnhem, where nine rounds were played.",
            "Ilmari Koskela, who won with 8.5 points, defeated Teodora Vlahova in 19 moves.",
        ),
        (1, "19 moves", "91 moves"),
        (1, "Teodora Vlahova", "Mireille Aubry"),
        "Ilmari Koskela did not win the open.",
        (0, "386 players", "29 players"),
    ),
    Fact(
        "The Tour of Halland covers 1,040 kilometres in six stages. Matteo Brusa won the third "
        "stage, 187 km from Esk to Torvik, in 4 hours 22 minutes, and leads by 35 seconds. His "
        "team, Alpen Cycles, lost two riders in a crash on Thursday.",
        (
            "The race goes over 1,040 kilometres and has six stages.",
            "Matteo Brusa of Alpen Cycles needed 4 hours 22 minutes for the third stage.",
        ),
        (0, "1,040", "1,400"),
        (1, "Alpen Cycles", "Team Nordwind"),
        "Alpen Cycles has not lost any riders.",
        (0, "1,040 kilometres", "187 kilometres"),
    ),
    Fact(
        "Meridian Air carried 7.9 million passengers in 2030 and made a profit of 310 million euros, "
        "after a loss of 95 million the year before. Chief executive Odalys Pena has ordered 22 "
        "aircraft from Arrow Aerospace. One in eight flights was late.",
        (
            "In 2030 the airline flew 7.9 million passengers and earned 310 million euros.",
            "Odalys Pena, the head of Meridian Air, ordered 22 planes from Arrow Aerospace.",
        ),
        (0, "310 million", "130 million"),
        (1, "Arrow Aerospace", "Falcon Aviation"),
        "Meridian Air made no profit in 2030.",
        (0, "310 million", "95 million"),
    ),
    Fact(
        "The new terminal at Lindow airport opens on 28 October and cost 1.3 billion euros, twice "
        "what was planned. It has 46 gates and can handle 3,400 travellers an hour. The architect "
        "Farida Noorzai used timber from local forests for the roof; the old terminal will be torn "
        "down in spring.",
        (
            "Lindow's new terminal, which opens on October 28, has 46 gates.",
            "The roof designed by Farida Noorzai is made of local timber.",
        ),
        (0, "46 gates", "64 gates"),
        (1, "Farida Noorzai", "Signe Halvorsen"),
        "The old terminal will not be torn down.",
    ),
    Fact(
        "Dockers in Rostrup went on strike for eleven days over pay. The union, led by Henrike Vos, "
        "had asked for 7% and accepted 4.5% and a bonus of 800 euros. During the strike 63 ships "
        "waited at sea, and the port lost some 27 million euros.",
        (
            "The strike of the dockers in Rostrup went on for 11 days.",
            "Henrike Vos's union accepted 4.5 percent and a one-time 800 euros.",
        ),
        (1, "800 euros", "8,000 euros"),
        (1, "Henrike Vos", "Annika Brandt"),
        "The union did not accept the offer.",
        (1, "4.5 percent", "7 percent"),
    ),
    Fact(
        "The glassworks in Steinach will close at the end of March 2032, and 265 people lose their "
        "jobs. Its owner, Kaldor Group, blames the price of gas, which has risen by two thirds. "
        "Jovan Petrak of the works council says that 40 workers have found new jobs at the paper "
        "mill nearby. The kiln has burned since 1897.",
        (
            "265 jobs go when the glassworks in Steinach shuts at the end of March 2032.",
            "According to Jovan Petrak, the nearby paper mill has taken on 40 of the workers.",
        ),
        (0, "265 jobs", "625 jobs"),
        (1, "Jovan Petrak", "Milan Horvat"),
        "None of the workers has found a new job.",
        (0, "265 jobs", "40 jobs"),
    ),
    Fact(
        "A farmer found 1,130 silver coins in a field near Oldcombe while digging a ditch. The "
        "hoard, buried about 870, is worth 600,000 pounds. Curator Philippa Strand of the Wessmere "
        "Museum says that most of the coins were struck in Mercia; a third are damaged.",
        (
            "The Oldcombe hoard holds 1,130 silver coins and was buried around the year 870.",
            "Philippa Strand, a curator, says most of the coins come from Mercia.",
        ),
        (0, "1,130", "1,310"),
        (1, "Mercia", "Northumbria"),
        "None of the coins is damaged.",
        (0, "1,130", "600,000"),
    ),
    Fact(
        "Thieves took four paintings from the Galen Gallery on the night of 12 June; the alarm had "
        "been off for repairs. Together they are insured for 8.2 million francs. Inspector Yves "
        "Marchetti offers 50,000 francs for hints. One of them, “The Ferryman”, was found in a "
        "garage in Lugny three weeks later.",
        (
            "Four paintings, insured for 8.2 million francs, were stolen from the Galen Gallery in June.",
            "“The Ferryman” turned up three weeks later in a garage in Lugny.",
        ),
        (1, "three weeks", "five weeks"),
        (1, "Lugny", "Vernay"),
        "None of the paintings has been found.",
        (0, "8.2 million francs", "50,000 francs"),
    ),
)


def rows() -> list[dict[str, object]]:
    """Return the rows of the set, in order: what rules were tried on first, what came after last."""
    return [
        *_rows("zh", ZH),
        *_rows("en", EN),
        *_rows("zh", ZH_HELDOUT, first=len(ZH), split="heldout"),
        *_rows("en", EN_HELDOUT, first=len(EN), split="heldout"),
    ]


def _rows(
    language: str, facts: tuple[Fact, ...], *, first: int = 0, split: str | None = None
) -> list[dict[str, object]]:
    """Return the rows of some facts; without `split`, half of them are to tune and half to test."""
    made: list[dict[str, object]] = []
    for number, fact in enumerate(facts):
        other = facts[number ^ 1]  # the other fact of the pair
        sentences = [
            *[("true", sentence, fact.passage) for sentence in fact.true],
            ("figure", changed(fact, fact.figure), fact.passage),
            ("name", changed(fact, fact.name), fact.passage),
            ("citation", fact.true[number % 2], other.passage),
            ("negation", fact.negation, fact.passage),
        ]
        if fact.misplaced is not None:
            sentences.append(("misplaced", changed(fact, fact.misplaced), fact.passage))
        for index, (kind, sentence, passage) in enumerate(sentences, 1):
            made.append(
                {
                    "id": f"{language}{first + number + 1:02}-{index}",
                    "language": language,
                    "kind": kind,
                    # Pairs stay together: what the check was tried on, what it is reported on.
                    "split": split or ("tune" if number // 2 % 2 == 0 else "test"),
                    "sentence": sentence,
                    "cited": passage,
                    "supported": kind == "true",
                }
            )
    return made


def changed(fact: Fact, change: Change) -> str:
    """Return one of the fact's true sentences with something else in place of a part of it."""
    which, old, new = change
    sentence = fact.true[which]
    if sentence.count(old) != 1:
        raise ValueError(f"{old!r} is not once in {sentence!r}")
    return sentence.replace(old, new)


def main() -> None:
    """Write the file beside this one."""
    lines = [json.dumps(row, ensure_ascii=False) for row in rows()]
    path = Path(__file__).with_name("sentences.jsonl")
    path.write_text("\n".join(lines) + "\n", "utf-8")
    print(f"{path}: {len(lines)} rows")


if __name__ == "__main__":
    main()
