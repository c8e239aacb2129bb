import django.db.models.deletion
import django.db.models.functions.comparison
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('areas', '0001_initial'),
        ('papers', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='imports', to='areas.town', verbose_name='镇')),
                ('community', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='imports', to='areas.community', verbose_name='社区')),
                ('kind', models.CharField(max_length=20, verbose_name='种类')),
                ('token', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('file_name', models.CharField(max_length=120, verbose_name='文件名')),
                ('sha256', models.CharField(max_length=64, verbose_name='校验值')),
                ('state', models.CharField(choices=[('reading', '正在核对'), ('ready', '等您决定'), ('applying', '正在保存'), ('applied', '已导入'), ('undoing', '正在撤销'), ('undone', '已撤销'), ('refused', '没有收下'), ('discarded', '已放弃')], default='reading', max_length=10, verbose_name='状态')),
                ('refusal', models.CharField(blank=True, max_length=600, verbose_name='没有收下的原因')),
                ('notices', models.JSONField(default=list, verbose_name='请注意')),
                ('size', models.PositiveIntegerField(default=0, verbose_name='大约几行')),
                ('plan_digest', models.CharField(blank=True, max_length=64, verbose_name='核对结果的校验值')),
                ('new', models.PositiveIntegerField(default=0, verbose_name='新增')),
                ('changed', models.PositiveIntegerField(default=0, verbose_name='更新')),
                ('unchanged', models.PositiveIntegerField(default=0, verbose_name='未变')),
                ('faulty', models.PositiveIntegerField(default=0, verbose_name='有错')),
                ('asking', models.PositiveIntegerField(default=0, verbose_name='要回答')),
                ('aside', models.PositiveIntegerField(default=0, verbose_name='先不导入')),
                ('build', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='papers.build', verbose_name='后台任务')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='上传人')),
                ('uploaded_at', models.DateTimeField(auto_now_add=True, verbose_name='上传时间')),
                ('applied_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='导入人')),
                ('applied_at', models.DateTimeField(null=True, verbose_name='导入时间')),
                ('only_good', models.BooleanField(default=False, verbose_name='只导入了正确的行')),
                ('undone_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='撤销人')),
                ('undone_at', models.DateTimeField(null=True, verbose_name='撤销时间')),
            ],
            options={
                'verbose_name': '导入',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['town', '-id'], name='import_town'), models.Index(fields=['community', '-id'], name='import_community')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['reading', 'ready', 'applying', 'applied', 'undoing', 'undone', 'refused', 'discarded'])), name='import_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('applied_at__isnull', False), ('applied_by__isnull', False), ('state__in', ('applied', 'undoing', 'undone'))), models.Q(models.Q(('state__in', ('applied', 'undoing', 'undone')), _negated=True), ('applied_at', None), ('applied_by', None)), _connector='OR'), name='import_applied_when_it_was'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'undone'), ('undone_at__isnull', False), ('undone_by__isnull', False)), models.Q(models.Q(('state', 'undone'), _negated=True), ('undone_at', None), ('undone_by', None)), _connector='OR'), name='import_undone_when_it_was'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'refused'), models.Q(('refusal', ''), _negated=True)), models.Q(models.Q(('state', 'refused'), _negated=True), ('refusal', '')), _connector='OR'), name='import_refused_with_a_reason'), models.CheckConstraint(condition=models.Q(('state__in', ('reading', 'refused', 'discarded')), models.Q(('plan_digest', ''), _negated=True), _connector='OR'), name='import_ready_with_a_plan'), models.UniqueConstraint(models.F('town'), models.F('kind'), django.db.models.functions.comparison.Coalesce('community', 0), models.F('sha256'), condition=models.Q(('state__in', ('reading', 'ready', 'applying'))), name='import_one_live_per_file')],
            },
        ),
        migrations.CreateModel(
            name='ImportedRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='imported', to='imports.importbatch')),
                ('key', models.BigIntegerField(verbose_name='对象编号')),
                ('is_new', models.BooleanField(verbose_name='新增的')),
                ('before', models.BinaryField(verbose_name='原样')),
                ('after', models.CharField(max_length=64, verbose_name='导入后的校验值')),
            ],
            options={
                'verbose_name': '导入的对象',
                'indexes': [models.Index(fields=['key'], name='importedrow_key')],
                'constraints': [models.UniqueConstraint(fields=('batch', 'key'), name='importedrow_once')],
            },
        ),
        migrations.CreateModel(
            name='ImportLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='imports.importbatch')),
                ('row', models.PositiveIntegerField(verbose_name='行')),
                ('action', models.CharField(choices=[('new', '新增'), ('changed', '更新'), ('unchanged', '未变'), ('faulty', '有错'), ('asking', '要回答'), ('aside', '先不导入')], max_length=10, verbose_name='结果')),
                ('name', models.CharField(blank=True, max_length=40, verbose_name='姓名')),
                ('shown', models.JSONField(default=dict)),
            ],
            options={
                'verbose_name': '导入的一行',
                'indexes': [models.Index(fields=['batch', 'action', 'row'], name='importline_action')],
                'constraints': [models.UniqueConstraint(fields=('batch', 'row'), name='importline_once')],
            },
        ),
        migrations.CreateModel(
            name='ImportQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='imports.importbatch')),
                ('key', models.CharField(max_length=64)),
                ('row', models.PositiveIntegerField(verbose_name='最先在第几行')),
                ('rows', models.PositiveIntegerField(default=1, verbose_name='几行')),
                ('text', models.CharField(max_length=300, verbose_name='问题')),
                ('choices', models.JSONField(verbose_name='可以回答的')),
                ('answer', models.CharField(blank=True, max_length=200, verbose_name='回答')),
            ],
            options={
                'verbose_name': '导入时的问题',
                'indexes': [models.Index(fields=['batch', 'row'], name='importquestion_row')],
                'constraints': [models.UniqueConstraint(fields=('batch', 'key'), name='importquestion_once')],
            },
        ),
        migrations.CreateModel(
            name='ImportAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.town')),
                ('community', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.community')),
                ('kind', models.CharField(max_length=20, verbose_name='种类')),
                ('key', models.CharField(max_length=64)),
                ('answer', models.CharField(max_length=200, verbose_name='回答')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='回答人')),
                ('at', models.DateTimeField(auto_now=True, verbose_name='回答时间')),
            ],
            options={
                'verbose_name': '导入时的回答',
                'constraints': [models.UniqueConstraint(models.F('town'), models.F('kind'), django.db.models.functions.comparison.Coalesce('community', 0), models.F('key'), name='importanswer_once')],
            },
        ),
    ]
