"""Test one spelling for each way in which code marks a plain word as a secret or as harmless."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from python_expert.privacy.redactor import Redactor
from tests.privacy.spellings import Case, leaked

WORD = "copperkettle"

TOLD = {
    "a variable that is passed on": 'def f(smtp):\n    x = "~"\n    smtp.login("ann", x)\n',
    "an attribute that is passed on": 'self._x = "~"\nsmtp.login("ann", self._x)\n',
    "a variable in an address": 's = "~"\nengine(f"postgres://ann:{s}@db/x")\n',
    "a variable looped over with": 'for x in ["~", "b"]:\n    connect(password=x)\n',
    "a function of the file": 'def enter(user, password): ...\nenter("ann", "~")\n',
    "a class of the file": 'class A:\n    user: str\n    password: str\n\nA("ann", "~")\n',
    "a doctest": 'def f(user, pwd):\n    """Enter.\n\n    >>> f("ann", "~")\n    """\n',
    "spread arguments": 'def f(user, pwd): ...\nf(*["ann", "~"])\n',
    "pairs": 'urlencode([("user", "ann"), ("password", "~")])\n',
    "a template's key": '"postgres://%(u)s:%(p)s@db" % {"u": "ann", "p": "~"}\n',
    "a template's place": '"ftp://{}:{}@host".format("ann", "~")\n',
    "a literal type": 'def f(password: Literal["~"]): ...\n',
    "an answer": 'run(["sudo", "-S", "ls"], input="~\\n")\n',
    "an answer of two lines": 'run(["htpasswd", "-i", "f"], input=b"ann\\n~\\n")\n',
    "an answer later": 'p = Popen(["kinit", "ann"])\np.communicate(b"~\\n")\n',
    "a setter with the words turned": 'c.username_pw_set("ann", "~")\n',
    "an environment variable": 'monkeypatch.setenv("TOKEN", "~")\n',
    "a placeholder": 'text.replace("${DB_PASSWORD}", "~")\n',
    "keys of a dictionary": 'dict.fromkeys(["password", "again"], "~")\n',
    "a password file of PostgreSQL": 'p.write("db.local:5432:shop:ann:~\\n")\n',
    "a netrc": 'p.write("machine h login ann password ~\\n")\n',
    "a line of a docstring": 'def f():\n    """Read.\n\n    user: ann\n    password: ~\n    """\n',
    "a table": 'x = """\n| user | password |\n| --- | --- |\n| ann | ~ |\n"""\n',
    "a name and its value": 'x = "env:\\n- name: DB_PASSWORD\\n  value: ~\\n"\n',
    "a header in a command": "run(\"curl -H 'Authorization: Bearer ~' https://x\")\n",
    "a here-document": 'run("""passwd ann <<EOT\n~\nEOT\n""")\n',
    "a stream editor": "run(\"sed -i 's|__PASSWORD__|~|' f\")\n",
    "a key in SQL": "sql(\"SELECT pgp_sym_decrypt(iban, '~') FROM t\")\n",
    "joined pieces": 'engine("".join(["postgres://", "ann", ":", "~", "@db"]))\n',
    "a string in pieces": 'set_password("ann " "~")\n',
}


@pytest.mark.parametrize("way", TOLD)
def test_a_plain_word_is_a_secret_where_the_code_says_so(way: str) -> None:
    assert WORD not in Redactor(enabled=True).redact(TOLD[way].replace("~", WORD))


@pytest.mark.parametrize(
    "code",
    [
        'password = "violet ink under the old bridge"\n',
        'p.write("ann:$apr1$R9x7Wq0b$1zRkO4Zk8Vw3nVxYq0kqF1")\n',
        'require(token="decoratedDingo")\n',
        'log.debug("login of %s with password chattyChipmunk", user)\n',
        'def f(password):\n    return password == "sesameSeed"\n',
        'key = "-".join(["m7Qe", "zz81", "Tk0p"])\n',
    ],
)
def test_phrases_hashes_and_words_written_as_one_are_secrets(code: str) -> None:
    assert Redactor(enabled=True).redact(code) != code


@pytest.mark.parametrize(
    "code",
    [
        'x = "tricycle"\nprint("ann", x)\n',
        'def f():\n    x = "tricycle"\n    return x\n\n\ndef g(x):\n    smtp.login("ann", x)\n',
        'def enter(user, path): ...\nenter("ann", "tricycle")\n',
        'keys = {k: d[k] for k in ("refresh_token", "expires_in")}\n',
        'run(["cat"], input="tricycle\\n")\n',
        'errors = {"password": "must have at least eight characters and a digit"}\n',
        'raise ValueError(f"unexpected token {x}")\nx = "tricycle"\n',
        'def f(password):\n    """Enter.\n\n    password: required\n    """\n',
        'if c == "\\003":\n    password += c\n',
    ],
)
def test_a_plain_word_without_a_mark_is_kept(code: str) -> None:
    assert Redactor(enabled=True).redact(code) == code


WAYS = tomllib.loads((Path(__file__).parent / "ways.toml").read_text("utf-8"))


@pytest.mark.parametrize("way", WAYS["told"])
def test_a_plain_word_is_found_in_each_way_to_mark_it(way: str) -> None:
    assert WORD not in Redactor(enabled=True).redact(WAYS["told"][way].replace("~", WORD))


@pytest.mark.parametrize("way", WAYS["kept"])
def test_words_about_secrets_are_kept(way: str) -> None:
    assert Redactor(enabled=True).redact(WAYS["kept"][way]) == WAYS["kept"][way]


def test_a_secret_in_a_truncated_line_is_not_sent() -> None:
    # The list of blocking calls quotes the line twice, each time cut in its second string.
    text = f"machine a.b login c password {WORD}-and-more-of-it-so-that-it-is-cut"
    line = f'Path.home().joinpath("netrc").write_text("{text}")'
    code = f"from pathlib import Path\n\n\ndef target():\n    {line}\n"
    assert not leaked(Case("cut", code, (WORD,)))
