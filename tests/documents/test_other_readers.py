"""What programs that know nothing of us say about the signed file: poppler, and a checker of PDF/UA."""

import subprocess
from pathlib import Path

import pdfua
import pytest

from tests.documents.conftest import Archived, Signed


def test_poppler_reads_both_signatures_and_finds_them_valid(archived: Archived, tmp_path: Path) -> None:
    path = tmp_path / "sealed.pdf"
    path.write_bytes(archived.second.pdf)
    done = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False)
    first, second, archive = done.stdout.split("Signature #")[1:]
    for found, name in ((first, "Maya Lindqvist"), (second, "Tomás Реєс-Łukasz")):
        assert f"Signer Certificate Common Name: {name}" in found
        assert "Signature Type: ETSI.CAdES.detached" in found
        assert "Signature Validation: Signature is Valid." in found
    assert "Total document signed" in archive


@pytest.mark.parametrize("name", ["signed", "archived"])
def test_a_checker_of_accessibility_finds_no_error(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    made: Signed | Archived = request.getfixturevalue(name)
    path = tmp_path / "sealed.pdf"
    path.write_bytes(made.second.pdf)
    report = pdfua.validate(str(path))
    assert [finding for finding in report.findings if finding.severity > pdfua.Severity.WARNING] == []
    # It looks for rows directly in a table and not in its head and body, where ours are.
    assert {finding.rule_id for finding in report.findings} <= {"UA-15-003"}
