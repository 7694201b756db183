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


def rows() -> list[dict[str, object]]:
    """Return the rows of the set, in order."""
    made: list[dict[str, object]] = []
    for language, facts in (("zh", ZH), ("en", EN)):
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
                        "id": f"{language}{number + 1:02}-{index}",
                        "language": language,
                        "kind": kind,
                        # Pairs stay together: what the check was tried on, what it is reported on.
                        "split": "tune" if number // 2 % 2 == 0 else "test",
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
