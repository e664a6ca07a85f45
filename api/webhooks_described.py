"""The `webhooks` section of the OpenAPI description: every event that is sent, with its payload."""

from typing import Any, Final

from webhooks.event_types import EVENTS, RENAMED, TEST

_ID: Final = "01980f3c-8f0e-7c3a-9b1e-5a2f0c9d4e11"
_PROPOSAL: Final = "01980f3b-12aa-7d41-8c55-7b1a9e0f2c33"
_PERSON: Final = "01980f3a-77c0-7b12-8a4d-2f6e1c0b9d55"
_QUESTION: Final = "01980f3c-8f0d-7e21-8f3c-1d2e3f4a5b6c"
_ROOT: Final = f"https://proposals.example/api/v1/proposals/{_PROPOSAL}/"

_TEXT: Final = {"type": "string"}
_KEY: Final = {"type": "string", "format": "uuid"}
_EXAMPLE: Final = {
    "id": _ID,
    "type": "question.asked",
    "created_at": "2026-11-22T19:00:00.000000Z",
    "data": {
        "proposal": {
            "id": _PROPOSAL,
            "title": "A booking portal",
            "state": "open",
            "external_id": "deal-4711",
            "url": f"https://proposals.example/p/{_PROPOSAL}/",
        },
        "entry": {"epoch": 1, "number": 17, "type": "question.asked"},
        "actor": {"id": _PERSON, "name": "Tomás Reyes", "side": "client"},
        "subject": {"question": _QUESTION},
        "links": {
            "proposal": _ROOT,
            "audit_trail": f"{_ROOT}audit-trail/",
            "question": f"{_ROOT}questions/{_QUESTION}/",
        },
    },
}
_ADDRESSES: Final = {"type": "object", "additionalProperties": {"type": "string", "format": "uri"}}

SCHEMAS: Final[dict[str, Any]] = {
    "WebhookProposal": {
        "type": "object",
        "description": "The proposal as it stood at the moment of the event.",
        "properties": {
            "id": _KEY,
            "title": _TEXT,
            "state": {
                "type": "string",
                "description": "The state after the event, such as `open`, `frozen` or `signed`.",
            },
            "external_id": {"type": "string", "description": "Your own id, as it was given over the API."},
            "url": {"type": "string", "format": "uri", "description": "Its page, for people."},
        },
        "required": ["id", "title", "state", "external_id", "url"],
    },
    "WebhookEntry": {
        "type": "object",
        "description": "Its place in the audit trail. Within an epoch numbers have no gaps; sharing begins another.",
        "properties": {"epoch": {"type": "integer"}, "number": {"type": "integer"}, "type": _TEXT},
        "required": ["epoch", "number", "type"],
    },
    "WebhookActor": {
        "type": "object",
        "description": "Who did it: a person, or a firm by its service token, which has no id.",
        "properties": {"id": {"type": ["string", "null"], "format": "uuid"}, "name": _TEXT, "side": _TEXT},
        "required": ["id", "name", "side"],
    },
    "WebhookData": {
        "type": "object",
        "properties": {
            "proposal": {"$ref": "#/components/schemas/WebhookProposal"},
            "entry": {"$ref": "#/components/schemas/WebhookEntry"},
            "actor": {
                "oneOf": [{"$ref": "#/components/schemas/WebhookActor"}, {"type": "null"}],
                "description": "Null for what follows by itself.",
            },
            "subject": {
                "type": "object",
                "additionalProperties": True,
                "description": "What it is about: ids of the section, line, question or participant; the part, the "
                "number and SHA-256 of the revision.",
            },
            "links": {**_ADDRESSES, "description": "Where to read more, over the API."},
        },
        "required": ["proposal", "entry", "actor", "subject", "links"],
    },
    "WebhookPayload": {
        "type": "object",
        "properties": {
            "id": {**_KEY, "description": "The `webhook-id`."},
            "type": _TEXT,
            "created_at": {"type": "string", "format": "date-time", "description": "When it happened."},
            "data": {"$ref": "#/components/schemas/WebhookData"},
        },
        "required": ["id", "type", "created_at", "data"],
        "examples": [_EXAMPLE],
    },
    "WebhookTestPayload": {
        "type": "object",
        "properties": {
            "id": _KEY,
            "type": {"const": TEST},
            "created_at": {"type": "string", "format": "date-time"},
            "data": {"type": "object", "properties": {"links": _ADDRESSES}, "required": ["links"]},
        },
        "required": ["id", "type", "created_at", "data"],
    },
}

_HEADERS: Final = (
    ("webhook-id", "The same at every attempt: keep it, to notice what you have already got."),
    ("webhook-timestamp", "When this attempt was signed, in seconds since 1970. Refuse what is older than 5 minutes."),
    ("webhook-signature", "`v1,` and the base64 of HMAC-SHA256 over id, timestamp and body with dots between; several "
     "are separated by spaces while a secret is rotated."),
)  # fmt: skip

_RESPONSES: Final[dict[str, Any]] = {
    "WebhookTaken": {"description": "Taken. Whatever else is answered, it is sent again, as docs/webhooks.md says."},
    "WebhookGone": {"description": "Gone: nothing is sent there any more, and the endpoint is switched off."},
}
_TEST_ABOUT: Final = "Somebody sent a test."


def add_webhooks(result: dict[str, Any]) -> None:
    """Add every event as a webhook, and what they have in common to the components."""
    components = result["components"]
    components["schemas"] |= SCHEMAS
    components["parameters"] = {
        _component(name): {"in": "header", "name": name, "required": True, "schema": _TEXT, "description": about}
        for name, about in _HEADERS
    }
    components["responses"] |= _RESPONSES
    result["webhooks"] = {name: _event(name, about) for name, about in (*EVENTS.items(), (TEST, _TEST_ABOUT))}


def _component(name: str) -> str:
    return "".join(word.capitalize() for word in name.replace(".", "_").replace("-", "_").split("_"))


def _event(name: str, about: str) -> dict[str, Any]:
    gathered = [entry for entry, event in RENAMED.items() if event == name]
    said = f"{about} Also for the entries {', '.join(f'`{entry}`' for entry in gathered)}." if gathered else about
    payload = "WebhookTestPayload" if name == TEST else "WebhookPayload"
    schema = {"allOf": [{"$ref": f"#/components/schemas/{payload}"}], "properties": {"type": {"const": name}}}
    return {
        "post": {
            "operationId": f"on_{name.replace('.', '_')}",
            "summary": about,
            "description": said,
            "tags": ["webhooks"],
            "parameters": [{"$ref": f"#/components/parameters/{_component(name)}"} for name, _ in _HEADERS],
            "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
            "responses": {
                "2XX": {"$ref": "#/components/responses/WebhookTaken"},
                "410": {"$ref": "#/components/responses/WebhookGone"},
            },
        }
    }
