"""What of a company's name says who it is."""

from __future__ import annotations

import pytest

from assistant.cosell.register import without_form


@pytest.mark.parametrize(
    ("name", "telling"),
    [
        ("Isarblick Maschinenbau GmbH", "Isarblick Maschinenbau"),
        ("Acme BioTherapeutics Inc.", "Acme BioTherapeutics"),
        ("株式会社サクラ", "株式会社サクラ"),
        ("GmbH", "GmbH"),
        ("", ""),
    ],
)
def test_two_customers_are_not_alike_for_their_legal_form(name: str, telling: str) -> None:
    assert without_form(name) == telling
