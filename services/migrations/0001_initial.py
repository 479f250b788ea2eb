import django.core.validators
import django.db.models.deletion
import files.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('benefits', '0001_initial'),
        ('members', '0002_apitoken'),
        ('news', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ServiceOffering',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, unique=True, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=160, verbose_name='English name')),
                ('code', models.SlugField(max_length=60, unique=True, verbose_name='code')),
                ('summary', models.CharField(max_length=200, verbose_name='in one sentence')),
                ('summary_en', models.CharField(blank=True, max_length=300, verbose_name='in one English sentence')),
                ('guidance', models.TextField(blank=True, verbose_name='what to know before asking')),
                ('guidance_en', models.TextField(blank=True, verbose_name='what to know, in English')),
                ('target_working_days', models.PositiveSmallIntegerField(default=10, validators=[django.core.validators.MinValueValidator(1)], verbose_name='working days to answer in')),
                ('is_for_bulletin', models.BooleanField(default=False, help_text='An accepted text can then be placed in an issue.', verbose_name='texts may go into the bulletin')),
                ('is_open', models.BooleanField(default=True, verbose_name='open for requests')),
                ('benefit_item', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='offering', to='benefits.benefititem', verbose_name='benefit item')),
                ('owner', models.ForeignKey(blank=True, limit_choices_to={'is_active': True, 'is_staff': True}, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person in charge')),
            ],
            options={
                'verbose_name': 'service offered',
                'verbose_name_plural': 'services offered',
                'ordering': ['benefit_item__group__position', 'benefit_item__position'],
                'constraints': [models.CheckConstraint(condition=models.Q(('target_working_days__gte', 1)), name='offering_target_positive', violation_error_message='Give at least one working day.')],
            },
        ),
        migrations.CreateModel(
            name='OfferingQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('label', models.CharField(max_length=120, verbose_name='question')),
                ('label_en', models.CharField(blank=True, max_length=160, verbose_name='question in English')),
                ('hint', models.CharField(blank=True, max_length=200, verbose_name='hint')),
                ('hint_en', models.CharField(blank=True, max_length=200, verbose_name='hint in English')),
                ('kind', models.CharField(choices=[('short', 'one line'), ('long', 'several lines'), ('number', 'a figure'), ('date', 'a date'), ('choice', 'one of several'), ('yes_no', 'yes or no')], default='short', max_length=10, verbose_name='kind of answer')),
                ('choices', models.TextField(blank=True, verbose_name='choices, one a line')),
                ('is_required', models.BooleanField(default=True, verbose_name='must be answered')),
                ('role', models.CharField(choices=[('none', 'nothing else'), ('title', 'title of the request'), ('text', 'the text to be published')], default='none', max_length=10, verbose_name='is also')),
                ('is_asked', models.BooleanField(default=True, verbose_name='asked')),
                ('offering', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='services.serviceoffering', verbose_name='service offered')),
            ],
            options={
                'verbose_name': 'question of the form',
                'verbose_name_plural': 'questions of the form',
                'ordering': ['position', 'pk'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_asked', True), models.Q(('role', 'none'), _negated=True)), fields=('offering', 'role'), name='question_role_once', violation_error_message='Another question of the form is that already.')],
            },
        ),
        migrations.CreateModel(
            name='Stage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('name', models.CharField(max_length=40, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=80, verbose_name='English name')),
                ('offering', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stages', to='services.serviceoffering', verbose_name='service offered')),
            ],
            options={
                'verbose_name': 'stage of handling',
                'verbose_name_plural': 'stages of handling',
                'ordering': ['offering', 'position', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('offering', 'name'), name='stage_once_per_offering', violation_error_message='The service already has a stage of this name.'), models.UniqueConstraint(fields=('offering', 'id'), name='stage_with_its_offering')],
            },
        ),
        migrations.CreateModel(
            name='ServiceRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, unique=True, verbose_name='number')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('state', models.CharField(choices=[('submitted', 'submitted'), ('accepted', 'being handled'), ('waiting_for_unit', 'waiting for the unit'), ('closed', 'delivered'), ('declined', 'declined'), ('withdrawn', 'withdrawn')], default='submitted', editable=False, max_length=20, verbose_name='state')),
                ('filed_on', models.DateField(verbose_name='filed on')),
                ('due_on', models.DateField(verbose_name='to be answered by')),
                ('basis', models.CharField(choices=[('charter', 'the charter'), ('exceptional_grant', 'exceptional grant'), ('not_promised', 'not promised to the unit'), ('not_a_member', 'not a member'), ('no_tier', 'no tier recorded'), ('no_standard', 'no dues standard recorded'), ('this_year_unpaid', "this year's dues are not paid"), ('last_year_unpaid', "last year's dues are not paid")], max_length=30, verbose_name='basis')),
                ('is_once', models.BooleanField(default=False, verbose_name='once per unit')),
                ('accepted_at', models.DateTimeField(blank=True, null=True, verbose_name='accepted at')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
                ('delivered', models.TextField(blank=True, verbose_name='what was delivered')),
                ('delivered_on', models.DateField(blank=True, null=True, verbose_name='delivered on')),
                ('rating', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='rating')),
                ('rating_words', models.TextField(blank=True, verbose_name='words to the rating')),
                ('rated_at', models.DateTimeField(blank=True, null=True, verbose_name='rated at')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by')),
                ('news', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='request', to='news.newssubmission', verbose_name='member news')),
                ('offering', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='services.serviceoffering', verbose_name='service offered')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person in charge')),
                ('tier', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.tier', verbose_name='tier')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='service_requests', to='members.memberunit', verbose_name='member unit')),
                ('stage', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='services.stage', verbose_name='stage')),
            ],
            options={
                'verbose_name': 'service request',
                'verbose_name_plural': 'service requests',
                'ordering': ['-filed_on', '-pk'],
                'permissions': [('handle_request', 'Can handle a service request')],
                'indexes': [models.Index(condition=models.Q(('state__in', ['submitted', 'accepted'])), fields=['due_on'], name='request_open_due')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_once', True), models.Q(('state__in', ['declined', 'withdrawn']), _negated=True)), fields=('unit', 'offering'), name='request_once_per_unit', violation_error_message='The unit has asked for this already; it exists once.'), models.CheckConstraint(condition=models.Q(('due_on__gt', models.F('filed_on'))), name='request_due_after_filing', violation_error_message='The target day lies after the day of filing.'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'accepted'), _negated=True), models.Q(('accepted_at__isnull', False), ('owner__isnull', False)), _connector='OR'), name='request_accepted_has_owner', violation_error_message='A request being handled has a person in charge.'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['closed', 'declined', 'withdrawn']), ('closed_at__isnull', False)), models.Q(('state__in', ['submitted', 'accepted', 'waiting_for_unit']), ('closed_at__isnull', True)), _connector='OR'), name='request_ended_has_time', violation_error_message='A request that has ended has the time of its end.'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'closed'), models.Q(('delivered', ''), _negated=True), ('delivered_on__isnull', False)), models.Q(models.Q(('state', 'closed'), _negated=True), ('delivered', ''), ('delivered_on__isnull', True)), _connector='OR'), name='request_delivered_exactly_when_closed', violation_error_message='Say what was delivered, exactly when it was.'), models.CheckConstraint(condition=models.Q(models.Q(('rated_at__isnull', True), ('rating__isnull', True), ('rating_words', '')), models.Q(('rated_at__isnull', False), ('rating__range', (1, 5)), ('state', 'closed')), _connector='OR'), name='request_rated_when_closed', violation_error_message='A rating goes from 1 to 5, after the delivery.'), models.CheckConstraint(condition=models.Q(('news__isnull', True), ('state', 'closed'), _connector='OR'), name='request_news_when_closed', violation_error_message='A text is accepted when its request is closed.')],
            },
        ),
        migrations.CreateModel(
            name='RequestAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(blank=True, verbose_name='answer')),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='services.offeringquestion', verbose_name='question of the form')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='services.servicerequest', verbose_name='service request')),
            ],
            options={
                'verbose_name': 'answer',
                'verbose_name_plural': 'answers',
                'ordering': ['question__position', 'question__pk'],
                'constraints': [models.UniqueConstraint(fields=('request', 'question'), name='request_answer_once')],
            },
        ),
        migrations.CreateModel(
            name='RequestFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', models.FileField(upload_to=files.models.random_path, verbose_name='file')),
                ('name', models.CharField(max_length=120, verbose_name='name of the file')),
                ('kind', models.CharField(editable=False, max_length=10, verbose_name='kind of file')),
                ('size', models.PositiveIntegerField(editable=False, verbose_name='size in bytes')),
                ('uploaded_at', models.DateTimeField(editable=False, verbose_name='uploaded at')),
                ('is_delivered', models.BooleanField(default=False, verbose_name='delivered by the association')),
                ('uploaded_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='uploaded by')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='services.servicerequest', verbose_name='service request')),
            ],
            options={
                'verbose_name': 'file of a request',
                'verbose_name_plural': 'files of requests',
                'ordering': ['uploaded_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='RequestStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('comment', models.TextField(blank=True, verbose_name='comment')),
                ('is_internal', models.BooleanField(default=False, verbose_name='for staff only')),
                ('kind', models.CharField(choices=[('filed', 'filed'), ('accepted', 'taken in hand'), ('assigned', 'given to a person'), ('moved', 'next stage'), ('asked', 'question to the unit'), ('told', 'message to the unit'), ('noted', 'internal note'), ('wrote', 'message from the unit'), ('amended', 'form corrected'), ('attached', 'file added'), ('closed', 'delivered'), ('declined', 'declined'), ('withdrawn', 'withdrawn'), ('rated', 'rated')], max_length=10, verbose_name='what happened')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='services.servicerequest', verbose_name='service request')),
                ('stage', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='services.stage', verbose_name='stage')),
            ],
            options={
                'verbose_name': 'step of a request',
                'verbose_name_plural': 'steps of requests',
                'ordering': ['at', 'pk'],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('is_internal', True), ('kind__in', ['noted', 'assigned'])), models.Q(models.Q(('kind__in', ['noted', 'assigned']), _negated=True), ('is_internal', False)), _connector='OR'), name='request_step_internal_by_kind', violation_error_message='Notes and assignments are for staff only.')],
            },
        ),
        migrations.CreateModel(
            name='Study',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('issued_on', models.DateField(verbose_name='date of the study')),
                ('published_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='published at')),
                ('offering', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='studies', to='services.serviceoffering', verbose_name='service offered')),
                ('published_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='published by')),
                ('request', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='studies', to='services.servicerequest', verbose_name='request it answers')),
            ],
            options={
                'verbose_name': 'study of a problem',
                'verbose_name_plural': 'studies of problems',
                'ordering': ['-issued_on', '-pk'],
                'permissions': [('publish_study', 'Can publish a study')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('published_by__isnull', True)), models.Q(('published_at__isnull', False), ('published_by__isnull', False)), _connector='OR'), name='study_published_has_person', violation_error_message='A published study has the person who published it.')],
            },
        ),
        migrations.CreateModel(
            name='StudyCopy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(choices=[('report', 'the study'), ('common', 'its common part')], default='report', max_length=10, verbose_name='part')),
                ('basis', models.CharField(blank=True, choices=[('charter', 'the charter'), ('exceptional_grant', 'exceptional grant'), ('not_promised', 'not promised to the unit'), ('not_a_member', 'not a member'), ('no_tier', 'no tier recorded'), ('no_standard', 'no dues standard recorded'), ('this_year_unpaid', "this year's dues are not paid"), ('last_year_unpaid', "last year's dues are not paid")], editable=False, max_length=30, verbose_name='basis')),
                ('study', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='copies', to='services.study', verbose_name='study of a problem')),
                ('tier', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.tier', verbose_name='tier')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='study_copies', to='members.memberunit', verbose_name='member unit')),
            ],
            options={
                'verbose_name': 'unit that gets the study',
                'verbose_name_plural': 'units that get the study',
                'ordering': ['study', 'part', 'unit'],
                'constraints': [models.UniqueConstraint(fields=('study', 'unit', 'part'), name='study_copy_once', violation_error_message='This unit is on the list already.')],
            },
        ),
        migrations.CreateModel(
            name='StudyFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', models.FileField(upload_to=files.models.random_path, verbose_name='file')),
                ('name', models.CharField(max_length=120, verbose_name='name of the file')),
                ('kind', models.CharField(editable=False, max_length=10, verbose_name='kind of file')),
                ('size', models.PositiveIntegerField(editable=False, verbose_name='size in bytes')),
                ('uploaded_at', models.DateTimeField(editable=False, verbose_name='uploaded at')),
                ('part', models.CharField(choices=[('report', 'the study'), ('common', 'its common part')], max_length=10, verbose_name='part')),
                ('study', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='services.study', verbose_name='study of a problem')),
                ('uploaded_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='uploaded by')),
            ],
            options={
                'verbose_name': 'file of a study',
                'verbose_name_plural': 'files of studies',
                'ordering': ['study', '-part'],
                'constraints': [models.UniqueConstraint(fields=('study', 'part'), name='study_file_once_per_part', violation_error_message='The study already has a file for this part.')],
            },
        ),
        migrations.AddField(
            model_name='study',
            name='units',
            field=models.ManyToManyField(related_name='studies', through='services.StudyCopy', to='members.memberunit', verbose_name='units'),
        ),
        # A request's stage is one of its own offering.
        migrations.RunSQL(
            sql="""
                ALTER TABLE services_servicerequest
                ADD CONSTRAINT request_stage_of_its_offering
                FOREIGN KEY (offering_id, stage_id)
                REFERENCES services_stage (offering_id, id)
                DEFERRABLE INITIALLY DEFERRED
            """,
            reverse_sql="""
                ALTER TABLE services_servicerequest DROP CONSTRAINT request_stage_of_its_offering
            """,
        ),
    ]
