import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Town',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, unique=True, verbose_name='名称')),
                ('county', models.CharField(blank=True, max_length=40, verbose_name='所属县（市、区）')),
            ],
            options={
                'verbose_name': '镇',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Community',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='communities', to='areas.town', verbose_name='镇')),
                ('name', models.CharField(max_length=40, verbose_name='名称')),
                ('kind', models.CharField(choices=[('city', '城市社区'), ('village', '村')], default='city', max_length=10, verbose_name='类别')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='排列次序')),
            ],
            options={
                'verbose_name': '社区',
                'ordering': ['town_id', 'position', 'id'],
                'constraints': [models.UniqueConstraint(fields=('town', 'name'), name='community_name_once_per_town')],
            },
        ),
        migrations.CreateModel(
            name='Body',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(blank=True, null=True, verbose_name='起')),
                ('starts_precision', models.CharField(choices=[('d', '日'), ('m', '月'), ('y', '年')], default='d', max_length=1, verbose_name='起始日期准到')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='止')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bodies', to='areas.town', verbose_name='镇')),
                ('community', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bodies', to='areas.community', verbose_name='社区')),
                ('kind', models.CharField(choices=[('town_committee', '镇党委'), ('community_committee', '社区党委'), ('residents_committee', '居委会'), ('guidance_group', '指导组'), ('branch', '党支部'), ('owners_committee', '业委会'), ('preparatory_group', '业委会筹备组'), ('property_project', '物业项目部'), ('mass_organisation', '群团组织'), ('social_organisation', '社会组织'), ('patch', '片区'), ('grid_cell', '网格')], max_length=24, verbose_name='类别')),
                ('name', models.CharField(max_length=120, verbose_name='全称')),
                ('short_name', models.CharField(max_length=60, verbose_name='简称')),
            ],
            options={
                'verbose_name': '组织',
                'abstract': False,
                'indexes': [models.Index(fields=['town', 'kind', 'id'], name='body_town'), models.Index(fields=['community', 'kind', 'id'], name='body_community')],
                'constraints': [models.CheckConstraint(condition=models.Q(('starts_on', None), ('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='areas_body_dates_in_order', violation_error_message='结束日期不能早于开始日期。'), models.UniqueConstraint(condition=models.Q(('ends_on', None)), fields=('town', 'kind', 'name'), name='body_name_once_per_town', violation_error_message='本镇已有同名的组织。'), models.CheckConstraint(condition=models.Q(('community__isnull', False), ('kind__in', ['town_committee', 'social_organisation', 'mass_organisation', 'patch']), _connector='OR'), name='body_community_unless_of_the_town')],
            },
        ),
        migrations.CreateModel(
            name='Compound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='compounds', to='areas.town', verbose_name='镇')),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='compounds', to='areas.community', verbose_name='社区')),
                ('name', models.CharField(max_length=40, verbose_name='名称')),
                ('pinyin', models.CharField(default='', editable=False, max_length=200)),
                ('households', models.PositiveIntegerField(blank=True, null=True, verbose_name='户数')),
                ('buildings', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='栋数')),
                ('built_year', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='建成年份')),
                ('address', models.CharField(blank=True, max_length=100, verbose_name='地址')),
                ('latitude_e6', models.IntegerField(blank=True, null=True, verbose_name='纬度（百万分之一度）')),
                ('longitude_e6', models.IntegerField(blank=True, null=True, verbose_name='经度（百万分之一度）')),
                ('neighbours', models.ManyToManyField(blank=True, to='areas.compound', verbose_name='邻近小区')),
            ],
            options={
                'verbose_name': '小区',
                'ordering': ['pinyin', 'id'],
                'indexes': [models.Index(fields=['town', 'pinyin', 'id'], name='compound_town'), models.Index(fields=['community', 'pinyin', 'id'], name='compound_community')],
                'constraints': [models.UniqueConstraint(fields=('community', 'name'), name='compound_name_once_per_community', violation_error_message='这个社区里已经有同名的小区。'), models.CheckConstraint(condition=models.Q(models.Q(('latitude_e6', None), ('longitude_e6', None)), models.Q(('latitude_e6__range', (-90000000, 90000000)), ('longitude_e6__range', (-180000000, 180000000))), _connector='OR'), name='compound_coordinates_together_and_possible')],
            },
        ),
        migrations.CreateModel(
            name='Coverage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(blank=True, null=True, verbose_name='起')),
                ('starts_precision', models.CharField(choices=[('d', '日'), ('m', '月'), ('y', '年')], default='d', max_length=1, verbose_name='起始日期准到')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='止')),
                ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='coverage', to='areas.body', verbose_name='组织')),
                ('compound', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='coverage', to='areas.compound', verbose_name='小区')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.town')),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.community')),
            ],
            options={
                'verbose_name': '覆盖',
                'abstract': False,
                'indexes': [models.Index(fields=['town', 'compound'], name='coverage_town'), models.Index(fields=['community', 'compound'], name='coverage_community')],
                'constraints': [models.CheckConstraint(condition=models.Q(('starts_on', None), ('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='areas_coverage_dates_in_order', violation_error_message='结束日期不能早于开始日期。'), models.UniqueConstraint(condition=models.Q(('ends_on', None)), fields=('body', 'compound'), name='coverage_open_once')],
            },
        ),
    ]
