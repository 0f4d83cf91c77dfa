from pathlib import Path

import pytest

from workbench.errors import WrongSetting
from workbench.settings import MEGABYTE, Settings


def test_an_empty_environment_gives_usable_settings():
    settings = Settings.from_environment({})
    assert settings.home == Path.home() / ".workbench"
    assert settings.database == f"sqlite:///{(Path.home() / '.workbench/workbench.db').as_posix()}"
    assert settings.workers >= 1
    assert settings.max_bytes == 100 * MEGABYTE


def test_the_environment_is_read(tmp_path):
    settings = Settings.from_environment(
        {
            "WORKBENCH_HOME": str(tmp_path),
            "WORKBENCH_DATABASE": "postgresql+psycopg://someone@host/name",
            "WORKBENCH_WORKERS": "7",
            "WORKBENCH_MAX_BYTES": "1.5 MB",
            "WORKBENCH_JOB_SECONDS": "12.5",
            "WORKBENCH_JOB_MEMORY": "2g",
        }
    )
    assert settings == Settings(
        home=tmp_path,
        database="postgresql+psycopg://someone@host/name",
        workers=7,
        max_bytes=1_500_000,
        job_seconds=12.5,
        job_memory_bytes=2_000_000_000,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WORKBENCH_WORKERS", "many"),
        ("WORKBENCH_WORKERS", "0"),
        ("WORKBENCH_JOB_SECONDS", "-1"),
        ("WORKBENCH_JOB_SECONDS", "nan"),
        ("WORKBENCH_MAX_BYTES", "0"),
        ("WORKBENCH_MAX_BYTES", "12 parsecs"),
    ],
)
def test_a_setting_that_means_nothing_is_named(name, value):
    with pytest.raises(WrongSetting, match=name) as caught:
        Settings.from_environment({name: value})
    assert caught.value.exit_code == 2
