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
            name='TownRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rules', to='areas.town', verbose_name='镇')),
                ('key', models.CharField(max_length=60, verbose_name='标准')),
                ('value', models.JSONField(verbose_name='取值')),
                ('basis', models.CharField(max_length=200, verbose_name='依据')),
                ('valid_from', models.DateField(verbose_name='自何日起')),
                ('set_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '本镇标准',
                'constraints': [models.UniqueConstraint(fields=('town', 'key', 'valid_from'), name='townrule_once_per_day'), models.CheckConstraint(condition=models.Q(('basis', ''), _negated=True), name='townrule_has_a_basis')],
            },
        ),
    ]
