"""The nouns of the domain, one per file."""

from proposals.models.agreement import Agreement
from proposals.models.audit_event import AuditContent, AuditEvent
from proposals.models.billing_terms import BillingTerms
from proposals.models.colleague_review import ColleagueReview
from proposals.models.command_answer import CommandAnswer
from proposals.models.counter_offer import CounterOffer
from proposals.models.disclosure import (
    Disclosure,
    DisclosureKind,
    DisclosureRequest,
    DisclosureVersion,
    ExplanationTimes,
)
from proposals.models.ending import ExtensionRequest, Voiding, VoidRequest
from proposals.models.export import Export
from proposals.models.instalment import Instalment
from proposals.models.line_item import Discount, LineItem
from proposals.models.moving import FirmExport, FirmImport, ImportRow, Move, Origin
from proposals.models.participant import Invitation, Participant
from proposals.models.party import Party, Side
from proposals.models.passkey_challenge import PasskeyChallenge
from proposals.models.price_list import CatalogueItem, RateCard
from proposals.models.price_request import PriceRequest
from proposals.models.proposal import Proposal, Rate, Tax
from proposals.models.question import Question, Reply
from proposals.models.relationship import Relationship
from proposals.models.revision import FileStage, Purpose, RecordIsFinal, Reopening, Revision, Signature, SigningCode
from proposals.models.sealed_mail import SealedMail
from proposals.models.section import Section
from proposals.models.signing_place import SigningPlace
from proposals.models.template import Template
from proposals.models.value_worksheet import ValueWorksheet

__all__ = [
    "Agreement",
    "AuditContent",
    "AuditEvent",
    "BillingTerms",
    "CatalogueItem",
    "ColleagueReview",
    "CommandAnswer",
    "CounterOffer",
    "Disclosure",
    "DisclosureKind",
    "DisclosureRequest",
    "DisclosureVersion",
    "Discount",
    "ExplanationTimes",
    "Export",
    "ExtensionRequest",
    "FileStage",
    "FirmExport",
    "FirmImport",
    "ImportRow",
    "Instalment",
    "Invitation",
    "LineItem",
    "Move",
    "Origin",
    "Participant",
    "Party",
    "PasskeyChallenge",
    "PriceRequest",
    "Proposal",
    "Purpose",
    "Question",
    "Rate",
    "RateCard",
    "RecordIsFinal",
    "Relationship",
    "Reopening",
    "Reply",
    "Revision",
    "SealedMail",
    "Section",
    "Side",
    "Signature",
    "SigningCode",
    "SigningPlace",
    "Tax",
    "Template",
    "ValueWorksheet",
    "VoidRequest",
    "Voiding",
]
