"""Addresses of people and firms.

allauth's pages stand under its own names. Those that ask for a password are not routed.
"""

from allauth.account import views as allauth_views
from django.urls import URLPattern, path
from django.views.generic import RedirectView

from accounts.demo_sign_in import demo_sign_in
from accounts.views import account, firm, mailbox, passkeys, sign_in, tokens

urlpatterns: list[URLPattern] = [
    path("accounts/login/", sign_in.SignIn.as_view(), name="account_login"),
    path(
        "accounts/login/code/",
        RedirectView.as_view(pattern_name="account_login", query_string=True),
        name="account_request_login_code",
    ),
    path("accounts/login/code/confirm/", sign_in.ConfirmSignIn.as_view(), name="account_confirm_login_code"),
    path("accounts/signup/", sign_in.Signup.as_view(), name="account_signup"),
    path("accounts/confirm-email/", sign_in.ConfirmAddress.as_view(), name="account_email_verification_sent"),
    path("accounts/logout/", allauth_views.logout, name="account_logout"),
    path("accounts/inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("accounts/email/", RedirectView.as_view(pattern_name="account"), name="account_email"),
    path("accounts/login/passkey/options/", passkeys.sign_in_options, name="passkey_sign_in_options"),
    path("accounts/login/passkey/", passkeys.sign_in, name="passkey_sign_in"),
    path("account/", account.account, name="account"),
    path("account/passkeys/code/", passkeys.passkey_code, name="passkey_code"),
    path("account/passkeys/options/", passkeys.passkey_options, name="passkey_options"),
    path("account/passkeys/", passkeys.passkey_add, name="passkey_add"),
    path("account/passkeys/<uuid:passkey_id>/remove/", passkeys.passkey_remove, name="passkey_remove"),
    path("firm/", firm.firm, name="firm"),
    path("firm/new/", account.firm_new, name="firm_new"),
    path("firm/tokens/", tokens.own_tokens, name="own_tokens"),
    path("firm/<uuid:firm_id>/", firm.firm, name="firm_of"),
    path("firm/<uuid:firm_id>/details/", firm.firm_details, name="firm_details"),
    path("firm/<uuid:firm_id>/logo/", firm.firm_logo, name="firm_logo"),
    path("logos/<str:digest>.png", firm.logo, name="logo"),
    path("firm/<uuid:firm_id>/people/", firm.colleague_admit, name="colleague_admit"),
    path("firm/<uuid:firm_id>/people/<uuid:membership_id>/remove/", firm.colleague_remove, name="colleague_remove"),
    path("firm/<uuid:firm_id>/tokens/", tokens.firm_tokens, name="firm_tokens"),
    path("firm/<uuid:firm_id>/tokens/<uuid:token_id>/revoke/", tokens.token_revoke, name="token_revoke"),
    path("firm/<uuid:firm_id>/tokens/<uuid:token_id>/rotate/", tokens.token_rotate, name="token_rotate"),
    path("dev/as/<str:token>/", demo_sign_in, name="demo-sign-in"),
    path("dev/mails/", mailbox.mailbox, name="mailbox"),
    path("dev/mails/<str:name>/", mailbox.mailbox_mail, name="mailbox_mail"),
]
