"""Invented people: names as they were given in their time, telephone and ID numbers that belong to nobody."""

from stdnum.cn.ric import calc_check_digit

# 姓氏按常见程度排列，前面的多、后面的少。
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金"
    "韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺顾毛郝龚邵万覃武钱戴严莫孔向常汤"
)
COMPOUND_SURNAMES = ("欧阳", "上官", "诸葛", "司徒")

# 名字跟着年代走：(出生年份上限, 男单字, 男双字, 女单字, 女双字)
GENERATIONS = (
    (
        1950,
        "忠 贵 福 顺 才 义 富 山 发 祥",
        "德明 国栋 永福 志忠 长贵 德胜 万山 有才 福生 金山 启明 兴邦 学文 广田 宝成 世昌 守义 玉林 传义 树林 家发 克勤 怀德 正元 春生",
        "英 珍 兰 芳 贞 芝 莲",
        "秀英 桂兰 玉珍 秀兰 桂英 淑珍 凤英 素芬 玉兰 月英 翠花 惠珍 金凤 桂芝 素珍 秋菊 春兰 玉梅 淑芳 菊香 兰英",
    ),
    (
        1968,
        "军 平 刚 斌 林 忠 辉 华 明 富 云",
        "建国 建华 国强 志强 卫东 建军 爱国 跃进 国庆 援朝 新民 永强 志明 德华 建平 卫国 文革 红军 少东 胜利 长江 光明 学军 大富 宏伟 "
        "振华 立新 树声 保国 大鸣 向东 广生",
        "红 敏 萍 华 霞 英 玲 静",
        "丽华 秀兰 建英 桂芳 爱华 玉华 丽萍 红梅 淑华 秀珍 卫红 美玲 小英 凤霞 月娥 翠英 惠兰 亚萍 春梅 爱玲 金花 玉芬 雪梅 建红 桂香",
    ),
    (
        1985,
        "伟 强 勇 军 涛 超 斌 鹏 辉 刚 磊 波 健 峰 亮 飞 云",
        "志刚 海涛 文斌 建波 晓东 永刚 国平 志勇 大伟 春雷 立军 新华 俊峰 少华 国华 宏斌 海波 卫华 庆东 小宁 天明 金龙 荣华 明辉 一鹏 剑锋",
        "丽 艳 芳 静 娟 敏 燕 红 霞 娜 琴 慧 莉 琳",
        "丽娟 海燕 春燕 晓红 秋霞 雪梅 丽娜 小燕 桂花 艳红 文娟 晓丽 玉洁 美华 冬梅 婷婷 爱琴 丽君 晓燕 小红 雅琴 秀云 红霞 素琴",
    ),
    (
        9999,
        "磊 鑫 杰 浩 凯 帅 超 宇 博 晨 阳 翔 帆 喆",
        "志远 浩然 文博 俊杰 子豪 宇航 天宇 明轩 嘉伟 思远 一帆 家豪 子涵 泽宇 晓峰 鹏程 文轩 佳明 晨曦 昊天 一鸣 皓轩 逸飞 展鹏",
        "婷 静 雪 颖 倩 洁 琪 瑶 蕾 璐 悦 萌",
        "雨欣 佳怡 思雨 梦洁 雅婷 诗涵 欣怡 晓雯 文静 梓涵 佳琪 若曦 雨桐 可欣 梦瑶 静怡 子萱 思琪 慧敏 雪莹 晓彤 佳慧",
    ),
)

# 电脑上最容易出错的姓名：生僻字、少数民族姓名、复姓。每镇都有。
UNUSUAL = (
    ("陈䶮", "M", 1986),
    ("王㛃", "F", 1991),
    ("李𠅤", "M", 1979),
    ("吴喆", "M", 1994),
    ("刘堃", "M", 1972),
    ("阿依古丽·买买提", "F", 1988),
    ("买合木提·艾山", "M", 1969),
    ("欧阳建国", "M", 1957),
    ("上官云", "F", 1965),
    ("曾国强", "M", 1961),
    ("仇永福", "M", 1948),
    ("单丽萍", "F", 1966),
)

# 没有分配给任何县的区划代码，也没有分配给运营商的号段：编出来的号码不会是谁的真号码。
ID_PREFIX = "119999"
PHONE_PREFIXES = ("142", "143", "154", "161", "163", "164")


def given_names(birth_year, sex):
    """The single and the double given names of that generation."""
    columns = next(columns for until, *columns in GENERATIONS if birth_year <= until)
    single, double = columns[:2] if sex == "M" else columns[2:]
    return single.split(), double.split()


class Namer:
    """Names, telephone and ID numbers of one town; every number once."""

    def __init__(self, random):
        self.random = random
        self.ids = set()
        self.phones = set()

    def name(self, sex, birth_year):
        r = self.random
        if r.random() < 0.008:
            surname = r.choice(COMPOUND_SURNAMES)
        else:
            surname = SURNAMES[int(r.random() ** 1.7 * len(SURNAMES))]
        single, double = given_names(birth_year, sex)
        if r.random() < (0.32 if birth_year > 1950 else 0.18):
            return surname + r.choice(single)
        if r.random() < 0.45:
            return surname + r.choice(double)
        # 同一代人的名字拆开再配，既像那个年代，又不会处处重名。
        first, last = r.choice(double)[0], r.choice(double)[-1]
        return surname + (first + last if first != last else first)

    def phone(self):
        while True:
            number = f"{self.random.choice(PHONE_PREFIXES)}{self.random.randrange(10**8):08d}"
            if number not in self.phones:
                self.phones.add(number)
                return number

    def id_number(self, birth, sex):
        while True:
            sequence = self.random.randrange(1, 500) * 2 - (sex == "M")
            body = f"{ID_PREFIX}{birth:%Y%m%d}{sequence:03d}"
            if body not in self.ids:
                self.ids.add(body)
                return body + calc_check_digit(body + "0")
