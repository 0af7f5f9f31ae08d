"""What a production install is given: compose file, images, sample configuration. Nothing is started here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from cti.asterisk.layout import MODULES, template
from switchroom.config import load

pytestmark = pytest.mark.unit

REPOSITORY = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]


def test_the_production_shape_is_complete():
    assert {"asterisk", "mosquitto", "postgres", "switchroom"} <= set(SERVICES)


@pytest.mark.parametrize("name", SERVICES)
def test_each_file_and_volume_that_a_service_names_exists(name):
    service = SERVICES[name]
    if "build" in service:
        assert (REPOSITORY / service["build"]["dockerfile"]).is_file()
    for mount in service.get("volumes", []):
        source = mount.split(":")[0]
        assert (REPOSITORY / source).exists() if source.startswith(".") else source in COMPOSE["volumes"], mount


def test_what_faces_the_network_is_only_sip_and_audio():
    for name, service in SERVICES.items():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name
    assert "listener 1883 127.0.0.1\n" in (REPOSITORY / "docker/mosquitto.conf").read_text()
    assert "bindaddr = 127.0.0.1 " in (REPOSITORY / "asterisk-config/manager.conf").read_text()


def test_the_settings_in_the_image_are_sound_and_name_the_same_node(tmp_path):
    for name in ("ami", "agi", "mqtt"):
        (tmp_path / name).touch(mode=0o600)
        (tmp_path / name).write_text("0123456789abcdef0123456789abcdef\n")
    text = (REPOSITORY / "docker/switchroom.toml").read_text().replace("/secrets/", f"{tmp_path}/")
    (tmp_path / "switchroom.toml").write_text(text.replace("/app/dialplans", str(REPOSITORY / "dialplans")))
    settings = load(tmp_path / "switchroom.toml", {}).settings
    assert [node.name for node in settings.nodes] == [SERVICES["asterisk"]["environment"]["NODE_NAME"]]
    assert not settings.nodes[0].own


@pytest.mark.parametrize("dockerfile", ["asterisk", "switchroom"])
def test_each_image_copies_what_exists_and_gives_up_root(dockerfile):
    text = (REPOSITORY / f"docker/{dockerfile}.Dockerfile").read_text().replace("\\\n", " ")
    for line in re.findall(r"^COPY (.*)$", text, re.MULTILINE):
        for source in line.split()[:-1]:
            assert (REPOSITORY / source).exists(), source
    assert re.findall(r"^USER (\S+)$", text, re.MULTILINE)[-1] == "10001:10001"


def test_the_sample_modules_are_those_of_the_private_asterisk():
    sample = (REPOSITORY / "asterisk-config/modules.conf").read_text()
    assert re.findall(r"^load = (\w+)\.so$", sample, re.MULTILINE) == list(MODULES)


@pytest.mark.parametrize(("name", "section"), [("manager.conf", "switchroom"), ("pjsip.conf", "switchroom-phone")])
def test_the_samples_say_the_same_as_what_we_write_ourselves(name, section):
    def lines(text: str) -> list[str]:
        body = re.split(r"^\[", text.split(f"[{section}]", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
        kept = [line.split(";")[0].strip() for line in body.splitlines()]
        return [line for line in kept if line and not line.startswith(("secret", "#"))]

    assert lines((REPOSITORY / "asterisk-config" / name).read_text()) == lines(template(name))
