from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "office.audit"
    verbose_name = "操作记录"
