from django.apps import AppConfig


class BranchesConfig(AppConfig):
    name = "branches"

    def ready(self):
        from branches.import_branch_forms import BranchTable  # noqa: PLC0415 (models can be imported only now)
        from branches.import_compound_forms import CompoundTable  # noqa: PLC0415
        from office.imports import kinds  # noqa: PLC0415

        kinds.register(CompoundTable())
        kinds.register(BranchTable())
