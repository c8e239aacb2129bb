"""One process that takes a roster in on demand: `python -m bench.importer KIND FOLDER`, a line in, a line out.

FOLDER holds `roster.xlsx` and `before.sqlite3`; every import starts from a fresh copy of the latter, unless the line
says `keep`. `product` is the
deed behind the page: guarded reading in a child, preview, plan made anew, saving, before-images, trail. `floor` is the
same result by hand: calamine, the same checks once, executemany. `import_export` and `import_export_bulk` are
django-import-export by its documents; its admin runs every file twice, to show it and to save it, and so is it run here.
Each answer is JSON: seconds of CPU and of the clock for the preview and the saving, seconds the database was locked,
KiB of memory, and a digest of what was refused and what stands in the tables afterwards.
"""

import hashlib
import json
import resource
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, process_time

USER = "sec01"


# --- The product -------------------------------------------------------------------------------------------------


def product(path):
    from members import roster
    from office.imports import batches

    def preview():
        return roster.hand_in(path.read_bytes(), path.name, community=community(), by=_user(), at_once=True)

    def save(batch):
        if batch.to_save:
            batches.apply(batch, only_good=True, by=_user(), at_once=True)
        return batch.lines.filter(action="faulty").values_list("row", flat=True)

    return preview, save


def _user():
    from accounts.models import User

    return User.objects.get(username=USER)


def community():
    from accounts.roles import ROSTER_KEEPERS
    from office.areas.models import Community

    return Community.objects.within(_user().reach_as(*ROSTER_KEEPERS)).get()


# --- What every other importer is given ---------------------------------------------------------------------------


class Checks:
    """The product's own checks of a line, called in the shortest way: texts become values or ValueErrors."""

    def __init__(self):
        from django.utils import timezone

        from members.roster import _places

        self.home = community()
        self.places = _places(self.home)
        self.today = timezone.localdate()
        self.numbers = set()

    def values(self, cells):
        """(values of the person, of the member, ID number) of one line; `cells` maps a column's key to its text."""
        from members.entries import BACKGROUNDS, RELATIONS, SEXES, STAGES, YES_NO, contradictions
        from members.identity import fingerprint
        from office.chinese.dates import parse_date
        from office.chinese.digits import clean_phone, phone_problem
        from office.chinese.idnumber import birth_date_of, clean_id, id_problem, sex_of
        from office.chinese.names import clean_name, name_problem

        filled = {key: text for key, text in cells.items() if text}
        problems = []
        if not filled.get("name") or (problem := name_problem(filled["name"])):
            problems.append("姓名")
        person = {"name": clean_name(filled.get("name", "")), "id_fingerprint": None}
        member = {key: filled.get(key, "") for key in ("employer_org", "door")}
        number = ""
        if "id_number" in filled:
            if problem := id_problem(filled["id_number"], today=self.today):
                problems.append(problem)
            else:
                number = clean_id(filled["id_number"])
                person["id_fingerprint"] = fingerprint(number, self.home.town_id)
                person |= {"sex": sex_of(number), "birth_date": birth_date_of(number)}
                if number in self.numbers:
                    problems.append("重复")
                self.numbers.add(number)
        if "phone" in filled:
            if problem := phone_problem(filled["phone"]):
                problems.append(problem)
            person["phone"] = clean_phone(filled["phone"])
        for key, words, into in (
            ("sex", SEXES, person),
            ("stage", STAGES, member),
            ("relation", RELATIONS, member),
            ("background", BACKGROUNDS, member),
            ("owns_unit", YES_NO, member),
        ):
            if key in filled and filled[key] not in words:
                problems.append(filled[key])
            elif key in filled:
                into[key] = words[filled[key]]
            elif key in ("stage", "relation"):
                problems.append(key)
        for key, into in (("birth_date", person), ("joined_on", member), ("full_on", member)):
            if key in filled:
                day, precision = parse_date(filled[key], today=self.today)
                if day > self.today:
                    problems.append(key)
                into[key] = day
                if into is member:
                    member[key.replace("_on", "_precision")] = precision
        if "compound" in filled:
            member["home_compound_id"] = self.places.compound(filled["compound"])
        if "branch" in filled:
            member["branch_id"] = self.places.branch(filled["branch"])
        elif "home_compound_id" in member and member.get("relation") != "direct":
            member["branch_id"] = self.places.branch_covering(member["home_compound_id"])
        problems += [reason for _, reason in contradictions(person | member | {"today": self.today})]
        if problems:
            raise ValueError("；".join(problems))
        return person, member, number


def _texts(rows):
    """Cells by column key of rows that begin with the head."""
    from members.entries import COLUMNS

    keys = {column.title: column.key for column in COLUMNS}
    head = [keys[title] for title in next(rows)]
    for number, row in enumerate(rows, start=2):
        yield number, dict(zip(head, row, strict=True))


# --- The floor ---------------------------------------------------------------------------------------------------


def floor(path):
    """One pass: nothing is shown before it is saved, nothing can be taken back."""

    def save(_):
        from django.db import transaction
        from python_calamine import CalamineWorkbook

        rows = iter(CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python())
        checks, good, bad = Checks(), [], []
        for number, cells in _texts(rows):
            try:
                good.append(checks.values(cells))
            except ValueError:
                bad.append(number)
        with transaction.atomic():
            _write(good, checks)
        return bad

    return (lambda: None), save


def _write(good, checks):
    import uuid

    from django.db import connection

    from members.identity import seal
    from office.chinese.pinyin import pinyin_keys
    from office.chinese.strokes import stroke_key

    town, home = checks.home.town_id, checks.home.pk
    people, members, placements, places = [], [], [], []
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_fingerprint, name, phone, id, uuid FROM members_person WHERE town_id = %s", [town])
        by_number, by_phone = {}, {}
        for number, name, phone, *found in cursor.fetchall():
            by_number[number] = by_phone[name, phone] = found
        cursor.execute("SELECT max(id) FROM members_person")
        last = cursor.fetchone()[0]
        for person, member, number in good:
            known = person["id_fingerprint"] and by_number.get(person["id_fingerprint"])
            known = known or by_phone.get((person["name"], person["phone"]))
            if not known:
                last += 1
            key, own = known or (last, uuid.uuid4().hex)
            name, phone = person["name"], person["phone"]
            strokes = stroke_key(name)
            sealed = seal(number, uuid.UUID(own)) if number else ""
            people.append(
                (key, own, town, name, strokes, pinyin_keys(name), person.get("sex", ""), person.get("birth_date"),
                 phone, phone[-4:], sealed, person["id_fingerprint"])
            )  # fmt: skip
            branch, compound = member.get("branch_id"), member.get("home_compound_id")
            members.append(
                (key, town, home, branch, compound, strokes, member["stage"], member["relation"], member["joined_on"],
                 member["joined_precision"], member["full_on"], member["full_precision"], member["background"],
                 member["employer_org"], member.get("owns_unit", False), member["door"])
            )  # fmt: skip
            if not known:
                how = "registered" if member["relation"] == "in_service" else "recorded"
                placements.append((key, town, home, branch, member["relation"], how))
                places.append((key, town, home, branch, compound, f"{home}:{branch or ''}:{compound or ''}"))
        for sql, rows in ((PEOPLE, people), (MEMBERS, members), (PLACEMENTS, placements), (PLACES, places)):
            cursor.executemany(sql, rows)


PEOPLE = """INSERT INTO members_person (id, uuid, town_id, name, strokes, pinyin, sex, birth_date, phone, phone_tail,
id_sealed, id_fingerprint, political_status, unit) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'party', '')
ON CONFLICT (id) DO UPDATE SET name = excluded.name, strokes = excluded.strokes, pinyin = excluded.pinyin,
sex = excluded.sex, birth_date = excluded.birth_date, phone = excluded.phone, phone_tail = excluded.phone_tail"""
MEMBERS = """INSERT INTO members_member (person_id, town_id, community_id, branch_id, home_compound_id, strokes, stage,
relation, joined_on, joined_precision, full_on, full_precision, background, employer_org, owns_unit, door, status,
floating_out, version) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'normal', false, 1)
ON CONFLICT (person_id) DO UPDATE SET stage = excluded.stage, relation = excluded.relation, door = excluded.door,
branch_id = excluded.branch_id, home_compound_id = excluded.home_compound_id, version = members_member.version + 1"""
PLACEMENTS = """INSERT INTO members_placement (member_id, town_id, community_id, branch_id, relation, how,
starts_precision) VALUES (%s, %s, %s, %s, %s, %s, 'd')"""
PLACES = """INSERT INTO members_personplace (person_id, town_id, community_id, branch_id, compound_id, key)
VALUES (%s, %s, %s, %s, %s, %s)"""


# --- django-import-export ----------------------------------------------------------------------------------------


def import_export(path):
    return _resource(path, bulk=False)


def import_export_bulk(path):
    return _resource(path, bulk=True)


def _resource(path, *, bulk):
    """A resource for people whose membership follows; in bulk mode all look-ups are made beforehand."""
    import tablib
    from django.core.exceptions import ValidationError
    from django.db import models
    from import_export import resources
    from import_export.fields import Field

    from members.entries import COLUMNS
    from members.models import Member, Person, Placement
    from members.places import refresh

    keys = {column.title: column.key for column in COLUMNS}

    class Roster(resources.ModelResource):
        name, sex, phone = Field("name", "name"), Field("sex", "sex"), Field("phone", "phone")
        birth_date = Field("birth_date", "birth_date")
        id_fingerprint = Field("id_fingerprint", "id_fingerprint")

        class Meta:
            model = Person
            fields = ("name", "sex", "phone", "birth_date", "id_fingerprint")
            import_id_fields = ("name",)
            use_bulk = skip_diff = bulk
            batch_size = 2000

        def before_import(self, dataset, **kwargs):
            dataset.headers = [keys[title] for title in dataset.headers]
            self.checks, self.saved = Checks(), []
            if bulk:
                known = list(Person.objects.filter(town=self.checks.home.town_id).select_related("member"))
                self.numbers = {person.id_fingerprint: person for person in known if person.id_fingerprint}
                self.phones = {(person.name, person.phone): person for person in known}

        def before_import_row(self, row, **kwargs):
            try:
                person, row["member"], row["number"] = self.checks.values(row)
            except ValueError as problem:
                raise ValidationError(str(problem)) from problem
            row.update({"sex": "", "birth_date": None} | person)

        def get_instance(self, loader, row):
            if bulk:
                return self.numbers.get(row["id_fingerprint"]) or self.phones.get((row["name"], row["phone"]))
            own = Person.objects.filter(town=self.checks.home.town_id).select_related("member")
            found = row["id_fingerprint"] and own.filter(id_fingerprint=row["id_fingerprint"]).first()
            return found or own.filter(name=row["name"], phone=row["phone"]).first()

        def before_save_instance(self, person, row, **kwargs):
            person.town = self.checks.home.town
            person.political_status = Person.Political.PARTY
            if row["number"]:
                person.set_id_number(row["number"])
            if bulk:
                person.copy_scope()

        def after_save_instance(self, person, row, **kwargs):
            if bulk:
                self.saved.append((person, row["member"], person._state.adding))
                return
            values = row["member"] | {"community": self.checks.home}
            member, new = Member.objects.update_or_create(person=person, defaults=values)
            if new:
                _placement(member).save()
            refresh([person.pk])

        def after_import(self, dataset, result, **kwargs):
            if not bulk or kwargs.get("dry_run"):
                return
            new, old = [], []
            for person, values, is_new in self.saved:
                member = Member(person=person, community=self.checks.home) if is_new else person.member
                for name, value in values.items():
                    setattr(member, name, value)
                (new if is_new else old).append(member)
            Member.objects.bulk_create(new, batch_size=2000)
            # 本系统的 update 不让改归属列，别家没有这个规矩。
            models.QuerySet(Member).bulk_update(old, MEMBERSHIP, batch_size=2000)
            Placement.objects.bulk_create([_placement(member) for member in new], batch_size=2000)
            refresh([person.pk for person, _, _ in self.saved])

    def _placement(member):
        registered = member.relation == Member.Relation.IN_SERVICE
        how = Placement.How.REGISTERED if registered else Placement.How.RECORDED
        return Placement(member=member, community=member.community, branch_id=member.branch_id,
                         relation=member.relation, how=how)  # fmt: skip

    def run(dry_run):
        dataset = tablib.Dataset().load(path.read_bytes(), format="xlsx")
        return Roster().import_data(dataset, dry_run=dry_run, use_transactions=True)

    def save(_):
        result = run(dry_run=False)
        if result.has_errors():
            raise RuntimeError([str(error.error) for error in result.base_errors] or "有的行没有导入")
        return [row.number + 1 for row in result.invalid_rows]

    return lambda: run(dry_run=True), save


MEMBERSHIP = (
    "stage", "relation", "branch", "home_compound", "joined_on", "joined_precision", "full_on", "full_precision",
    "background", "employer_org", "owns_unit", "door",
)  # fmt: skip


KINDS = {
    "product": product,
    "floor": floor,
    "import_export": import_export,
    "import_export_bulk": import_export_bulk,
}


# --- Measured ----------------------------------------------------------------------------------------------------


def _digest(refused):
    """Stands for the refused rows and for everybody in the community as the tables have them now."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(STATE, [community().pk])
        told = [sorted(refused), cursor.fetchall()]
    return hashlib.sha256(json.dumps(told, default=str).encode()).hexdigest()


STATE = """SELECT n.name, n.sex, n.phone, n.birth_date, n.id_fingerprint, n.id_sealed <> '', n.strokes, n.pinyin,
m.branch_id, m.home_compound_id, m.stage, m.relation, m.joined_on, m.full_on, m.full_precision, m.background,
m.employer_org, m.owns_unit, m.door, m.status, m.strokes, m.version > 0,
(SELECT count(*) FROM members_placement p WHERE p.member_id = n.id AND p.ends_on IS NULL AND p.branch_id = m.branch_id),
(SELECT group_concat(x.key) FROM members_personplace x WHERE x.person_id = n.id)
FROM members_member m JOIN members_person n ON n.id = m.person_id WHERE m.community_id = %s
ORDER BY n.name, n.phone, n.id_fingerprint, n.birth_date, m.joined_on, n.id"""


@contextmanager
def locks(connection):
    """A list of the seconds for which this connection held the database: from BEGIN IMMEDIATE to its end."""
    held, since = [], []
    commit, rollback = connection.commit, connection.rollback

    def note(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        if sql.startswith("BEGIN"):
            since.append(monotonic())
        return answer

    def ended(end):
        end()
        if since:
            held.append(monotonic() - since.pop())

    connection.commit, connection.rollback = lambda: ended(commit), lambda: ended(rollback)
    try:
        with connection.execute_wrapper(note):
            yield held
    finally:
        connection.commit, connection.rollback = commit, rollback


def _cpu():
    """Seconds of this process and of the children it has waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return process_time() + children.ru_utime + children.ru_stime


def _memory(what):
    """KiB of this process: VmRSS now, VmHWM at its highest."""
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith(what)).split()[1])


def take_in(work, connection):
    """Run one import; what it took."""
    preview, save = work
    with locks(connection) as held:
        cpu, clock = _cpu(), monotonic()
        shown = preview()
        cpu_between, clock_between = _cpu(), monotonic()
        refused = list(save(shown))
        cpu_end, clock_end = _cpu(), monotonic()
    return {
        "preview": cpu_between - cpu,
        "save": cpu_end - cpu_between,
        "clock": clock_end - clock,
        "clock_preview": clock_between - clock,
        "locked": sum(held),
        "longest": max(held, default=0),
        "peak": _memory("VmHWM"),
        "result": _digest(refused),
        "new": getattr(shown, "new", None),
        "changed": getattr(shown, "changed", None),
    }


def _fresh(database, folder, connection):
    connection.close()
    for suffix in ("", "-wal", "-shm"):
        Path(f"{database}{suffix}").unlink(missing_ok=True)
    shutil.copy(folder / "before.sqlite3", database)


def main(kind, folder):
    answers, sys.stdout = sys.stdout, sys.stderr
    import django

    django.setup()
    from django.db import connection

    folder = Path(folder)
    work = KINDS[kind](folder / "roster.xlsx")
    database = Path(connection.settings_dict["NAME"])
    for order in sys.stdin:
        if order != "keep\n":
            _fresh(database, folder, connection)
        before = _memory("VmRSS")
        print(json.dumps(take_in(work, connection) | {"before": before}), file=answers, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
