"""Addresses of the REST API."""

from django.urls import URLPattern, path

from api.endpoint import Nowhere
from api.views import (
    agreements,
    billing_models,
    calculations,
    description,
    life,
    lines,
    me,
    offers,
    people,
    pricing,
    proposals,
    questions,
    records,
    room,
    sections,
)

ROOT = "api/v1/"
P = f"{ROOT}proposals/<uuid:proposal_id>/"

urlpatterns: list[URLPattern] = [
    path(f"{ROOT}schema/", description.Schema.as_view(), name="api_schema"),
    path(f"{ROOT}docs/", description.page, name="api_docs"),
    path(f"{ROOT}me/", me.Me.as_view(), name="api_me"),
    path(f"{ROOT}proposals/", proposals.Proposals.as_view(), name="api_proposals"),
    path(P, proposals.OneProposal.as_view(), name="api_proposal"),
    path(f"{P}share/", life.Share.as_view(), name="api_share"),
    path(f"{P}freeze/", life.Freeze.as_view(), name="api_freeze"),
    path(f"{P}reopen/", life.Reopen.as_view(), name="api_reopen"),
    path(f"{P}decline/", life.Decline.as_view(), name="api_decline"),
    path(f"{P}withdraw/", life.Withdraw.as_view(), name="api_withdraw"),
    path(f"{P}copy/", life.Copy.as_view(), name="api_copy"),
    path(f"{P}participants/", people.Participants.as_view(), name="api_participants"),
    path(f"{P}signatories/", people.Signatories.as_view(), name="api_signatories"),
    path(f"{P}sections/", sections.Sections.as_view(), name="api_sections"),
    path(f"{P}sections/<uuid:section_id>/", sections.OneSection.as_view(), name="api_section"),
    path(f"{P}sections/<uuid:section_id>/lines/", lines.Lines.as_view(), name="api_lines"),
    path(f"{P}sections/<uuid:section_id>/lines/<uuid:line_id>/", lines.OneLine.as_view(), name="api_line"),
    path(f"{P}pricing/", pricing.Pricing.as_view(), name="api_pricing"),
    path(f"{P}questions/", questions.Questions.as_view(), name="api_questions"),
    path(f"{P}questions/<uuid:question_id>/", questions.OneQuestion.as_view(), name="api_question"),
    path(f"{P}questions/<uuid:question_id>/replies/", questions.Replies.as_view(), name="api_replies"),
    path(f"{P}counter-offers/", offers.CounterOffers.as_view(), name="api_counter_offers"),
    path(f"{P}counter-offers/<uuid:offer_id>/", offers.OneCounterOffer.as_view(), name="api_counter_offer"),
    path(f"{P}counter-offers/<uuid:offer_id>/accept/", offers.OfferAccept.as_view(), name="api_offer_accept"),
    path(f"{P}counter-offers/<uuid:offer_id>/answer/", offers.OfferAnswer.as_view(), name="api_offer_answer"),
    path(f"{P}counter-offers/<uuid:offer_id>/decline/", offers.OfferDecline.as_view(), name="api_offer_decline"),
    path(f"{P}counter-offers/<uuid:offer_id>/withdraw/", offers.OfferWithdraw.as_view(), name="api_offer_withdraw"),
    path(f"{P}agreements/", agreements.Agreements.as_view(), name="api_agreements"),
    path(f"{P}agree/", agreements.Agree.as_view(), name="api_agree"),
    path(f"{P}withdraw-agreement/", agreements.WithdrawAgreement.as_view(), name="api_withdraw_agreement"),
    path(f"{P}revisions/<int:number>/", records.OneRevision.as_view(), name="api_revision"),
    path(f"{P}document.pdf", records.DocumentPdf.as_view(), name="api_document_pdf"),
    path(f"{P}document.json", records.DocumentJson.as_view(), name="api_document_json"),
    path(f"{P}audit-trail/", records.AuditTrail.as_view(), name="api_audit_trail"),
    path(f"{P}room-tickets/", room.RoomTickets.as_view(), name="api_room_tickets"),
    path(f"{ROOT}calculations/<slug:fn>/", calculations.Calculations.as_view(), name="api_calculation"),
    path(f"{ROOT}billing-models/", billing_models.BillingModels.as_view(), name="api_billing_models"),
    path(f"{ROOT}billing-models/<slug:key>/", billing_models.OneBillingModel.as_view(), name="api_billing_model"),
    path(f"{ROOT}verifications/", records.Verifications.as_view(), name="api_verifications"),
    path(f"{ROOT}<path:rest>", Nowhere.as_view(schema=None), name="api_nowhere"),
    path(ROOT, Nowhere.as_view(schema=None), name="api_root"),
]
