import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('areas', '0001_initial'),
        ('members', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Meeting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.town')),
                ('community', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='meetings', to='areas.community', verbose_name='社区')),
                ('branch', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='meetings', to='areas.body', verbose_name='党支部')),
                ('compound', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='meetings', to='areas.compound', verbose_name='小区')),
                ('kind', models.CharField(choices=[('joint_meeting', '联席会议'), ('weekend_deliberation', '周末议事会'), ('residents_forum', '民情恳谈会'), ('member_meeting', '支部党员大会'), ('committee_meeting', '支委会'), ('group_meeting', '党小组会'), ('party_lecture', '党课'), ('theme_day', '主题党日'), ('org_life_meeting', '组织生活会'), ('member_appraisal', '民主评议党员'), ('community_study', '社区党委专题研究')], max_length=24, verbose_name='类型')),
                ('title', models.CharField(max_length=80, verbose_name='议题')),
                ('held_on', models.DateField(verbose_name='日期')),
                ('held_at', models.TimeField(blank=True, null=True, verbose_name='时间')),
                ('place', models.CharField(blank=True, max_length=60, verbose_name='地点')),
                ('chair', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.person', verbose_name='主持人')),
                ('recorder', models.CharField(blank=True, max_length=40, verbose_name='记录人')),
                ('discussion', models.TextField(blank=True, max_length=20000, verbose_name='讨论情况')),
                ('expected', models.PositiveSmallIntegerField(default=0, verbose_name='应到')),
                ('present', models.PositiveSmallIntegerField(default=0, verbose_name='实到')),
                ('state', models.CharField(choices=[('draft', '草稿'), ('filed', '已录入'), ('confirmed', '支部已确认')], default='filed', max_length=12, verbose_name='状态')),
                ('filed_at', models.DateTimeField(null=True, verbose_name='录入时间')),
                ('filed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('drafted_at', models.DateTimeField(null=True, verbose_name='起草时间')),
                ('drafted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('pending', models.JSONField(blank=True, default=dict, verbose_name='起草的内容')),
                ('changed_at', models.DateTimeField(null=True, verbose_name='修改时间')),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('confirmed_at', models.DateTimeField(null=True, verbose_name='确认时间')),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('objection', models.CharField(blank=True, max_length=200, verbose_name='支部说哪里不对')),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'verbose_name': '会议',
                'ordering': ['-held_on', '-id'],
                'indexes': [models.Index(fields=['town', 'held_on', 'id'], name='meeting_town'), models.Index(fields=['community', 'kind', 'held_on'], name='meeting_community'), models.Index(fields=['branch', 'kind', 'held_on'], name='meeting_branch'), models.Index(fields=['compound', 'kind', 'held_on'], name='meeting_compound')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('filed_at', None), ('state', 'draft')), models.Q(models.Q(('state', 'draft'), _negated=True), ('filed_at__isnull', False), ('filed_by__isnull', False)), _connector='OR'), name='meeting_filed_when_not_a_draft'), models.CheckConstraint(condition=models.Q(('present__lte', models.F('expected'))), name='meeting_present_within_expected')],
            },
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='meetings.meeting')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.town')),
                ('community', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.community')),
                ('branch', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.body')),
                ('compound', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.compound')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('number', models.PositiveIntegerField(verbose_name='编号')),
                ('text', models.CharField(max_length=200, verbose_name='决定')),
                ('owner_person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='members.person')),
                ('owner_body', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.body')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='期限')),
                ('done_on', models.DateField(blank=True, null=True, verbose_name='办结日期')),
                ('outcome', models.CharField(blank=True, max_length=200, verbose_name='办理结果')),
            ],
            options={
                'verbose_name': '会议决定',
                'indexes': [models.Index(fields=['town', 'done_on', 'due_on'], name='decision_town'), models.Index(fields=['community', 'done_on', 'due_on'], name='decision_community'), models.Index(fields=['branch', 'done_on', 'due_on'], name='decision_branch'), models.Index(fields=['compound', 'done_on', 'due_on'], name='decision_compound')],
                'constraints': [models.UniqueConstraint(fields=('community', 'year', 'number'), name='decision_number_once'), models.CheckConstraint(condition=models.Q(('owner_person', None), ('owner_body', None), _connector='OR'), name='decision_one_owner')],
            },
        ),
        migrations.CreateModel(
            name='DecisionStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='meetings.decision')),
                ('what', models.CharField(choices=[('progress', '进展'), ('done', '办结'), ('postponed', '延期'), ('reopened', '重新办理')], max_length=12, verbose_name='办理情况')),
                ('text', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                ('on', models.DateField(verbose_name='日期')),
                ('due_before', models.DateField(null=True, verbose_name='原期限')),
                ('due_after', models.DateField(null=True, verbose_name='新期限')),
                ('filled_for', models.CharField(blank=True, max_length=60, verbose_name='代录')),
                ('at', models.DateTimeField(verbose_name='记录时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '办理情况',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Attendance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attendance', to='meetings.meeting')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='attendance', to='members.person')),
                ('guest', models.CharField(blank=True, max_length=40, verbose_name='来宾姓名')),
                ('represents', models.CharField(blank=True, max_length=60, verbose_name='代表')),
                ('status', models.CharField(choices=[('present', '到会'), ('leave', '请假'), ('absent', '缺席'), ('observer', '列席')], default='present', max_length=12, verbose_name='到会')),
                ('note', models.CharField(blank=True, max_length=60, verbose_name='说明')),
            ],
            options={
                'verbose_name': '到会情况',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('guest', ''), ('person__isnull', False)), models.Q(('person', None), models.Q(('guest', ''), _negated=True)), _connector='OR'), name='attendance_person_or_guest'), models.UniqueConstraint(condition=models.Q(('person__isnull', False)), fields=('meeting', 'person'), name='attendance_once')],
            },
        ),
        migrations.CreateModel(
            name='MeetingBody',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bodies', to='meetings.meeting')),
                ('body', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.body')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.town')),
                ('community', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.community')),
                ('branch', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.body')),
                ('compound', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.compound')),
                ('part', models.CharField(choices=[('convener', '召集'), ('attending', '参加')], default='attending', max_length=12)),
            ],
            options={
                'verbose_name': '参会组织',
                'indexes': [models.Index(fields=['community', 'meeting'], name='meetingbody_community'), models.Index(fields=['branch', 'meeting'], name='meetingbody_branch'), models.Index(fields=['compound', 'meeting'], name='meetingbody_compound')],
            },
        ),
        migrations.CreateModel(
            name='MeetingVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='meetings.meeting')),
                ('number', models.PositiveIntegerField(verbose_name='第几版')),
                ('content', models.JSONField(verbose_name='内容')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(null=True, verbose_name='时间')),
                ('was_confirmed', models.BooleanField(default=False, verbose_name='支部确认过')),
            ],
            options={
                'verbose_name': '会议记录旧版',
                'ordering': ['-number'],
                'constraints': [models.UniqueConstraint(fields=('meeting', 'number'), name='meetingversion_once')],
            },
        ),
        migrations.CreateModel(
            name='DecisionRegister',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.community')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.town')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('last', models.PositiveIntegerField(default=0, verbose_name='用到第几号')),
            ],
            options={
                'verbose_name': '决定编号',
                'constraints': [models.UniqueConstraint(fields=('community', 'year'), name='decisionregister_once_a_year')],
            },
        ),
    ]
