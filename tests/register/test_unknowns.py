"""The list of what is not recognised, and teaching."""

import polars as pl

from lotrinh.programme.columns import Entity
from lotrinh.programme.parse import read_table
from lotrinh.programme.reported import Reported
from lotrinh.register.classify import Classifier
from lotrinh.register.taught import Taught
from lotrinh.register.unknowns import nearest, unknowns
from lotrinh.tables.csv_folder import read_csv


def frame(*rows):
    return pl.DataFrame(rows, schema=["name", "oid", "parameter", "count"], orient="row")


def test_spellings_stand_together_and_the_frequent_come_first():
    found = unknowns(
        frame(
            ("Acme Cipher", "", "", 3),
            ("ML-KEN-768", "", "", 5),
            ("acme_cipher", "", "", 4),
            ("x", "1.2.3.4.5", "", 6),
            ("x", "oid:1.2.3.4.5", "", 1),
        )
    )
    assert found.columns == ["name", "oid", "parameter", "count", "nearest"]
    assert found.rows()[:3] == [
        ("acme_cipher", "", "", 7, found["nearest"][0]),
        ("x", "1.2.3.4.5", "", 7, ""),
        ("ML-KEN-768", "", "", 5, found["nearest"][2]),
    ]
    assert found["nearest"][2].startswith("ML-KEM-768")


def test_nothing_unknown_is_an_empty_list():
    assert unknowns(frame().cast(pl.String)).rows() == []


def test_an_identifier_is_near_to_its_neighbours():
    assert nearest("", "1.3.36.3.3.2.8.1.1.99")[0].startswith("brainpool")
    assert nearest("", "1.2") == ()


def test_a_sheet_of_what_was_taught(tmp_path):
    path = tmp_path / "taught.csv"
    path.write_text(
        "name,algorithm,class,function,evidence,reason\n"
        "acme-*,,post_quantum,signature,expert,told by the vendor\nRAW,AES-256,,,assumption,\n",
        "utf-8",
    )
    raw, issues = read_csv(path, "taught"), []
    lines = read_table(Entity.apart["taught"], raw.tables[0], Reported(raw), issues)
    assert issues == []
    assert all(isinstance(line.row, Taught) for line in lines)
    classifier = Classifier([line.row for line in lines])
    assert classifier.algorithm("ACME-7")[2:4] == ("post_quantum", "signature")
    assert classifier.algorithm("raw").algorithm == "AES-256"
