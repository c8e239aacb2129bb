from django.apps import AppConfig
from django.urls import register_converter

from office.areas.addresses import KeyConverter


class AreasConfig(AppConfig):
    name = "office.areas"
    verbose_name = "区划与组织"

    def ready(self):
        register_converter(KeyConverter, "key")
