"""The filter bars of the list of 公文 and of the 发文登记簿."""

import django_filters
from django.db.models import Q
from django.utils import timezone

from office.areas.filters import ScopedFilterSet, search_field
from office.papers.models import ISSUED, ON_THE_WAY, WRITABLE, Document, DocumentNumber, Kind, NumberRegister, Stage

FIRST_YEAR = 2020


def _years():
    return [(str(year), f"{year}年") for year in range(timezone.localdate().year, FIRST_YEAR - 1, -1)]


class DocumentFilter(ScopedFilterSet):
    """Narrows a Document queryset."""

    places = ("community",)

    STAGES = {"writing": WRITABLE, "waiting": ON_THE_WAY, "issued": ISSUED, "void": (Stage.VOID,)}

    q = django_filters.CharFilter(label="标题或字号", method="by_words", widget=search_field())
    kind = django_filters.ChoiceFilter(choices=Kind, label="文种", empty_label="全部文种")
    stage = django_filters.ChoiceFilter(
        choices=[("writing", "拟稿"), ("waiting", "待审核签发"), ("issued", "已签发"), ("void", "作废")],
        label="进展",
        empty_label="全部",
        method="by_stage",
    )
    community = django_filters.ChoiceFilter(label="社区", empty_label="镇和全部社区")

    class Meta:
        model = Document
        fields = ["q", "kind", "stage", "community"]

    def by_words(self, queryset, name, value):
        return queryset.filter(Q(title__contains=value) | Q(number__contains=value))

    def by_stage(self, queryset, name, value):
        return queryset.filter(state__in=self.STAGES[value])


class RegisterFilter(ScopedFilterSet):
    """Narrows the numbers of the 发文登记簿."""

    year = django_filters.ChoiceFilter(
        choices=_years, field_name="register__year", label="年度", empty_label="全部年度"
    )
    register = django_filters.ChoiceFilter(label="机关代字", empty_label="全部代字", field_name="register__word")

    class Meta:
        model = DocumentNumber
        fields = ["year", "register"]

    def __init__(self, data, *, user, queryset):
        super().__init__(data, user=user, queryset=queryset)
        words = NumberRegister.objects.visible_to(user).order_by("word").values_list("word", flat=True).distinct()
        self.form.fields["register"].choices = [(word, word) for word in words]
