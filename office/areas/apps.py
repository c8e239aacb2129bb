from django.apps import AppConfig


class AreasConfig(AppConfig):
    name = "office.areas"
    verbose_name = "区划与组织"
