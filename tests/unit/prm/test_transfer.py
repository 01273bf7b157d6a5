from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.deals.draft import read_change, read_draft
from assistant.deals.sheet import read_draft_lines, read_drafts, write_deals
from assistant.domain.accounts import Contact
from assistant.domain.deals import SalesStage
from assistant.errors import InvalidRecord
from integrations.prm.register.transfer import read_lines
from tests.unit.deals.example import DRAFT, a_deal

texts = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=30)


@settings(max_examples=60)
@given(texts.filter(bool), texts, st.integers(1, 10**9))
def test_a_deal_written_as_csv_is_read_back_as_it_was(title: str, street: str, cents: int) -> None:
    value = replace(DRAFT.value, amount=Decimal(cents) / 100)
    contact = Contact(email="a@b.co", phone="+4930123456")
    draft = replace(DRAFT, title=title, value=value, contact=contact, customer=replace(DRAFT.customer, street=street))
    out = io.StringIO()
    assert write_deals([a_deal(draft=draft)], out) == 1
    (read,) = read_drafts(io.StringIO(out.getvalue(), newline=""))
    assert read == draft


def test_text_that_a_spreadsheet_would_run_is_quoted() -> None:
    out = io.StringIO()
    write_deals([a_deal(draft=replace(DRAFT, title="=HYPERLINK(1)"))], out)
    assert "'=HYPERLINK(1)" in out.getvalue()


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("title,colour\nx,y\n", "columns"),
        ("", "columns"),
        ("title,value.amount\nx,many\n", "line 2: value.amount"),
        ("title,kind\nx,gift\n", "line 2: kind"),
    ],
)
def test_a_csv_that_is_off_names_line_and_column(text: str, field: str) -> None:
    with pytest.raises(InvalidRecord) as caught:
        list(read_drafts(io.StringIO(text)))
    assert field in {problem.field for problem in caught.value.problems}


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("nonsense\n", "line 1"),
        ('\n{"title": "x", "colour": "red"}\n', "line 2: colour"),
        ('{"title": "x", "value": {"amount": "1", "currency": "XYZ"}}\n', "line 1: value.currency"),
    ],
)
def test_a_draft_line_that_is_off_names_line_and_field(text: str, field: str) -> None:
    with pytest.raises(InvalidRecord) as caught:
        list(read_draft_lines(io.StringIO(text)))
    assert field in {problem.field for problem in caught.value.problems}


@pytest.mark.parametrize("line", ["nonsense", "[]", '{"kind": "dreams", "record": {}}', '{"kind": "deals"}'])
def test_a_line_that_is_no_record_is_named(line: str) -> None:
    with pytest.raises(InvalidRecord) as caught:
        list(read_lines([line]))
    assert caught.value.problems[0].field == "line 1"


@pytest.mark.parametrize(
    ("text", "field", "code"),
    [
        ("stage: dreaming", "stage", "enum"),
        ("colour: red", "colour", "unknown_field"),
        ("value: {amount: 1.001, currency: EUR}", "value.amount", "too_many_decimals"),
        ("customer: {name: A, country: DE, dunns: 1}", "customer.dunns", "unknown_field"),
        ("team: [{emali: a@b.co}]", "team[0].emali", "unknown_field"),
        ("- 1", "", "malformed"),
        ("target_close: tomorrow", "target_close", "date_from_datetime_parsing"),
        ("[1, 2", "", "malformed"),
    ],
)
def test_a_change_that_cannot_be_names_its_field(text: str, field: str, code: str) -> None:
    with pytest.raises(InvalidRecord) as caught:
        read_change(text)
    assert (caught.value.problems[0].field, caught.value.problems[0].code) == (field, code)


def test_a_draft_that_misses_fields_names_each_of_them() -> None:
    with pytest.raises(InvalidRecord) as caught:
        read_draft("title: Backup")
    missing = {problem.field for problem in caught.value.problems if problem.code == "missing"}
    assert missing == {"partner_ref", "problem", "customer", "product", "value", "target_close"}
    assert read_change("stage: launched").stage is SalesStage.LAUNCHED
