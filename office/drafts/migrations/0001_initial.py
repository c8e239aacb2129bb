import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('kind', models.CharField(max_length=40)),
                ('key', models.CharField(max_length=80)),
                ('base_version', models.PositiveIntegerField(null=True)),
                ('body', models.JSONField(default=dict)),
                ('page', models.CharField(max_length=32)),
                ('seq', models.PositiveBigIntegerField(default=0)),
                ('saved_at', models.DateTimeField()),
                ('done_key', models.CharField(blank=True, max_length=80)),
            ],
            options={
                'verbose_name': '没写完的',
                'indexes': [models.Index(fields=['user', 'kind', 'key', 'done_key'], name='draft_open')],
            },
        ),
    ]
