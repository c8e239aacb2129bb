from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "office.imports"
    verbose_name = "导入"
