"""Forms of the sign-in, account and firm pages. They check values; the actions decide."""

from accounts.forms.firm import AccountForm, ColleagueForm, FirmForm, LogoForm, TokenForm
from accounts.forms.sign_in import AddressCodeForm, SignInCodeForm, SignInForm, SignupForm

__all__ = [
    "AccountForm",
    "AddressCodeForm",
    "ColleagueForm",
    "FirmForm",
    "LogoForm",
    "SignInCodeForm",
    "SignInForm",
    "SignupForm",
    "TokenForm",
]
