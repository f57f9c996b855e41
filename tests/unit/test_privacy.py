"""What may be sent: which files never are, and which words are replaced."""

from __future__ import annotations

import ast
import io
import re
import string
import time
import tokenize
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec

from python_expert.privacy.files import withheld
from python_expert.privacy.patterns import Pattern
from python_expert.privacy.redactor import Redactor
from tests.conftest import write

if TYPE_CHECKING:
    from pathlib import Path


# Files


def test_a_text_that_was_never_saved_may_be_sent(tmp_path: Path) -> None:
    assert withheld(None, tmp_path, ["*"]) == ""


def test_without_a_repository_nothing_is_ignored_by_git(tmp_path: Path) -> None:
    assert withheld(tmp_path / "a.py", tmp_path, ()) == ""


@pytest.mark.parametrize(
    "name",
    [
        *(".env", ".env.local", "prod.env", "secrets.py", "app/Secrets.PY", "db_credentials.py"),
        *("credentials", "local_settings.py", "app/settings/local.py", "id_rsa", "id_ed25519.pub"),
        *("x.pem", "tls.KEY", ".netrc", ".pypirc", "kubeconfig", ".ssh/config", "home/.aws/x.py"),
        *("service-account-prod.json", "app_secrets.py", ".secrets.toml"),
    ],
)
def test_nothing_is_sent_of_files_that_hold_keys(tmp_path: Path, name: str) -> None:
    reason = withheld(tmp_path / name, tmp_path, ())
    assert "as files that hold keys do" in reason
    assert withheld(tmp_path / name, None, ()) == reason


@pytest.mark.parametrize(
    "name",
    [
        *("main.py", "identity.py", "id_utils.py", "env.py", "environment.py", "keys.py"),
        *("secretary.py", "settings.py", "password.py", "tokens.py", "monkey.py", "gcloud/x.py"),
    ],
)
def test_ordinary_modules_may_be_sent(tmp_path: Path, name: str) -> None:
    assert withheld(tmp_path / name, tmp_path, ()) == ""


def test_patterns_are_a_gitignores_relative_to_the_root(tmp_path: Path) -> None:
    root = tmp_path / "root"
    assert "'/a.py'" in withheld(root / "a.py", root, ["/a.py"])
    assert withheld(root / "sub/a.py", root, ["/a.py"]) == ""
    assert "'legal/'" in withheld(root / "x/legal/y/a.py", root, ["x.py", "", "# no", "legal/"])
    assert "'**/gen/*_pb2.py'" in withheld(root / "x/gen/a_pb2.py", root, ["**/gen/*_pb2.py"])
    assert "'a.py'" in withheld(tmp_path / "outside/a.py", root, ["a.py"])
    assert withheld(tmp_path / "outside/a.py", root, ["/a.py"]) == ""


@given(
    st.text("ab*?/", min_size=1, max_size=9),
    st.lists(st.text("ab", min_size=1, max_size=4), min_size=1, max_size=5),
)
@example("**/a/**/b*", ["b", "a", "a", "ba", "a"])
@example("a*b/", ["ab", "b"])
def test_patterns_match_as_in_git(text: str, path: list[str]) -> None:
    try:
        pattern = Pattern.of(text)
    except ValueError:  # a part without a name: the pattern is invalid, so nothing is sent
        assert "//" in f"{text}/" or text == "/"
        return
    expected = GitIgnoreSpec.from_lines([text]).check_file("/".join(path)).index is not None
    assert pattern.matches(path) is expected


@pytest.mark.parametrize(
    ("text", "name", "matches"),
    [
        *(("[a-c].py", "b.py", True), ("[!a-c].py", "b.py", False), ("[^a].py", "b.py", True)),
        *(("[]x].py", "].py", True), (r"a\*.py", "a*.py", True), (r"a\*.py", "ab.py", False)),
        *(("a.py  ", "a.py", True), ("a[&&b].py", "a&.py", True), ("é?.py", "é😀.py", True)),
    ],
)
def test_patterns_may_have_sets_and_backslashes(text: str, name: str, matches: bool) -> None:  # noqa: FBT001
    assert Pattern.of(text).matches([name]) is matches


def test_patterns_match_in_reasonable_time(tmp_path: Path) -> None:
    stars, folders = "*a" * 50 + "b", "**/a/" * 50 + "b"
    deep = tmp_path.joinpath(*"a" * 100, "a" * 200)
    assert withheld(deep, tmp_path, [stars, folders, f"{folders}/{stars}"]) == ""


def test_ignore_patterns_of_parent_folders_apply(tmp_path: Path) -> None:
    root = tmp_path / "sub/inner"
    module = root / "internal/m.py"
    write(tmp_path, {"pyproject.toml": "", "sub/inner/pyproject.toml": ""})
    for pattern in ("/sub/inner/internal/", "sub/*/internal", "/internal/", "internal/m.py"):
        assert f"'{pattern}'" in withheld(module, root, [pattern])
    assert withheld(module, root, ["/other/internal/", f"{tmp_path}/sub"]) == ""


def test_no_pattern_cancels_the_ignoring_of_another(tmp_path: Path) -> None:
    ignore = ["*.py", "!a.py", " !a.py", "!secrets.*"]
    assert "'*.py'" in withheld(tmp_path / "a.py", tmp_path, ignore)
    assert withheld(tmp_path / "secrets.txt", tmp_path, ignore)


def test_with_an_invalid_pattern_nothing_is_sent(tmp_path: Path) -> None:
    reason = withheld(tmp_path / "a.py", tmp_path, ["x.py", "a\\"])
    assert "a pattern in the setting 'privacy.ignore' cannot be read" in reason


# Words

KEY = """\
-----BEGIN RSA PRIVATE KEY-----
MIIEpAIBAAKCAQEA7bqXyZ0123456789abcdefghijklmnopqrstuvwxyz+/ABCD
k3Jd8sLw02Pq7VbN5mXc1ZaQ9eRt4YuI6oPl0KjHgFdSaMnBvCxZ1qWsEdRfTgY=
-----END RSA PRIVATE KEY-----"""

WORD = st.text(string.ascii_letters + string.digits, min_size=8, max_size=20).filter(
    lambda word: any(map(str.isdigit, word)) and any(map(str.isalpha, word))
)
LONG = st.text(string.ascii_letters + string.digits, min_size=40, max_size=60)
FORMS = {
    "anthropic": LONG.map(lambda it: f"sk-ant-api03-{it}"),
    "openai": LONG.map(lambda it: f"sk-proj-{it}"),
    "github": LONG.map(lambda it: f"ghp_{it[:36]}"),
    "aws": LONG.map(lambda it: f"AKIA{it[:16].upper()}"),
    "slack": st.integers(10**11, 10**12).map(lambda it: f"xoxb-{it}-{it}-{it:x}"),
    "stripe": LONG.map(lambda it: f"sk_live_{it[:24]}"),
    "jwt": LONG.map(lambda it: f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.{it}"),
}
PLACES = (
    'x = "{}"\n',
    "x = f'{{y}} {}'\n",
    "# {}\n",
    'def f():\n    """Say.\n\n    {}\n    """\n',
    "x = {{'a': b'{}'",
    "curl -H '{}' says",
    "{} left of a docstring\n    '''\n",
)
ASSIGNED = (
    'password = "{}"\n',
    "PASSWORD: Final[str] = '{}'\n",
    'DB_PASSWORD = (\n    "{}"\n)\n',
    "connect(user='u', password='{}', port=1)\n",
    'def f(name: str = "n", password: str | None = "{}") -> None: ...\n',
    'x = {{"name": "n", "password": "{}"}}\n',
    'os.environ["DB_PASSWORD"] = "{}"\n',
    'os.environ.get("DB_PASSWORD", "{}")\n',
    'if password == "{}":\n    pass\n',
    'if "{}" != password:\n    pass\n',
    'password = """{}"""\n',
    'password = SecretStr(b"{}")\n',
    'requests.get(url, auth=("me", "{}"))\n',
    "# don't write password = '{}'\n",
    '"""Say.\n\n>>> f(api_key="{}")\n"""\n',
    'headers = {{"X-Api-Key": "{}"}}\n',
    'headers = {{"Authorization": "Bearer {}"}}\n',
    'url = "postgres://app:{}@db.example/x"\n',
    'url = f"https://{{user}}:{}@{{host}}/"\n',
    'dsn = "host=h password={} dbname=d"\n',
    "access_token = '{}",
)


def restore(text: str, secrets: dict[str, str]) -> str:
    """Return a text with its placeholders replaced by the secrets."""
    return re.sub(r"REDACTED_\d+_VALUE", lambda match: secrets.get(match[0], match[0]), text)


def names(code: str) -> list[str]:
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    return [token.string for token in tokens if token.type == tokenize.NAME]


@pytest.mark.parametrize("form", FORMS)
@given(data=st.data())
def test_a_secret_with_a_recognisable_form_is_never_sent(form: str, data: st.DataObject) -> None:
    secret = data.draw(FORMS[form])
    text = data.draw(st.sampled_from(PLACES)).format(secret)
    redactor = Redactor(enabled=True)
    redacted = redactor.redact(text)
    assert secret not in redacted
    assert secret[-12:] not in redacted
    assert restore(redacted, redactor.secrets) == text


@given(WORD, st.sampled_from(ASSIGNED))
def test_a_secret_with_a_telling_name_is_never_sent(secret: str, place: str) -> None:
    text = place.format(secret)
    redactor = Redactor(enabled=True)
    redacted = redactor.redact(text)
    assert secret not in redacted
    assert redacted == place.format(*redactor.secrets)
    assert redactor.secrets == {"REDACTED_1_VALUE": secret}


@pytest.mark.parametrize("text", [f'K = """{KEY}"""', f"K = {KEY!r}", f'f(key="""\n{KEY}\n""")'])
def test_a_private_key_is_one_secret(text: str) -> None:
    redactor = Redactor(enabled=True)
    redacted = redactor.redact(text)
    assert "REDACTED_1_VALUE" in redacted
    assert len(redactor.secrets) == 1
    for word in ("PRIVATE", "MIIE", "RfTgY"):
        assert word not in redacted
    assert restore(redacted, redactor.secrets) == text


@pytest.mark.parametrize("start", ["# ", '"', "    '"])
def test_a_private_key_in_several_strings_or_comments_keeps_its_lines(start: str) -> None:
    close = start.strip().replace("#", "")
    text = "x = (\n" + "".join(f"{start}{line}{close}\n" for line in KEY.splitlines()) + ")\n"
    redactor = Redactor(enabled=True)
    redacted = redactor.redact(text)
    assert redacted.count("\n") == text.count("\n")
    for line in KEY.splitlines():
        assert line not in redacted
    assert restore(redacted, redactor.secrets) == text


def test_a_part_of_a_private_key_is_a_secret_as_well() -> None:
    for text in (f"K = '''{KEY[:90]}", f"{KEY[:120]}\n'''\nx = 1\n"):
        redacted = Redactor(enabled=True).redact(text)
        assert "MIIE" not in redacted


ORDINARY = (
    "password = get_password()",
    "password=password",
    "password = config['password']",
    "password = input('Your password: ')",
    "password = f'{user}:{word}'",
    'password = "${PASSWORD}"',
    'password: str = ""',
    'class Password:\n    """Something to be kept."""',
    "PASSWORD_FIELD = 'password'",
    "SECRET_BACKEND = 'app.backends.Vault2'",
    "PASSWORD_RESET_URL = '/accounts/reset/2/'",
    "token = '('",
    "for token in ('if', 'else'): ...",
    "id = '123e4567-e89b-12d3-a456-426614174000'",
    "color = '#ff00aa'",
    "# fixed in 3c4c2bc0f1e2d3c4b5a697887766554433221100",
    "url = f'postgres://{user}:{password}@{host}/'",
    "url = 'postgres://{user}:%s@{host}/'.format(user=user)",
    "url = 'git+ssh://git@github.com/a/b.git'",
    "from a_very_long.dotted.import_path.of_some.package_name import Something",
    "pattern = re.compile(r'^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==)?$')",
    "text.startswith('-----BEGIN RSA PRIVATE KEY-----')",
    "raise ValueError('The quick brown fox jumps over 13 lazy dogs, and nobody minds it.')",
    "ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'",
    "DIGITS = '0123456789abcdef'",
    "kind = 'application/x-www-form-urlencoded'",
    "# call f(password=self.password, token=None)",
)


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_values_are_not_replaced(text: str) -> None:
    redactor = Redactor(enabled=True)
    assert redactor.redact(text) == text
    assert redactor.secrets == {}


def test_the_same_secret_always_has_the_same_placeholder() -> None:
    redactor = Redactor(enabled=True)
    first = redactor.redact("password = 'hunter2a'\nold_password = 'other333'\n")
    assert first == "password = 'REDACTED_1_VALUE'\nold_password = 'REDACTED_2_VALUE'\n"
    again = redactor.redact("# it was hunter2a, wasn't it?\nprint('other333', hunter2a)\n")
    assert again == "# it was REDACTED_1_VALUE, wasn't it?\nprint('REDACTED_2_VALUE', hunter2a)\n"


def test_an_ordinary_word_is_replaced_only_where_it_is_a_secret() -> None:
    text = "DB_PASSWORD = 'database'\nprint('no database', 'databases')\n"
    redacted = Redactor(enabled=True).redact(text)
    assert redacted == text.replace("'database'", "'REDACTED_1_VALUE'")


def test_secrets_that_are_already_listed_are_replaced() -> None:
    redactor = Redactor(enabled=True)
    redactor.secrets["REDACTED_1_VALUE"] = "hunter2a"
    assert redactor.redact("x = 'hunter2a'; password = 'new4word'") == (
        "x = 'REDACTED_1_VALUE'; password = 'REDACTED_2_VALUE'"
    )


def test_a_word_that_the_text_contains_is_not_used_as_a_placeholder() -> None:
    text = "password = 'hunter2'  # not REDACTED_1_VALUE nor REDACTED_3_VALUE\n"
    redactor = Redactor(enabled=True)
    redacted = redactor.redact(text)
    assert redactor.secrets == {"REDACTED_2_VALUE": "hunter2"}
    assert restore(redacted, redactor.secrets) == text


def test_nothing_is_replaced_if_redaction_is_off() -> None:
    redactor = Redactor(enabled=False)
    assert redactor.redact(f"password = '''{KEY}'''") == f"password = '''{KEY}'''"
    assert redactor.secrets == {}


FRAGMENTS = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *(
                    "'",
                    '"',
                    '"""',
                    "f'",
                    'rb"',
                    "{",
                    "}",
                    "{{",
                    "\\",
                    "\n",
                    "\r\n",
                    " ",
                    "#",
                    "(",
                    ")",
                ),
                *("password", "=", ":", "token", "'hunter2a'", "://u:pw1@h", "Bearer ", "==", ","),
                *("REDACTED_1_VALUE", "REDACTED_", "_VALUE", "-----BEGIN PRIVATE KEY-----"),
                *("-----END PRIVATE KEY-----", "sk-ant-api03-abcdefghijk", "MIIEpAIBAAKCAQEA7bqX"),
            ]
        ),
        st.text(max_size=8),
        st.text("abcABC0123456789+/=_-", min_size=6, max_size=40),
    ),
    max_size=25,
).map("".join)


@given(st.lists(FRAGMENTS, min_size=1, max_size=3))
@example(["'23=0456password0000A0"])
def test_redaction_can_be_reversed_and_is_not_applied_twice(texts: list[str]) -> None:
    for text in texts:
        redactor = Redactor(enabled=True)
        redacted = redactor.redact(text)
        assert restore(redacted, redactor.secrets) == text
        assert redactor.redact(redacted) == redacted
        assert all(secret.strip() == secret != "" for secret in redactor.secrets.values())


@given(st.lists(st.tuples(st.sampled_from([*ASSIGNED[:-1], *ORDINARY]), WORD), max_size=5))
def test_code_keeps_its_shape(lines: list[tuple[str, str]]) -> None:
    text = "".join(
        (line if line in ORDINARY else line.format(word)).rstrip() + "\n" for line, word in lines
    )
    redacted = Redactor(enabled=True).redact(text)
    assert names(redacted) == names(text)
    assert redacted.count("\n") == text.count("\n")
    assert [type(node) for node in ast.walk(ast.parse(redacted))] == [
        type(node) for node in ast.walk(ast.parse(text))
    ]


@pytest.mark.one_python
def test_redacting_takes_linear_time() -> None:
    for piece in (
        *("f'''{", "'", '"a" ', "{'", "f'{", "-----BEGIN PRIVATE KEY-----", "://a:", "# '", "f(*["),
        *("a=", "password=", "# password\n", "def f(", "'-'.join(['a', ", "login(a, b)\n"),
    ):
        Redactor(enabled=True).redact(piece * 500)
    for piece in (
        "a",
        "expect password ",
        "create user ",
        "sudo ",
        "WIFI:",
        "passwd <<E\n",
        "a,",
        "{a}",
    ):
        Redactor(enabled=True).redact(f'x = """{piece * 2_500}"""')


@pytest.mark.parametrize(
    "piece",
    [
        *("// ", "aws key '", "a.b-c", "token, password ", "x" * 30 + " ", "-- key value\\n"),
        *("the password for ", "use a as the ", "user ann ", "login: ann ", "пароль от ", "pass "),
        *("a/", "a:", "a=", "<input value='", "stats auth a:", "(password ", "is ", "====  "),
        *("password is a ", "username a password ", "root -> ", "log in as a/"),
    ],
)
def test_four_times_the_text_does_not_take_sixteen_times_the_time(piece: str) -> None:
    def taken(times: int) -> float:
        text = f'x = "{piece * times}"'
        start = time.process_time()
        Redactor(enabled=True).redact(text)
        return time.process_time() - start

    Redactor(enabled=True).redact("x = 'warm'")
    few, many = (min(taken(times) for _ in range(3)) for times in (750, 3_000))
    assert many < 10 * few


@pytest.mark.parametrize("before", [0, 1_990, 3_990, 4_500])
@pytest.mark.parametrize("line", [1, 64])
def test_a_long_secret_is_found_whole(before: int, line: int) -> None:
    tokens = "".join(f"{number * 7919 % 65521:04x}Zq" for number in range(700))
    wrapped = "\\n".join(tokens[at : at + line * 64] for at in range(0, len(tokens), line * 64))
    for secret in (
        f"eyJhbGciOiJIUzI1NiJ9.{tokens}.{tokens[:43]}",
        f"pypi-AgEIcHlwaS5vcmc{tokens}",
        f"AKC{tokens}",
        f"-----BEGIN PRIVATE KEY-----\\n{wrapped}\\n-----END PRIVATE KEY-----",
    ):
        redactor = Redactor(enabled=True)
        redacted = redactor.redact(f'x = "{"a " * before}", "{secret}", 1\n')
        assert redacted == f'x = "{"a " * before}", "REDACTED_1_VALUE", 1\n'
