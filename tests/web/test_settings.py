"""An installation's choices: their defaults, and what is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from web.settings import BadSettingError, Settings


def test_nothing_has_to_be_set() -> None:
    settings = Settings.from_environment({"DATABASE_URL": "", "BANJIE_PORT": ""})
    assert settings == Settings(database_url=None, url="", port=8000, data=None, processes=2)
    assert settings.folder is None
    assert not settings.is_https


def test_every_choice_is_read() -> None:
    settings = Settings.from_environment(
        {
            "DATABASE_URL": "postgresql://db/banjie",
            "BANJIE_URL": "https://banjie.example/",
            "BANJIE_PORT": "9000",
            "BANJIE_DATA": "/srv/banjie",
            "BANJIE_PROCESSES": "4",
            "BANJIE_SMTP_URL": "smtp://mail.example:587?starttls=1",
            "BANJIE_WEBHOOKS": " erp=https://u:p@erp.example/in?v=1\ncrm=http://crm.example ",
        }
    )
    assert settings.outside.smtp == "smtp://mail.example:587?starttls=1"
    assert settings.outside.endpoints == {
        "erp": "https://u:p@erp.example/in?v=1",
        "crm": "http://crm.example",
    }
    assert settings.database_url == "postgresql://db/banjie"
    assert settings.url == "https://banjie.example"
    assert settings.is_https
    assert settings.port == 9000
    assert settings.folder == Path("/srv/banjie/postgresql")
    assert settings.processes == 4


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BANJIE_PORT", "0"),
        ("BANJIE_PORT", "70000"),
        ("BANJIE_PORT", "http"),
        ("BANJIE_PORT", "八"),
        ("BANJIE_PORT", "-1"),
        ("BANJIE_PROCESSES", "1.5"),
        ("BANJIE_URL", "banjie.example"),
        ("BANJIE_URL", "ftp://banjie.example"),
        ("BANJIE_SMTP_URL", "mail.example"),
        ("BANJIE_SMTP_URL", "smtp://mail.example:99999"),
        ("BANJIE_WEBHOOKS", "https://erp.example"),
    ],
)
def test_a_senseless_choice_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(BadSettingError, match=name) as refused:
        Settings.from_environment({name: value})
    assert value in refused.value.zh
    assert value in refused.value.en


@pytest.mark.parametrize("pair", ["erp=file:///etc/passwd", "erp= https://erp.example", "erp="])
def test_an_endpoint_without_an_address_is_refused_by_its_name(pair: str) -> None:
    with pytest.raises(BadSettingError) as refused:
        Settings.from_environment({"BANJIE_WEBHOOKS": f"crm=https://crm.example {pair}"})
    assert "BANJIE_WEBHOOKS=erp" in refused.value.zh


def test_a_password_is_not_told() -> None:
    with pytest.raises(BadSettingError) as refused:
        Settings.from_environment({"BANJIE_SMTP_URL": "smpt://me:s3cret@mail.example"})
    assert "s3cret" not in str(refused.value)
    with pytest.raises(BadSettingError) as refused:
        Settings.from_environment({"BANJIE_WEBHOOKS": "erp=ftp://me:s3cret@erp.example"})
    assert "s3cret" not in str(refused.value)
