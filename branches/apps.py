from django.apps import AppConfig


class BranchesConfig(AppConfig):
    name = "branches"

    def ready(self):
        from branches.import_branch_forms import BranchTable  # noqa: PLC0415 (models can be imported only now)
        from branches.import_compound_forms import CompoundTable  # noqa: PLC0415
        from office.imports import kinds  # noqa: PLC0415

        kinds.register_result("阵地七有台账", "七有在各支部的“阵地七有”页勾选，不从表格导入。")
        kinds.register_result("活动场所台账", "活动场所在“活动场所”页登记和修改，不从表格导入。")
        kinds.register_result("支部班子台账", "班子不从表格导入，请在各支部的“班子”页登记任职。")
        kinds.register_result("片区台账", "片区不从表格导入，请在“片区”页划分。")
        kinds.register_result("网格台账", "网格不从表格导入，请在“网格”页划分。")
        kinds.register_result("指导组走访台账", "走访不从表格导入，请在“指导组”页登记。")
        kinds.register_result("经费台账", "经费不从表格导入，请在“经费”页一笔一笔登记。")
        kinds.register_result("党支部设立调整台账", "设立、调整、撤销要一件一件办，请在“设立调整”里起草。")
        kinds.register_result("小区覆盖任务表", "覆盖情况由记录算出；下一步在“小区覆盖”页写。")
        kinds.register(CompoundTable())
        kinds.register(BranchTable())
