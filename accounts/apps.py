from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self):
        from office.imports import kinds  # noqa: PLC0415 (models can be imported only now)

        kinds.register_result("操作记录", "操作记录由系统自己记，不能导入。")
