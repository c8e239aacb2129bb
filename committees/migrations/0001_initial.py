import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('areas', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='OwnersCommittee',
            fields=[
                ('body', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='owners_committee', serialize=False, to='areas.body', verbose_name='组织')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.town')),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='owners_committees', to='areas.community', verbose_name='社区')),
                ('compound', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='owners_committees', to='areas.compound', verbose_name='小区')),
                ('stage', models.CharField(choices=[('preparing', '筹备中'), ('in_office', '在任'), ('acting', '居委会代行'), ('ended', '已终止')], default='in_office', max_length=12, verbose_name='状态')),
                ('session_no', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='第几届')),
                ('seat_count', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='应有委员')),
                ('elected_on', models.DateField(blank=True, null=True, verbose_name='选举日期')),
                ('term_ends_on', models.DateField(blank=True, null=True, verbose_name='任期届满')),
                ('filed_on', models.DateField(blank=True, null=True, verbose_name='备案日期')),
            ],
            options={
                'verbose_name': '业主委员会',
                'indexes': [models.Index(fields=['town', 'stage', 'body'], name='owners_committee_town'), models.Index(fields=['community', 'stage', 'body'], name='owners_committee_community')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('stage', 'ended'), _negated=True), fields=('compound',), name='owners_committee_one_per_compound', violation_error_message='这个小区已有业委会（或筹备组）。'), models.CheckConstraint(condition=models.Q(('elected_on', None), ('term_ends_on', None), ('term_ends_on__gt', models.F('elected_on')), _connector='OR'), name='owners_committee_term_after_election')],
            },
        ),
    ]
