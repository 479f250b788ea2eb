"""Staff open accounts for colleagues and for people of member units."""

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from accounts.models import User
from accounts.people import vouch_for_address
from accounts.roles import label_of

admin.site.unregister(Group)


class RolesField(forms.ModelMultipleChoiceField):
    """Roles by their names in the reader's language."""

    def label_from_instance(self, group: Group) -> str:
        return label_of(group)


class UserForm(forms.ModelForm):
    groups = RolesField(
        Group.objects.order_by("pk"),
        label=_("staff roles"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("What a member of staff may do in the admin."),
    )

    class Meta:
        model = User
        fields = ["email", "name", "is_active", "is_staff", "is_superuser", "groups"]

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        others = User.objects.exclude(pk=self.instance.pk)
        if others.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("Another user already has this e-mail address."))
        return email


@admin.register(User)
class UserAdmin(ModelAdmin):
    form = UserForm
    list_display = ["name", "email", "kind", "roles", "is_active", "last_login"]
    list_filter = ["is_staff", "is_active", "groups"]
    list_filter_submit = True
    search_fields = ["name", "email"]
    search_help_text = _("Name or e-mail address")
    ordering = ["name", "pk"]
    readonly_fields = ["last_login", "date_joined"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    def get_fieldsets(self, request, obj=None):
        person = {
            "fields": ["email", "name", "is_active"],
            "description": _(
                "The person chooses a password by “Forgot your password?” on the sign-in page."
            ),
        }
        sections = [(None, person)]
        if request.user.is_superuser:
            staff = {"fields": ["is_staff", "groups", "is_superuser"]}
            sections.append((_("association staff"), staff))
        if obj:
            sections.append((_("activity"), {"fields": ["last_login", "date_joined"]}))
        return sections

    # Whoever changes a colleague's address could take over the account by a reset mail.
    def has_change_permission(self, request, obj=None) -> bool:
        is_above = obj is not None and (obj.is_staff or obj.is_superuser)
        if is_above and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None) -> bool:
        """A person's name stays on what the person did: accounts are switched off."""
        return False

    def save_model(self, request, obj, form, change) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if not change or "email" in form.changed_data:
            vouch_for_address(user=obj)

    @display(description=_("kind of account"), label={_("staff"): "success", _("unit"): "info"})
    def kind(self, user: User) -> str:
        return _("staff") if user.is_staff else _("unit")

    @display(description=_("staff roles"))
    def roles(self, user: User) -> str:
        if user.is_superuser:
            return _("everything")
        return "、".join(label_of(group) for group in user.groups.all())


@admin.register(Group)
class RoleAdmin(DjangoGroupAdmin, ModelAdmin):
    """The table in `accounts.roles` is the record; here one reads what it says."""

    list_display = ["label", "people"]
    search_fields = []
    ordering = ["pk"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("user_set")

    @display(description=_("staff role"))
    def label(self, group: Group) -> str:
        return label_of(group)

    @display(description=_("people"))
    def people(self, group: Group) -> str:
        return "、".join(user.name for user in group.user_set.all())

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False
