"""Where a Chinese surname ends, and how surnames are read when the everyday reading is wrong."""

import re

from office.chinese.names import LATIN

# Two-character surnames (复姓) that are hardly ever a one-character surname and a given name.
_COMPOUND_TABLE = """
万俟 尉迟 欧阳 太史 端木 上官 司马 东方 独孤 南宫 夏侯 诸葛 闻人 皇甫 赫连 澹台 公冶 宗政 濮阳 淳于
单于 申屠 公孙 仲孙 轩辕 令狐 钟离 宇文 长孙 慕容 鲜于 闾丘 司徒 司空 亓官 司寇 颛孙 巫马 公西 漆雕
乐正 公良 拓跋 东郭 呼延 羊舌 微生 左丘 西门 南荣 第五 纳兰 完颜 百里 贺兰 尔朱 耶律
"""

# Readings as a surname, with tone numbers, only where the everyday reading differs. Two readings:
# both are borne, the commoner first.
_READINGS_TABLE = """
单:shan4 仇:qiu2 解:xie4 曾:zeng1 查:zha1 区:ou1 朴:piao2 翟:zhai2 盖:ge3 乐:yue4 任:ren2 华:hua4
纪:ji3 燕:yan1 哈:ha3 么:yao1 缪:miao4 覃:qin2/tan2 谌:chen2/shen4 员:yun4 贠:yun4 洗:xian3
郗:xi1/chi1 秘:bi4 折:she2 佴:nai4 召:shao4 祭:zhai4 种:chong2 繁:po2 宓:mi4/fu2 卜:bu3 撒:sa4
那:na1 能:nai4 黑:he4 角:jue2 牟:mu4/mou2 隗:wei3/kui2 句:gou1 粘:nian2 藏:zang1 薄:bo2 都:du1
干:gan1 葛:ge3 过:guo1 观:guan4 冠:guan4 乜:nie4 炅:gui4 郇:xun2/huan2 阚:kan4 於:yu1 占:zhan1
肖:xiao1 相:xiang4 适:kuo4 颉:xie2 给:ji3 车:che1/ju1 尉:wei4/yu4 莘:shen1/xin1
盛:sheng4/cheng2 万俟:mo4_qi2 尉迟:yu4_chi2
单于:chan2_yu2 长孙:zhang3_sun1 令狐:ling2_hu2 澹台:tan2_tai2 鲜于:xian1_yu2 亓官:qi2_guan1
乐正:yue4_zheng4 呼延:hu1_yan2 公冶:gong1_ye3 颛孙:zhuan1_sun1 漆雕:qi1_diao1
"""

_LATIN_WORD = re.compile(f"(?:{LATIN.pattern})+")

COMPOUND = frozenset(_COMPOUND_TABLE.split())

# Surname → its readings, each a list of syllables with tone numbers.
READINGS = {
    surname: [reading.split("_") for reading in readings.split("/")]
    for surname, readings in (entry.split(":") for entry in _READINGS_TABLE.split())
}


def split_name(name: str) -> tuple[str, str]:
    """Surname and the rest of a clean name: 欧阳少东 → (欧阳, 少东), 王伟 → (王, 伟), (John,  Smith)."""
    word = _LATIN_WORD.match(name)
    if word:
        return word.group(), name[word.end() :]
    length = 2 if len(name) > 2 and name[:2] in COMPOUND else 1
    return name[:length], name[length:]
