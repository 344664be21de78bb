from customer_retention.analytics import matching


def matcher(**kinds):
    return matching.Matcher(
        {kind: [matching.Candidate(*row) for row in rows] for kind, rows in kinds.items()}
    )


def test_the_first_kind_that_finds_anyone_decides():
    found = matcher(
        reference=[(1, 1, "A", "A", "C-1")],
        vat=[(2, 2, "B", "B", "DE 123")],
        email=[(3, 3, "C", "C", "c@x.com")],
        name=[(4, 4, "D", "D", "D")],
    )
    assert found.match(("c-1", "DE123", "c@x.com", "", "D")).partner_id == 1
    assert found.match(("none", "123", "c@x.com", "", "D")).partner_id == 2
    assert found.match(("", "", "c@x.com", "", "D")).partner_id == 3
    assert found.match(("", "", "", "", " d ")).partner_id == 4
    assert found.match(("", "", "", "", "E")) is None


def test_tax_numbers_of_two_countries_differ():
    found = matcher(vat=[(1, 1, "A", "A", "de 123.456"), (2, 2, "B", "B", "FR123456")])
    assert found.match(("", "DE123456", "", "", "")).partner_id == 1
    assert found.match(("", "123456", "", "", "")).doubt == "several"
    assert found.match(("", "IT123456", "", "", "")) is None


def test_phones_match_with_and_without_country_code():
    found = matcher(
        phone=[(1, 1, "A", "A", "+86 138-1234-5678"), (2, 2, "B", "B", "020 7946 0000")]
    )
    assert found.match(("", "", "", "13812345678", "")).partner_id == 1
    assert found.match(("", "", "", "13912345678", "")) is None
    assert found.match(("", "", "", "+44 (0)20 7946 0000", "b")).partner_id == 2
    other = found.match(("", "", "", "138 1234 5678", "Somebody else"))
    assert (other.doubt, other.partner_id, other.candidates) == ("phone_name", None, (1,))


def test_a_company_and_its_contact_are_one_customer():
    found = matcher(
        email=[(1, 1, "A", "A", "x@x.com"), (2, 1, "Ann", "A", "x@x.com")],
        name=[(3, 3, "Twin", "Twin", "Twin"), (4, 4, "Twin", "Twin", "Twin")],
    )
    assert found.match(("", "", "x@x.com", "", "")).partner_id == 1
    assert found.match(("", "", "", "", "twin")).candidates == (3, 4)


def test_what_is_looked_up_finds_every_candidate():
    """What the database compares as it is written: whoever matches must be among the keys."""
    keys = matching.lookup_keys
    assert keys("reference", [" C-1 ", "c-1", ""]) == {"c-1"}
    assert keys("email", ["a@x.com", ""]) == {"a@x.com"}
    assert keys("phone", ["+86 138-1234-5678", "12345"]) == {"12345678"}
    assert keys("vat", ["de 123.456", "123456"]) == {"DE123456", "123456"}
    assert keys("name", ["Ａ Ｂ", "École"]) == {"ab", "ＡＢ", "ａｂ", "école", "École"}


def test_the_same_customer_is_looked_for_once():
    found = matcher(name=[(4, 4, "D", "D", "D")])
    first = found.match(("", "", "", "", "d"))
    found.index["name"].clear()
    assert found.match(("", "", "", "", "d")) is first


def test_the_name_tells_several_apart():
    found = matcher(email=[(1, 1, "A", "A", "x@x.com"), (2, 2, "B", "B", "x@x.com")])
    assert found.match(("", "", "x@x.com", "", "B")).partner_id == 2
    assert found.match(("", "", "x@x.com", "", "C")).doubt == "several"
