import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
import uuid
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
            name='Document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.town')),
                ('community', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.community', verbose_name='社区')),
                ('branch', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.body', verbose_name='党支部')),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='areas.body', verbose_name='发文机关')),
                ('kind', models.CharField(choices=[('minutes', '纪要'), ('notice', '通知'), ('request', '请示'), ('reply', '批复'), ('letter', '函')], max_length=10, verbose_name='文种')),
                ('title', models.CharField(max_length=120, verbose_name='标题')),
                ('mark', models.CharField(blank=True, max_length=40, verbose_name='纪要名称')),
                ('addressee', models.CharField(blank=True, max_length=200, verbose_name='主送机关')),
                ('body', models.JSONField(default=list, verbose_name='正文')),
                ('attachments', models.JSONField(default=list, verbose_name='附件')),
                ('present', models.CharField(blank=True, max_length=1000, verbose_name='出席')),
                ('on_leave', models.CharField(blank=True, max_length=1000, verbose_name='请假')),
                ('observers', models.CharField(blank=True, max_length=1000, verbose_name='列席')),
                ('cc', models.CharField(blank=True, max_length=300, verbose_name='抄送')),
                ('note', models.CharField(blank=True, max_length=120, verbose_name='附注')),
                ('urgency', models.CharField(blank=True, choices=[('urgent', '加急'), ('at_once', '特急')], max_length=10, verbose_name='紧急程度')),
                ('sealed', models.BooleanField(default=True, verbose_name='加盖印章')),
                ('source_model', models.CharField(blank=True, max_length=60)),
                ('source_key', models.CharField(blank=True, max_length=40)),
                ('answers', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='papers.document', verbose_name='答复的请示')),
                ('state', models.CharField(choices=[('draft', '拟稿'), ('review', '待审核'), ('returned', '退回修改'), ('withdrawn', '已撤回'), ('approved', '待签发'), ('signed', '已签发'), ('archived', '已归档'), ('void', '作废')], default='draft', max_length=10, verbose_name='状态')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='理由')),
                ('drafted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='拟稿人')),
                ('drafted_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='拟稿时间')),
                ('sent_at', models.DateTimeField(null=True, verbose_name='送审时间')),
                ('reviewed_at', models.DateTimeField(null=True, verbose_name='审核时间')),
                ('reviewed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='审核人')),
                ('signed_at', models.DateTimeField(null=True, verbose_name='签发时间')),
                ('signed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='签发人')),
                ('issued_on', models.DateField(null=True, verbose_name='成文日期')),
                ('number', models.CharField(blank=True, max_length=60, verbose_name='发文字号')),
                ('frozen', models.JSONField(null=True, verbose_name='签发的版面')),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'verbose_name': '公文',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['town', '-id'], name='document_town'), models.Index(fields=['community', '-id'], name='document_community'), models.Index(fields=['town', 'state'], name='document_state'), models.Index(fields=['source_model', 'source_key'], name='document_source')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['minutes', 'notice', 'request', 'reply', 'letter'])), name='document_kind_known'), models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'review', 'returned', 'withdrawn', 'approved', 'signed', 'archived', 'void'])), name='document_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('signed_at__isnull', False), ('signed_by__isnull', False), ('state__in', ('signed', 'archived', 'void')), ('frozen__isnull', False), ('issued_on__isnull', False), models.Q(('number', ''), _negated=True)), models.Q(models.Q(('state__in', ('signed', 'archived', 'void')), _negated=True), ('frozen', None), ('issued_on', None), ('number', ''), ('signed_at', None), ('signed_by', None)), _connector='OR'), name='document_number_only_when_signed'), models.CheckConstraint(condition=models.Q(models.Q(('reviewed_at__isnull', False), ('reviewed_by__isnull', False), ('state__in', ['approved', 'signed', 'archived', 'void'])), models.Q(models.Q(('state__in', ['approved', 'signed', 'archived', 'void']), _negated=True), ('reviewed_at', None), ('reviewed_by', None)), _connector='OR'), name='document_reviewed_before_signed'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['returned', 'void']), models.Q(('reason', ''), _negated=True)), models.Q(models.Q(('state__in', ['returned', 'void']), _negated=True), ('reason', '')), _connector='OR'), name='document_reason_when_returned_or_void'), models.CheckConstraint(condition=models.Q(('reviewed_by', None), models.Q(('reviewed_by', models.F('drafted_by')), _negated=True), _connector='OR'), name='document_not_reviewed_by_its_drafter'), models.CheckConstraint(condition=models.Q(('signed_by', None), models.Q(('signed_by', models.F('drafted_by')), _negated=True), models.Q(('community__isnull', False), ('kind', 'request')), _connector='OR'), name='document_not_signed_by_its_drafter')],
            },
        ),
        migrations.CreateModel(
            name='ArchivedFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='papers.document')),
                ('format', models.CharField(choices=[('pdf', 'PDF'), ('docx', 'Word')], max_length=4, verbose_name='格式')),
                ('file', models.CharField(max_length=100, verbose_name='文件位置')),
                ('sha256', models.CharField(max_length=64, verbose_name='校验值')),
                ('size', models.PositiveBigIntegerField(verbose_name='字节数')),
                ('stored_at', models.DateTimeField(auto_now_add=True, verbose_name='归档时间')),
            ],
            options={
                'verbose_name': '归档文件',
                'constraints': [models.UniqueConstraint(fields=('document', 'format'), name='archivedfile_once')],
            },
        ),
        migrations.CreateModel(
            name='DocumentRecipient',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recipients', to='papers.document')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.town')),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.community', verbose_name='主送社区')),
            ],
            options={
                'verbose_name': '主送社区',
                'constraints': [models.UniqueConstraint(fields=('document', 'community'), name='recipient_once')],
            },
        ),
        migrations.CreateModel(
            name='DocumentStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='papers.document')),
                ('step', models.CharField(choices=[('drafted', '拟稿'), ('taken_over', '接手拟稿'), ('sent', '送审'), ('approved', '审核同意'), ('returned', '退回修改'), ('withdrawn', '撤回'), ('signed', '签发'), ('archived', '归档'), ('voided', '作废')], max_length=12, verbose_name='步骤')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='意见')),
            ],
            options={
                'verbose_name': '公文办理',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='IssuerWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.town')),
                ('community', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.community')),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.body', verbose_name='发文机关')),
                ('kind', models.CharField(choices=[('minutes', '纪要'), ('notice', '通知'), ('request', '请示'), ('reply', '批复'), ('letter', '函')], max_length=10, verbose_name='文种')),
                ('word', models.CharField(max_length=20, verbose_name='机关代字')),
            ],
            options={
                'verbose_name': '机关代字',
                'constraints': [models.UniqueConstraint(fields=('issuer', 'kind'), name='issuerword_once_per_kind'), models.UniqueConstraint(fields=('town', 'word'), name='issuerword_once_per_town', violation_error_message='本镇已有这个代字。')],
            },
        ),
        migrations.CreateModel(
            name='NumberRegister',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.town')),
                ('community', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.community')),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.body', verbose_name='发文机关')),
                ('kind', models.CharField(choices=[('minutes', '纪要'), ('notice', '通知'), ('request', '请示'), ('reply', '批复'), ('letter', '函')], max_length=10, verbose_name='文种')),
                ('word', models.CharField(max_length=20, verbose_name='机关代字')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('used_before', models.PositiveIntegerField(default=0, verbose_name='启用前已用到')),
                ('last', models.PositiveIntegerField(default=0, verbose_name='最后一号')),
            ],
            options={
                'verbose_name': '发文登记簿',
                'constraints': [models.UniqueConstraint(fields=('town', 'word', 'year'), name='numberregister_once'), models.CheckConstraint(condition=models.Q(('last__gte', models.F('used_before'))), name='numberregister_counts_up')],
            },
        ),
        migrations.CreateModel(
            name='DocumentNumber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('register', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='numbers', to='papers.numberregister')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.town')),
                ('community', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.community')),
                ('number', models.PositiveIntegerField(verbose_name='序号')),
                ('document', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='numbering', to='papers.document', verbose_name='公文')),
                ('given_at', models.DateTimeField(verbose_name='登记时间')),
                ('voided_at', models.DateTimeField(null=True, verbose_name='作废时间')),
                ('void_reason', models.CharField(blank=True, max_length=200, verbose_name='作废理由')),
            ],
            options={
                'verbose_name': '发文字号',
                'constraints': [models.UniqueConstraint(fields=('register', 'number'), name='documentnumber_once'), models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='documentnumber_from_one'), models.CheckConstraint(condition=models.Q(models.Q(('void_reason', ''), ('voided_at', None)), models.Q(('voided_at__isnull', False), models.Q(('void_reason', ''), _negated=True)), _connector='OR'), name='documentnumber_void_with_reason')],
            },
        ),
        migrations.CreateModel(
            name='PaperTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.town')),
                ('kind', models.CharField(choices=[('minutes', '纪要'), ('notice', '通知'), ('request', '请示'), ('reply', '批复'), ('letter', '函')], max_length=10, verbose_name='文种')),
                ('file', models.CharField(max_length=100, verbose_name='文件位置')),
                ('file_name', models.CharField(max_length=200, verbose_name='文件名')),
                ('sha256', models.CharField(max_length=64, verbose_name='校验值')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('uploaded_at', models.DateTimeField(verbose_name='上传时间')),
            ],
            options={
                'verbose_name': '公文模板',
                'constraints': [models.UniqueConstraint(fields=('town', 'kind'), name='papertemplate_once_per_kind')],
            },
        ),
        migrations.CreateModel(
            name='Build',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='builds', to='areas.town', verbose_name='镇')),
                ('community', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='builds', to='areas.community', verbose_name='社区')),
                ('branch', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='builds', to='areas.body', verbose_name='党支部')),
                ('batch', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='builds', to='papers.build', verbose_name='批次')),
                ('kind', models.CharField(max_length=40, verbose_name='种类')),
                ('title', models.CharField(max_length=120, verbose_name='标题')),
                ('year', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='年度')),
                ('task', models.CharField(blank=True, max_length=80, verbose_name='任务名')),
                ('parameters', models.JSONField(default=dict, verbose_name='参数')),
                ('figures', models.JSONField(null=True, verbose_name='数据')),
                ('state', models.CharField(choices=[('queued', '排队中'), ('building', '生成中'), ('done', '已生成'), ('failed', '未能生成'), ('cancelled', '已取消')], default='queued', max_length=10, verbose_name='状态')),
                ('progress_done', models.PositiveIntegerField(default=0, verbose_name='已完成')),
                ('progress_total', models.PositiveIntegerField(default=0, verbose_name='总数')),
                ('error', models.CharField(blank=True, max_length=300, verbose_name='原因')),
                ('attempt', models.PositiveSmallIntegerField(default=0, verbose_name='第几次')),
                ('attempts_allowed', models.PositiveSmallIntegerField(default=3, verbose_name='最多几次')),
                ('lease_until', models.DateTimeField(null=True, verbose_name='占用至')),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='builds', to=settings.AUTH_USER_MODEL, verbose_name='申请人')),
                ('queued_at', models.DateTimeField(auto_now_add=True, verbose_name='申请时间')),
                ('started_at', models.DateTimeField(null=True, verbose_name='开始时间')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='结束时间')),
                ('file', models.CharField(blank=True, max_length=100, verbose_name='文件位置')),
                ('file_name', models.CharField(blank=True, max_length=200, verbose_name='文件名')),
                ('sha256', models.CharField(blank=True, max_length=64, verbose_name='校验值')),
                ('size', models.PositiveBigIntegerField(null=True, verbose_name='字节数')),
            ],
            options={
                'verbose_name': '材料生成',
                'ordering': ['-id'],
                'indexes': [models.Index(condition=models.Q(('state__in', ('queued', 'building'))), fields=['lease_until', 'id'], name='build_live'), models.Index(fields=['town', '-id'], name='build_town'), models.Index(fields=['community', '-id'], name='build_community'), models.Index(fields=['branch', '-id'], name='build_branch')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'building', 'done', 'failed', 'cancelled'])), name='build_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('finished_at', None), ('state__in', ('queued', 'building'))), models.Q(models.Q(('state__in', ('queued', 'building')), _negated=True), ('finished_at__isnull', False)), _connector='OR'), name='build_finished_at_when_over'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'failed'), models.Q(('error', ''), _negated=True)), models.Q(models.Q(('state', 'failed'), _negated=True), ('error', '')), _connector='OR'), name='build_error_when_failed'), models.CheckConstraint(condition=models.Q(models.Q(('file', ''), ('file_name', ''), ('sha256', ''), ('size', None)), models.Q(models.Q(('task', ''), _negated=True), ('size__isnull', False), ('state', 'done'), models.Q(('file', ''), _negated=True), models.Q(('file_name', ''), _negated=True), models.Q(('sha256', ''), _negated=True)), _connector='OR'), name='build_file_when_done'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'building'), _negated=True), ('task', ''), models.Q(('attempt__gte', 1), ('lease_until__isnull', False), ('started_at__isnull', False)), _connector='OR'), name='build_claimed_when_building'), models.CheckConstraint(condition=models.Q(models.Q(('task', ''), _negated=True), models.Q(('batch', None), ('figures', None)), _connector='OR'), name='build_batch_in_no_batch'), models.CheckConstraint(condition=models.Q(('progress_total', 0), ('progress_done__lte', models.F('progress_total')), _connector='OR'), name='build_progress_in_bounds'), models.CheckConstraint(condition=models.Q(('year', None), models.Q(('year__gte', 2000), ('year__lte', 2100)), _connector='OR'), name='build_year_plausible'), models.UniqueConstraint(models.F('town'), models.F('kind'), django.db.models.functions.comparison.Coalesce('year', 0), django.db.models.functions.comparison.Coalesce('community', 0), django.db.models.functions.comparison.Coalesce('branch', 0), condition=models.Q(('batch', None), ('state__in', ('queued', 'building'))), name='build_one_live_per_scope'), models.UniqueConstraint(models.F('batch'), models.F('kind'), django.db.models.functions.comparison.Coalesce('community', 0), django.db.models.functions.comparison.Coalesce('branch', 0), condition=models.Q(('batch__isnull', False)), name='build_once_in_a_batch')],
            },
        ),
    ]
