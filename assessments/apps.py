from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "assessments"

    def ready(self):
        from office.imports import kinds  # noqa: PLC0415 (models can be imported only now)

        kinds.register_result("述职收交情况", "述职由支部在系统里写，不从表格导入。")
