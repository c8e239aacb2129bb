from django.apps import AppConfig


class CommitteesConfig(AppConfig):
    name = "committees"

    def ready(self):
        from office.imports import kinds  # noqa: PLC0415 (models can be imported only now)

        kinds.register_result("业委会台账", "业委会现在还不能从表格导入。")
