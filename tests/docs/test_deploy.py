"""The systemd units: what systemd itself says of them, and that what they name exists."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from storage import errors
from tests.docs.generate import commands

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
PROGRAM = "/opt/phuongchi/.venv/bin/phuongchi"
EXPOSED = 15
"""What `systemd-analyze security` may find at most, in tenths."""

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="NO SYSTEMD: the units of deploy/ WERE NOT VERIFIED"
)


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The units as installed, with a program that is there."""
    folder = tmp_path_factory.mktemp("units")
    for unit in UNITS:
        (folder / unit.name).write_text(unit.read_text(encoding="utf-8").replace(PROGRAM, shutil.which("true") or ""))
    return folder


def values(unit: Path, name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)


@needs_systemd
def test_units_when_verified_by_systemd_then_nothing_is_said(units: Path) -> None:
    paths = [unit.with_name(unit.name.replace("@.", "@x.")) for unit in sorted(units.iterdir())]
    shutil.copy(units / "phuongchi-failed@.service", units / "phuongchi-failed@x.service")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=yes", *paths], capture_output=True, text=True,
        env={"SYSTEMD_UNIT_PATH": f"{units}:", "SYSTEMD_LOG_LEVEL": "warning"}, check=False,
    )  # fmt: skip
    mine = [line for line in done.stderr.splitlines() if "phuongchi" in line]
    assert (done.returncode, mine) == (0, [])


@needs_systemd
@pytest.mark.parametrize("unit", ["phuongchi-schedule.service", "phuongchi-serve.service"])
def test_units_when_their_shields_are_measured_then_little_is_exposed(units: Path, unit: str) -> None:
    measured = [
        "systemd-analyze",
        "security",
        "--offline=true",
        f"--threshold={EXPOSED}",
        "--no-pager",
        str(units / unit),
    ]
    done = subprocess.run(measured, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-400:] + done.stderr


def test_units_when_read_then_commands_and_exit_codes_exist_and_writer_and_reader_differ() -> None:
    known = {name for name, _ in commands()}
    for unit in UNITS:
        [start] = values(unit, "ExecStart")
        assert start.startswith(f"{PROGRAM} ")
        assert start.split()[1] in known
        codes = {int(code) for line in values(unit, "RestartPreventExitStatus") for code in line.split()}
        assert codes <= {
            one.exit_code
            for one in vars(errors).values()
            if isinstance(one, type) and issubclass(one, errors.PhuongChiError)
        }
        assert values(unit, "Environment") == ["PHUONGCHI_ARCHIVE=/var/lib/phuongchi"]
    users = {unit.name: values(unit, "User")[0] for unit in UNITS}
    assert users["phuongchi-schedule.service"] != users["phuongchi-serve.service"]
    made = re.findall(r"^u (\S+)", (DEPLOY / "phuongchi.sysusers.conf").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(users.values()) <= set(made)


def test_passwords_when_named_for_a_service_then_they_outlive_it_and_only_the_writer_sees_them() -> None:
    """OnFailure= mails when the service is gone, and its credentials with it."""
    folders = re.findall(
        r"^d (\S+) +0750 root +phuongchi ", (DEPLOY / "phuongchi.tmpfiles.conf").read_text(), re.MULTILINE
    )
    guides = [DEPLOY.parent / "docs" / name for name in ("operators-guide.md", "huong-dan-van-hanh.md")]
    for text in (path.read_text(encoding="utf-8") for path in [DEPLOY / "phuongchi-schedule.service", *guides]):
        assert re.findall(r'notify.smtp_password_file = "(.*)/', text) == folders
    assert values(DEPLOY / "phuongchi-serve.service", "InaccessiblePaths") == [f"-{folder}" for folder in folders]
