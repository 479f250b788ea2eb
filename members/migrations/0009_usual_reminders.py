"""The reminders to begin with; staff change them as they like."""

from django.db import migrations

USUAL = {
    -14: "您好！本年度会费的缴纳期限临近，请在截止日期前缴纳。如已汇款，请忽略本提醒。",
    1: "您好！贵单位的会费尚未到账，缴纳期限已过，请尽快缴纳。如已汇款，请上传汇款凭证，以便核对。",
    30: "您好！贵单位的会费逾期已满一个月，请尽快缴纳，以免影响享受会员服务。如有困难，请与我们联系。",
    60: "您好！贵单位的会费逾期已满两个月，请尽快缴纳。如有困难，请与我们联系，一起商量办法。",
}


def add(apps, schema_editor):
    rules = apps.get_model("members", "ReminderRule")
    rules.objects.bulk_create(rules(days=days, opening=text) for days, text in USUAL.items())


class Migration(migrations.Migration):
    dependencies = [("members", "0008_papers")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
