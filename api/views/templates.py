"""A firm's own templates."""

import uuid
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Firm
from api.conditions import seen_version
from api.endpoint import only
from api.pagination import paginate
from api.schema import described, page_of
from api.serializers.templates import (
    NewTemplateSerializer,
    TemplateChangeSerializer,
    TemplateQuerySerializer,
    TemplateSerializer,
)
from api.views.price_lists import FirmEndpoint
from proposals.access import Scope
from proposals.actions import templates
from proposals.documents.templates import variables_of
from proposals.exceptions import NotFound
from proposals.models import Side, Template


class Templates(FirmEndpoint):
    """The firm's templates."""

    query = TemplateQuerySerializer

    @described("list_templates", "List the firm's templates, the oldest first", answer=page_of(TemplateSerializer))
    def get(self, request: Request, firm_id: uuid.UUID) -> Response:
        """Its own; those for a trade are always there."""
        rows = templates.templates_of(self.firm()).filter(**only(self.asked, "external_id", "currency"))
        page = paginate(request, rows, ["id"], cursor=self.asked.get("cursor", ""), limit=self.asked["limit"])
        return self.shown(page_of(TemplateSerializer), page.shown(_shown))

    @described(
        "save_template",
        "Keep a proposal as a template",
        request=NewTemplateSerializer,
        answer=TemplateSerializer,
        status=201,
        once=True,
    )
    def post(self, request: Request, firm_id: uuid.UUID) -> Response:
        """Only a person of the seller's firm may. Discounts, choices and people are left out."""
        firm = self.firm(Scope.PROPOSALS_WRITE)
        given = self.given(NewTemplateSerializer)
        proposal, actor = self.enter("copy", proposal_id=given.pop("proposal"))
        if proposal.party(Side.SELLER).firm_id != firm.id:
            raise NotFound()
        made = self.once(lambda: {"template": str(templates.save_as_template(by=actor, **given).id)})
        response = _answer(self, firm, made["template"], status=201)
        response["Location"] = self.url(f"{request.path}{made['template']}/")
        return response


class OneTemplate(FirmEndpoint):
    """One template."""

    @described("get_template", "Read a template", answer=TemplateSerializer, versioned=True)
    def get(self, request: Request, firm_id: uuid.UUID, template_id: uuid.UUID) -> Response:
        """With the variables that it uses, in reading order."""
        return _answer(self, self.firm(), template_id)

    @described(
        "change_template",
        "Rename a template, or say when to use it",
        request=TemplateChangeSerializer,
        answer=TemplateSerializer,
        versioned=True,
    )
    def patch(self, request: Request, firm_id: uuid.UUID, template_id: uuid.UUID) -> Response:
        """All of what is sent, or nothing."""
        firm = self.firm(Scope.PROPOSALS_WRITE)
        given = self.given(TemplateChangeSerializer)
        seen = seen_version(request, templates.standing_template(firm, template_id).version)
        templates.edit_template(firm=firm, template_id=template_id, changes=given, expected_version=seen)
        return _answer(self, firm, template_id)

    @described("retire_template", "Take a template out", status=204, versioned=True)
    def delete(self, request: Request, firm_id: uuid.UUID, template_id: uuid.UUID) -> Response:
        """Proposals that were made from it stay."""
        firm = self.firm(Scope.PROPOSALS_WRITE)
        self.given()
        seen = seen_version(request, templates.standing_template(firm, template_id).version)
        templates.retire_template(firm=firm, template_id=template_id, expected_version=seen)
        return Response(status=204)


def _answer(endpoint: FirmEndpoint, firm: Firm, template_id: object, *, status: int = 200) -> Response:
    template = templates.standing_template(firm, str(template_id))
    return endpoint.shown(TemplateSerializer, _shown(template), status=status, version=template.version)


def _shown(template: Template) -> dict[str, Any]:
    return {
        "id": template.id,
        "title": template.title,
        "summary": template.summary,
        "currency": template.currency,
        "variables": variables_of(template.content),
        "sections": [section["title"] for section in template.content["sections"]],
        "external_id": template.external_id,
        "metadata": template.metadata,
        "version": template.version,
        "made_at": template.made_at,
    }
