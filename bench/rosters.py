"""Rosters of any length for one community: a tenth of the people is known already, 1.5 % of the lines are faulty."""

import random
from datetime import date, timedelta

from stdnum.cn.ric import calc_check_digit

from members.entries import COLUMNS

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国志文海林晓春燕飞宇浩然子轩雨欣怡佳琪梓涵思远"
KEYS = [column.key for column in COLUMNS]
KNOWN, FAULTY = 10, 67  # every tenth line, every 67th line
FAULTS = (
    {"id_number": "330106197003050011"},  # the last digit is wrong
    {"phone": "1380013800"},
    {"sex": "未知"},
    {"stage": "党员"},
    {"joined_on": "2031年7月1日", "full_on": None},
    {"joined_on": "1952年7月1日"},  # before the 18th birthday
    {"relation": "直管", "branch": None},
    {"name": "李1"},
)


def lines(count, *, compounds, branches, seed=1):
    """`count` lines as dicts by column key; the same seed gives the same people."""
    chance = random.Random(seed)
    return [_line(chance, number, compounds, branches) for number in range(count)]


def known(found):
    """The part of the lines that is on record before: good lines with what has changed since."""
    return [line | {"door": "旧址1号"} for line in found[::KNOWN]]


def handed_in(found):
    """The lines as the community hands them in, faults included; never in a line of somebody known."""
    faulty = [number for number in range(FAULTY - 1, len(found), FAULTY) if number % KNOWN]
    broken = {number: FAULTS[place % len(FAULTS)] for place, number in enumerate(faulty)}
    return [line | broken.get(number, {}) for number, line in enumerate(found)]


def write(path, found):
    """The lines as an .xlsx, the way our template is filled in: text, dates in words."""
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("党员名册")
        sheet.write_row(0, 0, [column.title for column in COLUMNS])
        for number, line in enumerate(found, start=1):
            for place, key in enumerate(KEYS):
                if line[key]:
                    sheet.write_string(number, place, line[key])


def _line(chance, number, compounds, branches):
    born = date(1945, 1, 1) + timedelta(days=chance.randrange(20_000))
    joined = date(born.year + 20 + chance.randrange(10), chance.randrange(1, 13), chance.randrange(1, 28))
    full = joined.replace(year=joined.year + 1)
    sequence = chance.randrange(1000)
    body = f"330106{born:%Y%m%d}{sequence:03d}"
    return {
        "name": chance.choice(SURNAMES) + "".join(chance.sample(GIVEN, 2)),
        # 五分之一没有写号码，按姓名和电话认。
        "id_number": body + calc_check_digit(body + "0") if chance.random() < 0.8 else None,
        "sex": "男" if sequence % 2 else "女",
        "birth_date": _words(born),
        "phone": f"139{number:08d}",
        "stage": "正式党员",
        "relation": chance.choice(("直管", "直管", "在职报到")),
        "compound": chance.choice(compounds),
        "branch": chance.choice(branches),
        "joined_on": _words(joined),
        "full_on": _words(full),
        "background": chance.choice(("离退休", "在职", "其他")),
        "employer_org": "区供水公司党委" if chance.random() < 0.3 else None,
        "door": f"{chance.randrange(1, 30)}栋{chance.randrange(101, 1900)}",
        "owns_unit": chance.choice(("是", "否", None)),
    }


def _words(day):
    return f"{day.year}年{day.month}月{day.day}日"
