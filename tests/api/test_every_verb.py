"""What a page can do, the API can do: every verb of the domain has its operation, or a reason why not."""

import inspect

import pytest

from accounts import actions as account_actions
from proposals.actions import price_lists, relationships
from tests.api.description import described
from tests.proposals.verbs import VERBS

OPERATIONS = {
    "agreement.agree": "agree",
    "agreement.withdraw_agreement": "withdraw_agreement",
    "billing.choose_clauses": "change_billing",
    "billing.choose_model": "change_billing",
    "billing.disclose_cost": "change_billing",
    "billing.set_comparison": "change_billing",
    "billing.set_cost": "change_billing",
    "billing.set_estimate": "change_billing",
    "billing.set_figures": "change_billing",
    "change_orders.ask_for_change_order": "ask_for_change_order",
    "change_orders.refuse_change_order": "refuse_change_order",
    "change_orders.make_change_order": "make_change_order",
    "choices.change_quantity": "change_line",
    "choices.choose_alternative": "change_pricing",
    "choices.choose_option": "change_line",
    "disclosures.answer_request": "answer_disclosure_request",
    "disclosures.change_disclosure": "change_disclosure",
    "disclosures.publish": "publish_disclosure",
    "disclosures.request_disclosure": "request_disclosure",
    "disclosures.withdraw_disclosure": "withdraw_disclosure",
    "discounts.set_discounts": "change_line",
    "endings.decline": "decline_proposal",
    "endings.take_back_end": "take_back_end",
    "endings.withdraw": "withdraw_proposal",
    "extension.ask_for_time": "ask_for_more_time",
    "extension.extend": "extend_offer",
    "extension.refuse_time": "refuse_more_time",
    "freezing.freeze": "freeze_proposal",
    "freezing.reopen": "reopen_proposal",
    "keys.set_line_keys": "change_line",
    "keys.set_proposal_keys": "change_proposal",
    "keys.set_question_keys": "change_question",
    "keys.set_section_keys": "change_section",
    "line_blocks.add_lines": "add_lines",
    "line_blocks.remove_lines": "remove_lines",
    "lines.add_line": "add_line",
    "lines.edit_line": "change_line",
    "lines.move_line": "change_line",
    "lines.remove_line": "remove_line",
    "looking_back.bring_back": "bring_back",
    "looking_back.name_version": "name_version",
    "offers.accept": "accept_counter_offer",
    "offers.answer": "answer_counter_offer",
    "offers.decline": "decline_counter_offer",
    "offers.propose": "make_counter_offer",
    "offers.withdraw": "withdraw_counter_offer",
    "participants.invite": "invite_participant",
    "participants.link_for": "make_participant_link",
    "participants.remove_participant": "remove_participant",
    "participants.set_participant": "change_participant",
    "participants.withdraw_invitation": "withdraw_participant_link",
    "price_requests.answer_price": "answer_with_the_price",
    "price_requests.ask_price": "ask_for_the_price",
    "price_requests.offer_price": "say_the_price",
    "price_settings.edit_price_settings": "change_pricing",
    "proposals.copy_proposal": "copy_proposal",
    "proposals.set_party": "change_proposal",
    "proposals.set_terms": "change_proposal",
    "proposals.share": "share_proposal",
    "questions.ask": "ask_question",
    "questions.close": "change_question",
    "questions.edit_question": "change_question",
    "questions.reply": "reply_to_question",
    "rates.set_rate_card": "change_pricing",
    "reasons.explain": "explain_price_change",
    "reminding.remind": "remind_participant",
    "reminding.set_reminder": "set_reminder",
    "reviews.answer_colleague": "answer_review",
    "reviews.ask_colleague": "ask_colleague",
    "reviews.hold_for_reviews": "change_agreeing",
    "reviews.name_who_agrees": "change_agreeing",
    "schedule.set_schedule": "change_pricing",
    "sections.add_section": "add_section",
    "sections.edit_section": "change_section",
    "sections.move_section": "change_section",
    "sections.remove_section": "remove_section",
    "sections.write_text": "change_section",
    "sending_again.send_sealed_again": "send_sealed_again",
    "signatories.hand_over": "hand_over",
    "signatories.name_signatory": "name_signatory",
    "signatories.order_signatories": "order_signatories",
    "taking.add_from_catalogue": "add_from_catalogue",
    "taking.take_rate_card": "change_pricing",
    "talks.answer_times": "answer_times",
    "talks.propose_times": "propose_times",
    "taxes.set_taxes": "change_pricing",
    "templates.save_as_template": "save_template",
    "undoing.undo_choice": "undo_price_change",
    "undoing.undo_price_change": "undo_price_change",
    "value_worksheet.confirm_value": "change_billing",
    "value_worksheet.fill_worksheet": "change_billing",
    "value_worksheet.state_own_value": "change_billing",
    "value_worksheet.take_back_confirmation": "change_billing",
    "voiding.confirm_to_void": "confirm_voiding",
    "voiding.confirm_voiding": "confirm_voiding",
    "voiding.make_voiding_code": "mail_voiding_code",
    "voiding.propose_voiding": "propose_voiding",
    "voiding.refuse_voiding": "refuse_voiding",
}

NOT_BY_API = {
    "passkey_signing.ask_passkey": "a token never signs: signing is a person's act in a browser",
    "signing.make_signing_code": "a token never signs",
    "signing.sign": "a token never signs",
    "voiding.ask_passkey_to_void": "a passkey answers in a browser",
}

OF_FIRMS = {
    "publish_rate_card": "publish_rate_card",
    "add_item": "add_catalogue_item",
    "edit_item": "change_catalogue_item",
    "retire_item": "retire_catalogue_item",
}
"""The verbs of what a firm prices from."""

OF_RELATIONSHIPS = {
    "begin_relationship": "begin_relationship",
    "set_relationship_keys": "change_relationship",
    "forget_relationship": "forget_relationship",
}

BY_PEOPLE_ONLY = {
    "rename_person",
    "found_firm",
    "change_firm",
    "change_logo",
    "admit_colleague",
    "remove_colleague",
    "issue_token",
    "revoke_token",
    "rotate_token",
}
"""What a firm and its people are, and who holds its tokens, is settled on pages: no token makes another one."""


def operations() -> dict[str, str]:
    """The text of each operation's summary by its id."""
    return {
        operation["operationId"]: operation["summary"]
        for item in described()["paths"].values()
        for operation in item.values()
    }


def test_every_verb_of_a_proposal_has_an_operation_or_a_reason() -> None:
    assert set(OPERATIONS) | set(NOT_BY_API) == set(VERBS)
    assert not set(OPERATIONS) & set(NOT_BY_API)
    assert set(OPERATIONS.values()) <= set(operations())


def test_every_verb_of_a_relationship_has_an_operation() -> None:
    found = {
        name
        for name, function in inspect.getmembers(relationships, inspect.isfunction)
        if function.__module__ == relationships.__name__ and not name.startswith("_")
    }
    assert found == set(OF_RELATIONSHIPS)
    assert set(OF_RELATIONSHIPS.values()) <= set(operations())


READS = ("standing_item", "items_of")


def test_every_verb_of_a_price_list_has_an_operation() -> None:
    found = {
        name
        for name, function in inspect.getmembers(price_lists, inspect.isfunction)
        if function.__module__ == price_lists.__name__ and not name.startswith("_") and name not in READS
    }
    assert found == set(OF_FIRMS)
    assert set(OF_FIRMS.values()) <= set(operations())


def test_what_only_people_do_is_known() -> None:
    found = {
        name
        for name, function in inspect.getmembers(account_actions, inspect.isfunction)
        if function.__module__ == account_actions.__name__ and not name.startswith("_")
    }
    assert found <= BY_PEOPLE_ONLY


@pytest.mark.parametrize("word", ["token", "passkey"])
def test_no_operation_makes_a_token(word: str) -> None:
    assert not [name for name in operations() if word in name]
