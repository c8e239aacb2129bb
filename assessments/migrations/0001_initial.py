import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('areas', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='BranchReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='areas.body', verbose_name='党支部')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.town')),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.community')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('state', models.CharField(choices=[('draft', '还没有提交'), ('submitted', '已提交'), ('returned', '退回修改'), ('received', '已收下')], default='draft', max_length=12, verbose_name='状态')),
                ('numbers', models.JSONField(blank=True, default=list, verbose_name='提交时的数字')),
                ('checked_at', models.DateTimeField(null=True, verbose_name='核对数字时间')),
                ('mended', models.TextField(blank=True, max_length=200, verbose_name='上年的问题改得怎么样')),
                ('chosen', models.JSONField(blank=True, default=list, verbose_name='选出的事')),
                ('done', models.TextField(blank=True, max_length=600, verbose_name='做成的事')),
                ('problem', models.TextField(blank=True, max_length=200, verbose_name='今年最大的问题')),
                ('cause', models.TextField(blank=True, max_length=200, verbose_name='为什么没解决好')),
                ('plan', models.TextField(blank=True, max_length=200, verbose_name='明年打算')),
                ('submitted_at', models.DateTimeField(null=True, verbose_name='提交时间')),
                ('submitted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('comment', models.CharField(blank=True, max_length=200, verbose_name='社区意见')),
                ('received_at', models.DateTimeField(null=True, verbose_name='收下时间')),
                ('received_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('saved_at', models.DateTimeField(null=True, verbose_name='最后保存')),
                ('saved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('filled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='代填人')),
                ('filled_at', models.DateTimeField(null=True, verbose_name='代填时间')),
                ('offered_at', models.DateTimeField(null=True, verbose_name='请书记确认时间')),
                ('signed_on', models.DateField(null=True, verbose_name='书记签字日期')),
                ('seen_by', models.CharField(blank=True, max_length=40, verbose_name='看着签字的人')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='代录人')),
                ('reminded_at', models.DateTimeField(null=True, verbose_name='提醒时间')),
                ('reminded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'verbose_name': '支部书记述职',
                'indexes': [models.Index(fields=['town', 'year', 'state'], name='branchreport_town'), models.Index(fields=['community', 'year', 'state'], name='branchreport_community')],
                'constraints': [models.UniqueConstraint(fields=('branch', 'year'), name='branchreport_once_a_year'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'draft'), ('submitted_at', None)), models.Q(models.Q(('state', 'draft'), _negated=True), ('submitted_at__isnull', False), ('submitted_by__isnull', False)), _connector='OR'), name='branchreport_submitted_when_not_a_draft'), models.CheckConstraint(condition=models.Q(models.Q(('received_at__isnull', False), ('received_by__isnull', False), ('state', 'received')), models.Q(models.Q(('state', 'received'), _negated=True), ('received_at', None), ('received_by', None)), _connector='OR'), name='branchreport_received_at_and_by_together'), models.CheckConstraint(condition=models.Q(models.Q(('filled_at', None), ('filled_by', None), ('offered_at', None)), models.Q(('filled_at__isnull', False), ('filled_by__isnull', False)), _connector='OR'), name='branchreport_filled_at_and_by_together'), models.CheckConstraint(condition=models.Q(models.Q(('recorded_by', None), ('seen_by', ''), ('signed_on', None)), models.Q(('filled_by__isnull', False), ('recorded_by__isnull', False), ('signed_on__isnull', False), models.Q(('seen_by', ''), _negated=True)), _connector='OR'), name='branchreport_signed_paper_is_told_whole'), models.CheckConstraint(condition=models.Q(('recorded_by', None), models.Q(('recorded_by', models.F('filled_by')), _negated=True), _connector='OR'), name='branchreport_signed_paper_recorded_by_another'), models.CheckConstraint(condition=models.Q(models.Q(('reminded_at', None), ('reminded_by', None)), models.Q(('reminded_at__isnull', False), ('reminded_by__isnull', False)), _connector='OR'), name='branchreport_reminded_at_and_by_together')],
            },
        ),
        migrations.CreateModel(
            name='NumberDispute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disputes', to='assessments.branchreport')),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.body', verbose_name='党支部')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.town')),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.community')),
                ('key', models.CharField(max_length=40, verbose_name='哪个数字')),
                ('label', models.CharField(max_length=80, verbose_name='数字名称')),
                ('shown', models.CharField(max_length=20, verbose_name='系统里的数')),
                ('claimed', models.PositiveIntegerField(verbose_name='应该是多少')),
                ('note', models.CharField(blank=True, max_length=60, verbose_name='说明')),
                ('said_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('said_at', models.DateTimeField(verbose_name='提出时间')),
                ('outcome', models.CharField(blank=True, choices=[('mended', '已更正'), ('stands', '经核对无误')], max_length=10, verbose_name='核对结果')),
                ('answer', models.CharField(blank=True, max_length=100, verbose_name='答复')),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('answered_at', models.DateTimeField(null=True, verbose_name='答复时间')),
            ],
            options={
                'verbose_name': '数字更正',
                'indexes': [models.Index(fields=['town', 'outcome'], name='numberdispute_town'), models.Index(fields=['community', 'outcome'], name='numberdispute_community'), models.Index(fields=['branch', 'outcome'], name='numberdispute_branch')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('outcome', '')), fields=('report', 'key'), name='numberdispute_open_once_a_number'), models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at', None), ('answered_by', None), ('outcome', '')), models.Q(models.Q(('outcome', ''), _negated=True), models.Q(('answer', ''), _negated=True), ('answered_at__isnull', False), ('answered_by__isnull', False)), _connector='OR'), name='numberdispute_answered_at_and_by_together'), models.CheckConstraint(condition=models.Q(('answered_by', None), models.Q(('answered_by', models.F('said_by')), _negated=True), _connector='OR'), name='numberdispute_answered_by_another')],
            },
        ),
    ]
