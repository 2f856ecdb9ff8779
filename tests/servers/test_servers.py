"""The servers and programs that other tests lean on do what they promise."""

from __future__ import annotations

import smtplib
import subprocess
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.conftest import Convert
from tests.servers.postfix import GONE, Postfix

pytest_plugins = ["pytester"]


def letter(to: str, subject: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "ill@host.example", to, subject
    message.set_content("館際合作借書證")
    return message


@pytest.mark.tool("postgres")
def test_postgres_answers_and_keeps_chinese(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT :word"), {"word": "借書證"}).scalar() == "借書證"
        assert connection.execute(text("SHOW listen_addresses")).scalar() == "127.0.0.1"
    engine.dispose()


@pytest.mark.tool("postfix")
def test_postfix_delivers_to_any_address_of_its_domain(postfix_server: Postfix) -> None:
    with smtplib.SMTP(postfix_server.host, postfix_server.port, timeout=10) as smtp:
        smtp.send_message(letter("reader@ill.test", "逾期通知"))
    arrived = postfix_server.wait_for(1, to="reader@ill.test")
    assert [m["Subject"] for m in arrived] == ["逾期通知"]
    assert arrived[0].get_content().strip() == "館際合作借書證"


@pytest.mark.tool("postfix")
def test_postfix_gives_every_recipient_a_copy(postfix_server: Postfix) -> None:
    message = letter("one@ill.test, two@ill.test", "兩人")
    with smtplib.SMTP(postfix_server.host, postfix_server.port, timeout=10) as smtp:
        assert smtp.send_message(message) == {}
    assert len(postfix_server.wait_for(2)) == 2
    assert len(postfix_server.delivered(to="two@ill.test")) == 1


@pytest.mark.tool("postfix")
@pytest.mark.parametrize("address", [GONE, "nobody@ill.test", "reader@elsewhere.example"])
def test_postfix_refuses_who_is_gone_and_other_domains(
    postfix_server: Postfix, address: str
) -> None:
    with (
        smtplib.SMTP(postfix_server.host, postfix_server.port, timeout=10) as smtp,
        pytest.raises(smtplib.SMTPRecipientsRefused) as refused,
    ):
        smtp.send_message(letter(address, "退信"))
    code, _ = refused.value.recipients[address]
    assert 500 <= code < 600
    assert postfix_server.delivered() == []


@pytest.mark.tool("postfix")
def test_postfix_takes_one_of_two_recipients(postfix_server: Postfix) -> None:
    with smtplib.SMTP(postfix_server.host, postfix_server.port, timeout=10) as smtp:
        refused = smtp.send_message(letter(f"here@ill.test, {GONE}", "一半"))
    assert list(refused) == [GONE]
    assert len(postfix_server.wait_for(1, to="here@ill.test")) == 1


@pytest.mark.tool("soffice", "pdftoppm")
def test_libreoffice_draws_a_sheet(soffice_convert: Convert, tmp_path: Path) -> None:
    source = tmp_path / "sheet.csv"
    source.write_text("借書證號,題名\nNSUT-07,食品化學\n", encoding="utf-8")
    pdf = soffice_convert(source, "pdf", tmp_path)
    subprocess.run(["pdftoppm", "-r", "40", "-png", pdf, tmp_path / "page"], check=True)
    assert list(tmp_path.glob("page*.png"))


@pytest.mark.tool("chromium")
def test_chromium_reads_a_page(tmp_path: Path) -> None:
    page = tmp_path / "letter.html"
    page.write_text("<meta charset=utf-8><p id=a></p><script>a.textContent='館'+1</script>")
    done = subprocess.run(
        [
            "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", page.as_uri(),
        ],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=True,
    )  # fmt: skip
    assert "館1" in done.stdout.decode()


def run_with_tool(pytester: pytest.Pytester, name: str) -> pytest.RunResult:
    """A test that needs a tool, run under our own conftest."""
    pytester.makeconftest(Path(__file__).parents[1].joinpath("conftest.py").read_text())
    pytester.makeini("[pytest]\nmarkers = tool(name): a program\n")
    pytester.makepyfile(f"import pytest\n@pytest.mark.tool({name!r})\ndef test_it(): pass\n")
    return pytester.runpytest_inprocess("-rs")


def test_a_tool_nobody_knows_is_a_mistake_in_the_test(pytester: pytest.Pytester) -> None:
    result = run_with_tool(pytester, "sofice")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*no tool is called sofice*"])


@pytest.mark.parametrize(("required", "outcome"), [("0", "skipped"), ("1", "errors")])
def test_a_missing_tool_skips_by_name_and_fails_under_ci(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, required: str, outcome: str
) -> None:
    monkeypatch.setenv("ILL_REQUIRE_TOOLS", required)
    monkeypatch.setenv("PATH", "")
    result = run_with_tool(pytester, "soffice")
    result.assert_outcomes(**{outcome: 1})
    result.stdout.fnmatch_lines(["*needs soffice: a program (Debian: libreoffice-calc-nogui)*"])
