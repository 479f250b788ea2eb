"""The door for machines: a unit's notices of dues, and how to pay them."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from members.api import On, Page, UnitScoped
from members.dues_year import missing_of_each
from members.models import BankAccount, DuesNotice
from members.remarks import remark


class AccountSerializer(serializers.ModelSerializer):
    class Meta:
        model = BankAccount
        fields = ["holder", "bank", "number", "cnaps"]


class NoticeSerializer(serializers.ModelSerializer):
    tier = serializers.SlugRelatedField("code", read_only=True)
    missing = serializers.DecimalField(12, 2, label=_("yuan still to be paid on the day"))
    remark = serializers.SerializerMethodField(label=_("the remark to write beside the transfer"))
    account = serializers.SerializerMethodField(label=_("the account to pay to"))

    class Meta:
        model = DuesNotice
        fields = [
            *("id", "unit", "kind", "year", "tier", "amount", "missing", "due_on"),
            *("raised_at", "remark", "account"),
        ]

    def get_remark(self, notice) -> str:
        return remark(notice.unit.name, notice.year)

    @extend_schema_field(AccountSerializer(allow_null=True))
    def get_account(self, notice) -> dict | None:
        account = self.context["account"]
        return AccountSerializer(account).data if account else None


class NoticeQuery(Page, On):
    year = serializers.IntegerField(
        min_value=1990, max_value=2100, required=False, help_text=_("Dues of this year only.")
    )


@extend_schema_view(
    list=extend_schema(summary=_("A unit's notices of dues, and how to pay them")),
    retrieve=extend_schema(summary=_("One notice of dues")),
)
class Notices(UnitScoped, ReadOnlyModelViewSet):
    queryset = DuesNotice.objects.standing().select_related("unit", "tier")
    serializer_class = NoticeSerializer
    queries = {"list": NoticeQuery, "retrieve": On}

    def get_queryset(self):
        rows, year = super().get_queryset(), self.asked.get("year")
        return rows.filter(year=year) if year else rows

    def get_serializer_context(self):
        account = BankAccount.objects.filter(is_active=True).first()
        return super().get_serializer_context() | {"account": account}

    def paginate_queryset(self, queryset):
        return self._with_missing(super().paginate_queryset(queryset))

    def get_object(self):
        [notice] = self._with_missing([super().get_object()])
        return notice

    def _with_missing(self, notices: list[DuesNotice]) -> list[DuesNotice]:
        missing = missing_of_each(notices, self.asked_on())
        for notice in notices:
            notice.missing = missing[notice.pk]
        return notices
