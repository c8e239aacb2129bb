"""The people every good file must yield, whatever program made it, and the head they stand under."""

import datetime

from stdnum.cn.ric import calc_check_digit

SHEET = "党员名册"
# The roster's own titles, written out: the files must stay as they were made when a title changes.
TITLES = {
    "name": "姓名",
    "id_number": "公民身份号码",
    "sex": "性别",
    "birth_date": "出生日期",
    "phone": "联系电话",
    "stage": "人员类别",
    "relation": "关系类别",
    "compound": "居住小区",
    "branch": "所在党支部",
    "joined_on": "加入党组织日期",
    "full_on": "转为正式党员日期",
    "door": "楼栋房号",
}
KEYS = tuple(TITLES)
HEAD = ("序号", *TITLES.values())
DATES = ("birth_date", "joined_on", "full_on")


def id_number(born, sequence):
    """A number nobody has (sequence 9xx of an invented day list), with a right check digit."""
    body = f"330106{born:%Y%m%d}{sequence:03d}"
    return body + calc_check_digit(body + "0")


def _person(name, sex, born, sequence, phone, **more):
    return {
        "name": name,
        "id_number": id_number(born, sequence) if sequence else "",
        "sex": sex,
        "birth_date": born,
        "phone": phone,
        "stage": "正式党员",
        "relation": "直管",
        "compound": "湖畔",
        "branch": "湖畔党支部",
        "joined_on": datetime.date(2001, 7, 1),
        "full_on": datetime.date(2002, 7, 1),
        "door": "3栋502",
        **more,
    }


PEOPLE = (
    _person("欧阳建国", "男", datetime.date(1950, 3, 5), 951, "13900139001"),
    _person("阿依古丽·买买提", "女", datetime.date(1968, 12, 31), 942, "13900139002", door="1-2"),
    _person("丁宁", "男", datetime.date(1970, 1, 9), 933, "0571-87654321", door="（甲）：１"),
    _person(
        "李㛃",
        "女",
        datetime.date(1999, 2, 28),
        904,
        "13900139004",
        stage="预备党员",
        joined_on=datetime.date(2025, 12, 1),
        full_on=None,
    ),
    _person(
        "张敏",
        "女",
        datetime.date(1980, 10, 1),
        None,
        "13900139005",
        relation="在职报到",
        compound="公园",
        door="",
    ),
)


def lines(people=PEOPLE):
    """The people as rows under HEAD: numbered, dates as dates, nothing as None."""
    return [[number, *(person[key] or None for key in KEYS)] for number, person in enumerate(people, start=1)]


def changed(place, **cells):
    """PEOPLE with other cells for the one at `place`."""
    return tuple({**person, **cells} if number == place else person for number, person in enumerate(PEOPLE))
