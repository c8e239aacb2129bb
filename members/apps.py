from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"

    def ready(self):
        from members.roster import Roster  # noqa: PLC0415 (models can be imported only now)
        from office.imports import kinds  # noqa: PLC0415

        kinds.register(Roster())
        kinds.register_result("摸排情况表", "人有变动的，请到“导入名册”里传名册。", ending="情况")
