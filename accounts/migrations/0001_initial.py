import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('areas', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('username', models.CharField(error_messages={'unique': '这个账号名已有人用，请换一个。'}, max_length=40, unique=True, verbose_name='账号')),
                ('name', models.CharField(max_length=40, verbose_name='姓名')),
                ('phone', models.CharField(blank=True, max_length=20, verbose_name='联系电话')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='users', to='areas.town', verbose_name='镇')),
                ('is_active', models.BooleanField(default=True, verbose_name='启用')),
                ('is_demo', models.BooleanField(default=False, verbose_name='试用账号')),
                ('must_change_password', models.BooleanField(default=False, verbose_name='须改口令')),
                ('password_changed_at', models.DateTimeField(null=True, verbose_name='口令修改时间')),
                ('session_version', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': '账号',
                'ordering': ['town_id', 'username'],
            },
        ),
        migrations.CreateModel(
            name='SlipSwitch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('town', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.town', verbose_name='镇')),
                ('on', models.BooleanField(default=True, verbose_name='启用')),
                ('set_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('set_at', models.DateTimeField(verbose_name='设定时间')),
            ],
            options={
                'verbose_name': '扫码登录条开关',
            },
        ),
        migrations.CreateModel(
            name='Assignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(blank=True, null=True, verbose_name='起')),
                ('starts_precision', models.CharField(choices=[('d', '日'), ('m', '月'), ('y', '年')], default='d', max_length=1, verbose_name='起始日期准到')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='止')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to=settings.AUTH_USER_MODEL, verbose_name='账号')),
                ('role', models.CharField(choices=[('town_office', '镇党建办'), ('town_leader', '镇领导'), ('guidance', '指导组'), ('community_secretary', '社区书记'), ('community_worker', '社区党务工作者'), ('liaison', '社区联系干部'), ('branch_secretary', '支部书记'), ('compound_worker', '小区工作人员'), ('system_admin', '系统管理员'), ('security_admin', '安全管理员'), ('auditor', '审计管理员')], max_length=24, verbose_name='职责')),
                ('body', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='areas.body', verbose_name='所在组织')),
                ('compound', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='areas.compound', verbose_name='小区')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.town')),
                ('community', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.community')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='兼任理由')),
            ],
            options={
                'verbose_name': '职责',
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('starts_on', None), ('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='accounts_assignment_dates_in_order', violation_error_message='结束日期不能早于开始日期。'), models.CheckConstraint(condition=models.Q(models.Q(('body', None), ('compound__isnull', False), ('role', 'compound_worker')), models.Q(models.Q(('role', 'compound_worker'), _negated=True), ('body__isnull', False), ('compound', None)), _connector='OR'), name='assignment_to_a_body_or_a_compound', violation_error_message='小区工作人员要选小区，其他职责要选所在组织。'), models.UniqueConstraint(condition=models.Q(('compound', None), ('ends_on', None)), fields=('user', 'role', 'body'), name='assignment_open_once_per_body'), models.UniqueConstraint(condition=models.Q(('body', None), ('ends_on', None)), fields=('user', 'role', 'compound'), name='assignment_open_once_per_compound')],
            },
        ),
        migrations.CreateModel(
            name='Feedback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='feedback', to=settings.AUTH_USER_MODEL, verbose_name='提出人')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.town')),
                ('page', models.CharField(blank=True, max_length=200, verbose_name='在哪一页')),
                ('text', models.TextField(max_length=1000, verbose_name='意见建议')),
                ('given_at', models.DateTimeField(auto_now_add=True, verbose_name='提出时间')),
                ('answer', models.TextField(blank=True, max_length=1000, verbose_name='答复')),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('answered_at', models.DateTimeField(null=True, verbose_name='答复时间')),
                ('token', models.UUIDField(unique=True, verbose_name='防重复提交')),
            ],
            options={
                'verbose_name': '意见建议',
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('answered_by', None)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False)), _connector='OR'), name='feedback_answered_at_and_by_together')],
            },
        ),
        migrations.CreateModel(
            name='LoginSlip',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='slips', to=settings.AUTH_USER_MODEL, verbose_name='给谁用')),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.body', verbose_name='党支部')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.town')),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.community')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁开的')),
                ('made_at', models.DateTimeField(verbose_name='开条时间')),
                ('expires_at', models.DateTimeField(verbose_name='有效到')),
                ('used_at', models.DateTimeField(null=True, verbose_name='使用时间')),
                ('device', models.CharField(blank=True, max_length=40, verbose_name='设备')),
                ('revoked_at', models.DateTimeField(null=True, verbose_name='收回时间')),
                ('revoked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '扫码登录条',
                'indexes': [models.Index(fields=['user', 'used_at'], name='loginslip_user'), models.Index(fields=['branch', 'made_at'], name='loginslip_branch')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('revoked_at', None), ('revoked_by', None)), models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), _connector='OR'), name='loginslip_revoked_at_and_by_together'), models.CheckConstraint(condition=models.Q(('user', models.F('made_by')), _negated=True), name='loginslip_not_for_oneself')],
            },
        ),
    ]
