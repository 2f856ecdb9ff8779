"""Logging in, and speaking under TLS, with a server of aiosmtpd."""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ill_workflows.app import open_app
from ill_workflows.errors import TransportDown
from ill_workflows.mail.transport import Smtp
from tests.mail.faulty import Faulty, faulty
from tests.mail.test_transport import READER, SENDER, letter
from tests.servers.ports import free_port

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
USER, TOKEN = "ill@nsut.example", "ya29.a0ARrdaM-invented_token"
CONFIG = Path(__file__).parents[1] / "samples" / "home" / "config.toml"


class Handler:
    """Takes letters; knows one token."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.tokens: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.append(envelope.original_content)
        return "250 ok"

    async def auth_XOAUTH2(self, server: Any, args: list[str]) -> AuthResult:  # noqa: N802
        first = base64.b64decode(args[1]).decode()
        self.tokens.append(first)
        if first == f"user={USER}\x01auth=Bearer {TOKEN}\x01\x01":
            return AuthResult(success=True)
        why = base64.b64encode(b'{"status":"401"}').decode()
        await server.push(f"334 {why}")
        assert await asyncio.wait_for(server._reader.readline(), 10) == b"\r\n"
        return AuthResult(success=False, handled=False)


def known(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    ok = data == LoginPassword(USER.encode(), b"pass word")
    return AuthResult(success=ok, handled=ok)


@contextmanager
def serving(**options: Any) -> Iterator[tuple[Handler, int]]:
    handler, port = Handler(), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield handler, port
    finally:
        controller.stop()


LOGIN = {"authenticator": known, "auth_required": True, "auth_require_tls": False}


def send(port: int, **options: Any) -> None:
    with Smtp("127.0.0.1", port, timeout=10, **{"tls": "none", **options}) as one:
        assert one.send(SENDER, [READER], letter(), "<1@nsut.example>") == {}


def test_a_password_logs_in() -> None:
    with serving(**LOGIN) as (handler, port):
        send(port, user=USER, password="pass word")
        assert len(handler.taken) == 1


def test_a_wrong_password_leaves_the_letters_waiting() -> None:
    with serving(**LOGIN) as (handler, port):
        with pytest.raises(TransportDown, match="535"):
            send(port, user=USER, password="wrong")
        assert handler.taken == []


def test_a_token_logs_in_by_xoauth2() -> None:
    with serving(**LOGIN) as (handler, port):
        send(port, user=USER, password=TOKEN, auth="xoauth2")
        assert len(handler.taken) == 1
        assert len(handler.tokens) == 1


def test_a_token_that_has_run_out_leaves_the_letters_waiting() -> None:
    with serving(**LOGIN) as (handler, port):
        with pytest.raises(TransportDown, match="535"):
            send(port, user=USER, password="old", auth="xoauth2")
        assert handler.taken == []


def test_the_configuration_reaches_the_server(tmp_path: Path) -> None:
    with serving(**LOGIN) as (handler, port):
        smtp = (
            f'transport = "smtp"\nsmtp = {{ host = "127.0.0.1", port = {port}, tls = "none", '
            f'auth = "xoauth2", user = "{USER}", password_file = "token" }}'
        )
        text = CONFIG.read_text(encoding="utf-8").replace('transport = "folder"', smtp)
        (tmp_path / "config.toml").write_text(text, encoding="utf-8")
        (tmp_path / "token").write_text(f"{TOKEN}\n")
        with open_app(tmp_path).transport() as one:
            one.send(SENDER, [READER], letter(), "<1@nsut.example>")
        assert len(handler.taken) == 1


def test_a_server_without_starttls_gets_neither_password_nor_letter() -> None:
    with (
        faulty(Faulty(features=("AUTH PLAIN",))) as server,
        pytest.raises(TransportDown, match="STARTTLS"),
    ):
        send(server.port, tls="starttls", user=USER, password="pass word")
    assert all(line.split()[0].upper() in {"EHLO", "QUIT"} for line in server.heard)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1 that nobody trusts, and a server's context with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return path, context


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_under_tls_a_server_that_is_not_trusted_gets_nothing(
    tls: str, certificate: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, context = certificate
    how = {"tls_context": context, "require_starttls": True, **LOGIN}
    if tls == "implicit":
        how = {"ssl_context": context, **LOGIN}
        monkeypatch.setenv("SSL_CERT_FILE", str(path))  # the test's own server asks itself once
    with serving(**how) as (handler, port):
        monkeypatch.delenv("SSL_CERT_FILE", raising=False)
        with pytest.raises(TransportDown, match="certificate"):
            send(port, tls=tls, user=USER, password="pass word")
        assert handler.taken == []
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
        send(port, tls=tls, user=USER, password="pass word")
        assert len(handler.taken) == 1
