from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='TrailHead',
            fields=[
                ('town', models.BigIntegerField(primary_key=True, serialize=False)),
                ('hash', models.CharField(max_length=64)),
                ('count', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Trail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('town', models.BigIntegerField(db_index=True, verbose_name='镇')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('actor', models.BigIntegerField(null=True, verbose_name='操作人编号')),
                ('actor_name', models.CharField(max_length=80, verbose_name='操作人')),
                ('verb', models.CharField(max_length=60, verbose_name='事项')),
                ('model', models.CharField(max_length=60, verbose_name='对象类别')),
                ('object_id', models.CharField(max_length=40, verbose_name='对象编号')),
                ('object_label', models.CharField(max_length=200, verbose_name='对象')),
                ('changes', models.JSONField(default=dict, verbose_name='变更')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='理由')),
                ('result', models.CharField(default='done', max_length=20, verbose_name='结果')),
                ('address', models.CharField(blank=True, max_length=45, verbose_name='来源地址')),
                ('previous_hash', models.CharField(max_length=64)),
                ('hash', models.CharField(max_length=64)),
            ],
            options={
                'verbose_name': '操作记录',
                'indexes': [models.Index(fields=['town', 'id'], name='trail_town'), models.Index(fields=['model', 'object_id', 'id'], name='trail_object')],
            },
        ),
    ]
