"""What the fields of rows and contents are called in sentences."""

from typing import Final

FIELD_WORDS: Final = {
    "quantity": "quantity",
    "working_in_document": "the appendix “How the numbers were made”",
    "periods": "periods",
    "unit_price": "unit price",
    "unit_cost": "unit cost",
    "price": "price",
    "amount": "amount",
    "rate_override": "rate",
    "rate_note": "note on the rate",
    "rate_date": "day of the rate",
    "cost_per_hour": "cost per hour",
    "fixed_costs": "fixed costs",
    "cap": "limit",
    "title": "title",
    "starts_on": "start",
    "offer_until": "end of the offer",
    "offer_reason": "reason of the end of the offer",
    "language": "language",
    "paper": "paper",
    "signing_order": "order of signing",
    "legal_name": "legal name",
    "code_before_reading": "code before reading",
    "within_days": "days to pay within",
    "pay_by": "to pay by",
    "policy_line": "policy line",
    "policy_version": "version of the discount list",
    "policy_words": "what the policy line says",
    "exception": "reason of the exception",
    "worksheet": "value worksheet",
    "data_source": "source of the number",
    "without_us": "without us",
    "worth_of_one": "worth of one unit",
    "worth_note": "note on that worth",
    "own_estimate": "the client’s own estimate",
    "client_pays": "fee",
}

DATES: Final = frozenset({"starts_on", "offer_until", "price_date", "rate_date", "pay_by", "due_on"})
"""The fields that hold a day, as ISO 8601 writes it."""
