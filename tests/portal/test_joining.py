"""The public pages of an application: what anybody sees, and what only the link opens."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from letters.models import Letter
from members.applicant_links import key_for
from members.models import MembershipApplication
from members.reviewing import pass_on, send_back
from tests.factories import CommitteeFactory, TierFactory, UserFactory, credit_code, member
from tests.files.making import WITH_MACROS, upload
from tests.members.applicants import AT, CODE, EMAIL, NAME, complete, draft, sent
from tests.portal.pages import Page, queries_of

pytestmark = pytest.mark.django_db

BEGIN = {"name": NAME, "credit_code": CODE, "liaison": "李联络", "email": EMAIL}


@pytest.fixture(autouse=True)
def no_counts():
    cache.clear()


def page_of(application: MembershipApplication, name: str = "application", *args) -> str:
    return reverse(name, args=[key_for(application), *args])


def whole_form(**fields) -> dict:
    return {
        "name": NAME,
        "credit_code": CODE,
        "kind": "enterprise",
        "province": "江西",
        "address": "江西省某市铜都路8号",
        "phone": "0791-5550001",
        "tier": TierFactory(code="council").pk,
        "committees": [CommitteeFactory(code="fluorite").pk],
        "liaison_name": "李联络",
        "liaison_email": EMAIL,
        "liaison_mobile": "13900000001",
    } | fields


# --- To begin -----------------------------------------------------------------------------------


def test_the_sign_in_page_leads_to_it(client):
    page = client.get(reverse("account_login")).content.decode()

    assert page.count('href="/join/"') == 1


def test_beginning_makes_a_draft_and_opens_its_page(client):
    response = client.post(reverse("join"), BEGIN, follow=True)

    application = MembershipApplication.objects.get()
    assert response.redirect_chain == [(page_of(application), 302)]
    assert response.context["form"]["name"].value() == NAME
    assert Letter.objects.get().to == EMAIL


def test_a_code_with_blanks_small_and_full_width_letters_is_the_same_code(client):
    spaced = f"{CODE[:4]} {CODE[4:8]}-{CODE[8:]}".replace("9", "９", 1).lower()

    client.post(reverse("join"), BEGIN | {"credit_code": spaced})

    assert MembershipApplication.objects.get().credit_code == CODE


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "某\x00公司"),
        ("name", "名" * 121),
        ("credit_code", "12345"),
        ("credit_code", "\x00"),
        ("credit_code", "1" * 5000),
        ("email", "nobody"),
        ("liaison", ""),
    ],
)
def test_what_does_not_fit_is_told_at_its_field(client, field, value):
    response = client.post(reverse("join"), BEGIN | {field: value})

    assert list(response.context["form"].errors) == [field]
    assert MembershipApplication.objects.count() == 0


def test_a_member_is_sent_to_the_sign_in(client):
    member(name="老会员公司", credit_code=CODE)

    response = client.post(reverse("join"), BEGIN)

    assert response.context["form"].errors == {
        "credit_code": ["老会员公司已是会员。请登录，或请本单位联络员邀请您。"]
    }


def test_too_many_beginnings_are_refused_and_make_nothing(client):
    for number in range(5):
        client.post(reverse("join"), BEGIN | {"credit_code": credit_code(number)})

    response = client.post(reverse("join"), BEGIN | {"credit_code": credit_code(6)})

    assert response.context["form"].non_field_errors() == [
        "操作过于频繁，请一小时后再试，或写信与我们联系。"
    ]
    assert MembershipApplication.objects.count() == 5


# --- The link -----------------------------------------------------------------------------------


def test_the_answer_about_the_link_is_the_same_whether_there_is_one(client):
    draft()
    pages = [
        Page(client.post(reverse("application_link"), facts, follow=True)).each("notices")
        for facts in (
            {"credit_code": CODE, "email": EMAIL},
            {"credit_code": CODE, "email": "stranger@x.example"},
            {"credit_code": credit_code(5), "email": EMAIL},
        )
    ]

    assert pages[0] == pages[1] == pages[2]
    assert len(pages[0]) == 1
    assert Letter.objects.count() == 2


@pytest.mark.parametrize("name", ["application", "application_print"])
def test_a_key_that_we_did_not_make_opens_nothing(client, name):
    application = draft()
    key = key_for(application)

    assert client.get(reverse(name, args=[key[:-1]])).status_code == 404
    assert client.get(reverse(name, args=["1.x"])).status_code == 404
    assert client.get(reverse(name, args=[key])).status_code == 200


def test_a_link_opens_only_the_files_of_its_own_application(client):
    one, other = sent(), complete(code=credit_code(1), name="别的公司")
    file = one.files.first()

    mine = client.get(page_of(one, "application_file", file.pk))
    foreign = client.get(page_of(other, "application_file", file.pk))
    mine.close()

    assert (mine.status_code, foreign.status_code) == (200, 404)
    assert mine["Content-Disposition"] == 'attachment; filename="licence.pdf"'


# --- The form -----------------------------------------------------------------------------------


def test_a_draft_is_kept_half_filled_in(client):
    application = draft()

    begun = {"name": NAME, "credit_code": CODE, "liaison_name": "李", "liaison_email": EMAIL}

    client.post(page_of(application), begun | {"phone": "0791", "save": "1"})
    form = client.get(page_of(application)).context["form"]

    assert (form["phone"].value(), form["address"].value()) == ("0791", "")


def test_it_is_filled_in_with_files_and_sent(client):
    application = draft()
    data = whole_form(second_name="钱会计", second_mobile="139", second_roles=["finance"])
    files = {"licence": upload(name="执照.pdf"), "stamped_form": upload(name="表.pdf")}

    response = client.post(page_of(application), data | files | {"send": "1"}, follow=True)

    application.refresh_from_db()
    page = Page(response)
    assert application.stage == "preliminary"
    assert page.each("joining-state") == ["初审中"]
    assert [(each.name, each.roles) for each in application.contacts.all()] == [
        ("李联络", ["liaison"]),
        ("钱会计", ["finance"]),
    ]
    assert [each.name for each in application.files.all()] == ["执照.pdf", "表.pdf"]


def test_nothing_is_lost_on_an_error_not_even_the_files(client):
    application = draft()
    data = whole_form(liaison_email="nobody", introduction="长文")

    response = client.post(
        page_of(application), data | {"licence": upload(name="执照.pdf"), "send": "1"}
    )

    form = response.context["form"]
    assert list(form.errors) == ["liaison_email"]
    assert form["introduction"].value() == "长文"
    assert [each.name for each in application.files.all()] == ["执照.pdf"]
    assert Page(response).words.count("执照.pdf") == 2  # its link, and the name of its button


def test_what_is_missing_is_told_at_its_field_and_the_rest_is_kept(client):
    application = draft()

    response = client.post(page_of(application), whole_form(tier="") | {"send": "1"})

    application.form.refresh_from_db()
    assert response.context["form"].errors == {
        "tier": ["请选择申请的会员级别。"],
        "licence": ["请上传营业执照副本。"],
        "stamped_form": ["请打印申请表并盖章，上传扫描件或照片。"],
    }
    assert application.form.phone == "0791-5550001"


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"second_name": "钱"}, {"second_roles": ["请选择联系人的用途。"]}),
        ({"second_roles": ["finance"]}, {"second_name": ["请填写姓名。"]}),
        (
            {"second_name": "钱", "second_roles": ["bulletin"]},
            {"second_email": ["接收电子刊物的联系人必须填写电子邮箱。"]},
        ),
        (
            {"second_name": "钱", "second_roles": ["finance"], "second_email": EMAIL.upper()},
            {"second_email": ["两位联系人的电子邮箱相同。"]},
        ),
        ({"liaison_email": ""}, {"liaison_email": ["这个字段是必填项。"]}),
        ({"liaison_name": ""}, {"liaison_name": ["这个字段是必填项。"]}),
        ({"tier": "999999"}, {"tier": ["选择一个有效的选项： 该选择不在可用的选项中。"]}),
        ({"introduction": "长" * 2001}, None),
        ({"province": "某省"}, None),
        ({"phone": "1\x00"}, None),
        ({"website": "javascript:alert(1)"}, None),
    ],
)
def test_hostile_and_half_contacts_are_refused_at_the_field(client, fields, errors):
    application = draft()

    response = client.post(page_of(application), whole_form(**fields) | {"save": "1"})

    found = response.context["form"].errors
    assert found == errors if errors else list(found) == list(fields)


def test_a_file_of_another_kind_is_refused_at_its_field(client):
    application = draft()
    data = whole_form(licence=upload(WITH_MACROS, "执照.docx"))

    response = client.post(page_of(application), data)

    assert list(response.context["form"].errors) == ["licence"]
    assert application.files.count() == 0


def test_a_file_is_removed_and_the_rest_of_the_form_kept(client):
    application = complete()
    file = application.files.first()

    client.post(page_of(application), whole_form(phone="010") | {"remove": file.pk})

    application.form.refresh_from_db()
    assert (application.files.count(), application.form.phone) == (1, "010")


def test_the_file_of_another_application_is_not_removed(client):
    application, other = complete(), complete(code=credit_code(1), name="别的公司")
    file = other.files.first()

    response = client.post(page_of(application), whole_form() | {"remove": file.pk})

    assert (response.status_code, other.files.count()) == (404, 2)


def test_a_second_application_is_stopped_at_the_code_with_the_way_to_the_link(client):
    application = complete()
    sent()
    data = whole_form() | {"send": "1"}

    response = client.post(page_of(application), data)

    assert list(response.context["form"].errors) == ["credit_code"]
    assert response.content.decode().count('href="/join/link/"') == 1


def test_what_is_sent_from_one_window_is_not_written_over_from_another(client):
    application = sent()

    response = client.post(
        page_of(application), whole_form(name="别名") | {"save": "1"}, follow=True
    )

    application.refresh_from_db()
    assert application.name == NAME
    assert [str(each) for each in response.context["messages"]] == [
        "申请已提交，不能再在这里修改。"
    ]


# --- On its way ---------------------------------------------------------------------------------


def test_the_applicant_reads_what_was_returned_but_not_the_notes_of_staff(client):
    application = sent()
    by = UserFactory(name="审查员")
    pass_on(application=application, stage="preliminary", note="内部意见", by=by, at=AT)
    send_back(application=application, note="执照不清楚", by=by, at=AT)

    words = Page(client.get(page_of(application))).words

    assert words.count("执照不清楚") == 2  # on top, and in the trail
    assert (words.count("内部意见"), words.count("审查员")) == (0, 0)


def test_it_can_be_withdrawn_while_under_way(client):
    application = sent()

    response = client.post(page_of(application), {"withdraw": "1", "note": "暂缓"}, follow=True)

    application.refresh_from_db()
    assert application.decision == "withdrawn"
    assert Page(response).each("danger") == []


def test_the_printed_form_shows_what_was_written(client):
    page = Page(client.get(page_of(complete(), "application_print")))

    assert page.words.count(CODE) == 1
    assert page.words.count("单位盖章：") == 1


def test_its_page_takes_the_same_queries_with_more_files_and_steps(client):
    application = sent()
    client.get(page_of(application))
    few = queries_of(client, page_of(application))

    other = sent(code=credit_code(1), name="别的公司")
    for number in range(2):
        other.files.create(
            purpose="licence", name=f"{number}.pdf", kind="pdf", size=1, uploaded_at=AT
        )

    assert queries_of(client, page_of(other)) == few


def test_its_pages_are_kept_by_no_cache(client):
    response = client.get(page_of(draft()))

    assert response["Cache-Control"].split(", ")[0] == "max-age=0"
    assert response["Referrer-Policy"] == "same-origin"
