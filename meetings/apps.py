from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "meetings"

    def ready(self):
        from office.imports import kinds  # noqa: PLC0415 (models can be imported only now)

        kinds.register_result("会议台账", "会议不从表格导入，请在“会议与事项”里点“录入会议”，一次一次录。")
