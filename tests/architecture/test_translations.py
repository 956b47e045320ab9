"""The English of the interface is whole."""

from tools import translations


def test_every_sentence_is_translated(capsys):
    status = translations.main(["--check"])

    assert (status, capsys.readouterr().err) == (0, "")
