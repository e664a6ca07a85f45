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
    "cost_per_hour": "cost per hour",
    "fixed_costs": "fixed costs",
    "cap": "limit",
    "title": "title",
    "starts_on": "start",
    "offer_until": "end of the offer",
    "legal_name": "legal name",
    "code_before_reading": "code before reading",
    "within_days": "days to pay within",
    "pay_by": "to pay by",
    "policy_line": "policy line",
    "policy_version": "version of the discount list",
    "policy_words": "what the policy line says",
    "exception": "reason of the exception",
}
