"""The pricing core, without a proposal."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, PolymorphicProxySerializer
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.problems import UnknownFunction
from api.schema import described
from api.serializers.calculations import ANSWERS, GIVEN
from proposals.pricing import FUNCTIONS, calculate

EXAMPLES = [
    OpenApiExample("allocate", request_only=True, value={"currency": "EUR", "total": "100.00", "weights": ["1", "1"]}),
    OpenApiExample(
        "schedule",
        request_only=True,
        value={
            "currency": "EUR",
            "total": "1210.00",
            "tax": "210.00",
            "periods": {"count": "3", "every": "month", "start": "2027-01-31"},
        },
    ),
    OpenApiExample(
        "bill",
        request_only=True,
        value={
            "model": "tm_cap",
            "currency": "EUR",
            "params": {"rates": {"senior": "150.00"}, "cap": "14000.00"},
            "outcome": {"hours": [{"role": "senior", "hours": "102.5"}], "expenses": "312.40"},
        },
    ),
    OpenApiExample(
        "what_if",
        request_only=True,
        value={
            "currency": "EUR",
            "estimate": {"low": "80", "likely": "100", "high": "150"},
            "cost_per_hour": "75.00",
            "models": [
                {"id": "hourly", "model": "tm", "params": {"rate": "120.00"}},
                {"id": "fixed", "model": "fixed", "params": {"fee": "13500.00"}},
            ],
        },
    ),
]
RESULT = PolymorphicProxySerializer(
    component_name="CalculationResult", serializers=list(ANSWERS), resource_type_field_name=None
)


class Calculations(Endpoint):
    """A function of the pricing core."""

    tag = "calculations"

    @described(
        "calculate",
        f"Calculate: {', '.join(FUNCTIONS)}",
        request={"application/json": GIVEN},
        answer=RESULT,
        examples=EXAMPLES,
    )
    def post(self, request: Request, fn: str) -> Response:
        """Stateless: nothing is stored, nothing is read. Errors have the codes of pricing."""
        if fn not in FUNCTIONS:
            raise UnknownFunction(f"There is no calculation “{fn[:40]}”; there are: {', '.join(FUNCTIONS)}.")
        given: Any = request.data
        return Response(calculate(fn, given))
