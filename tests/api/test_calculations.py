"""The pricing core over the API and at the command line: the same answers, the same codes."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from proposals.pricing import FUNCTIONS, calculate
from tests.api.conftest import Api

VECTORS = Path(__file__).parents[1] / "pricing" / "vectors"
EXAMPLES = [example for file in sorted(VECTORS.glob("*.json")) for example in json.loads(file.read_text())]
THIRDS = {"currency": "EUR", "total": "100.00", "weights": ["1", "1", "1"]}


def test_every_worked_example_has_the_same_answer_over_the_api(seller: Api) -> None:
    assert {example["fn"] for example in EXAMPLES} >= set(FUNCTIONS) - {"bill", "what_if"}
    for example in EXAMPLES:
        answer = seller.post(f"calculations/{example['fn']}/", example["given"])
        if "error" in example["expect"]:
            assert (answer.status, answer.code) == (422, example["expect"]["error"])
        else:
            assert (answer.status, answer.body) == (200, calculate(example["fn"], example["given"]))


@pytest.mark.parametrize(
    ("fn", "given", "status", "code"),
    [
        ("allocate", {**THIRDS, "total": 100}, 422, "bad_number"),
        ("allocate", {**THIRDS, "total": 100.5}, 422, "bad_number"),
        ("allocate", {**THIRDS, "weights": [1]}, 422, "bad_number"),
        ("allocate", {**THIRDS, "currency": "EURO"}, 422, "unknown_currency"),
        ("allocate", {}, 422, "missing_field"),
        ("allocate", [], 422, "bad_document"),
        ("allocate", "100", 422, "bad_document"),
        ("price", {"document": None}, 422, "missing_field"),
        ("price", {"document": []}, 422, "bad_document"),
        ("estimate-everything", {}, 404, "unknown_function"),
    ],
)
def test_what_can_not_be_calculated_says_why(seller: Api, fn: str, given: Any, status: int, code: str) -> None:
    answer = seller.post(f"calculations/{fn}/", given)

    assert (answer.status, answer.code) == (status, code)


@pytest.mark.parametrize(
    ("raw", "status", "code", "said"),
    [
        (
            b'{"currency": "EUR", "total": "1", "total": "100", "weights": ["1"]}',
            400,
            "bad_json",
            "“total” stands twice",
        ),
        (b'{"currency": "EUR", "total": "1", "weights": [{"a": 1, "a": 1}]}', 400, "bad_json", "“a” stands twice"),
        (b'{"currency": "EUR", "total": 1e400, "weights": ["1"]}', 422, "bad_number", "written as text"),
        (b'{"currency": "EUR", "total": 1E2, "weights": ["1"]}', 422, "bad_number", "written as text"),
        (b'{"currency": "EUR", "total": ' + b"9" * 4000 + b', "weights": ["1"]}', 422, "bad_number", "a JSON number"),
        (b'{"currency": "EUR", "total": "' + b"9" * 10**6 + b'", "weights": ["1"]}', 422, "bad_number", "99…"),
        (b'{"currency": "EUR", "total": -0, "weights": ["1"]}', 422, "bad_number", "written as text"),
        (b'{"currency": "EUR", "total": "1", "weights": ' + b"[" * 90 + b"]" * 90 + b"}", 422, "bad_number", "a list"),
        (b'{"a": "' + b" " * (2 * 1024 * 1024) + b'"}', 413, "too_large", ""),
        (b"currency=EUR&total=1", 400, "bad_json", "not JSON"),
    ],
    ids=["twice", "twice inside", "1e400", "1E2", "4,000 digits", "10^6 digits", "-0", "deep", "huge", "form"],
)
def test_a_body_made_to_hurt_is_refused_in_words(seller: Api, raw: bytes, status: int, code: str, said: str) -> None:
    answer = seller("POST", "calculations/allocate/", raw=raw)

    assert (answer.status, answer.code) == (status, code)
    assert said in answer.body["detail"]
    assert len(answer.content) < 1000


def test_an_error_names_its_line_and_its_field(seller: Api) -> None:
    line = {"id": "a", "kind": "fixed", "amount": "1.2.3"}

    answer = seller.post(
        "calculations/price/", {"document": {"currency": "EUR", "sections": [{"id": "s", "lines": [line]}]}}
    )

    assert (answer.code, answer.pointers) == ("bad_number", [("/lines/a/amount", "bad_number")])
    assert (answer.body["section"], answer.body["line"], answer.body["field"]) == ("s", "a", "amount")
    assert "1.2.3" in answer.body["detail"]


def at_command_line(*arguments: str) -> Any:
    """What `manage.py calculate` prints, parsed."""
    printed = io.StringIO()
    call_command("calculate", *arguments, stdout=printed)
    return json.loads(printed.getvalue())


def test_the_command_reads_a_file_or_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "given.json"
    file.write_text(json.dumps(THIRDS))
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(THIRDS)))

    assert at_command_line("allocate", str(file)) == {"parts": ["33.34", "33.33", "33.33"]}
    assert at_command_line("allocate") == {"parts": ["33.34", "33.33", "33.33"]}


@pytest.mark.parametrize(
    ("fn", "content", "said"),
    [
        ("allocate", json.dumps({**THIRDS, "total": 100}), "bad_number"),
        ("guess", "{}", "unknown_function"),
        ("allocate", "{", "not JSON"),
        ("allocate", '{"total": "1", "total": "2"}', "“total” stands twice"),
        ("allocate", '{"total": NaN}', "NaN is not a JSON value"),
        ("allocate", "[" * 200_000, "not JSON"),
        ("allocate", b"\xff", "not JSON"),
        ("allocate", None, "can’t be read"),
    ],
)
def test_the_command_says_why_not(tmp_path: Path, fn: str, content: Any, said: str) -> None:
    file = tmp_path / "given.json"
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())

    with pytest.raises(CommandError, match=said):
        at_command_line(fn, str(file))
