"""The mypy worker with a faulty configuration, a faulty plugin or very large files."""

from __future__ import annotations

import select
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.mypy_client import Worker, WorkerError, codes, write

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.one_python


@pytest.mark.parametrize(
    ("plugin", "message"),
    [
        ("import no_such_library\n", "No module named 'no_such_library'"),
        ("raise OSError('no licence for this')\n", "no licence for this"),
        ("def plugin(:\n", "invalid syntax"),
        ("import sys\nsys.exit('I quit')\n", "I quit"),
        ("", 'does not define entry point function "plugin"'),
        ("def plugin(version): return 1\n", "Type object expected"),
        ("def plugin(version): raise KeyError('boom')\n", "boom"),
    ],
)
def test_a_plugin_that_cannot_be_loaded_is_a_configuration_error(
    worker: Worker, tmp_path: Path, plugin: str, message: str
) -> None:
    write(tmp_path, {"plug.py": plugin, "mypy.ini": "[mypy]\nplugins = plug.py\n"})
    with pytest.raises(WorkerError) as raised:
        worker.start(tmp_path)
    assert raised.value.kind == "config"
    assert message in str(raised.value)


def test_without_trust_a_plugin_that_cannot_be_loaded_is_ignored(
    worker: Worker, tmp_path: Path
) -> None:
    write(tmp_path, {"plug.py": "1 / 0\n", "mypy.ini": "[mypy]\nplugins = plug.py\n"})
    worker.start(tmp_path, plugins=False)
    worker.show(tmp_path / "a.py", "x: int = ''\n")
    assert worker.codes() == {"a.py": ["0:assignment"]}


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("[tool.mypy]\nstrict = maybe\n", "pyproject.toml"),
        ("[tool.mypy]\npython_version = '2.7'\n", "Python 2"),
        ("[tool.mypy]\nexclude = ['(']\n", "regular expression"),
        ("[[tool.mypy.overrides]]\nstrict = true\n", "module"),
        ("[tool.mypy]\nenable_error_code = ['nonsense']\n", "nonsense"),
    ],
)
def test_an_error_in_pyproject_toml_is_reported_with_a_message(
    worker: Worker, tmp_path: Path, config: str, message: str
) -> None:
    (tmp_path / "pyproject.toml").write_text(config)
    with pytest.raises(WorkerError) as raised:
        worker.start(tmp_path)
    assert raised.value.kind == "config"
    assert message in str(raised.value)
    assert "Traceback" not in str(raised.value)


PLUGIN = """
from mypy.plugin import Plugin
class Fragile(Plugin):
    def get_function_hook(self, fullname):
        if fullname == "a.explode":
            {action}
def plugin(version):
    return Fragile
"""
SAFE = "def explode() -> None: ...\n"


@pytest.mark.parametrize("moment", ["first", "edit", "pause", "what if"])
def test_a_failing_plugin_ends_the_worker_until_the_plugin_is_fixed(
    worker: Worker, tmp_path: Path, moment: str
) -> None:
    fragile = PLUGIN.format(action="raise RuntimeError('boom')")
    write(tmp_path, {"plug.py": fragile, "mypy.ini": "[mypy]\nplugins = plug.py\n"})
    worker.start(tmp_path)
    path, user = tmp_path / "a.py", tmp_path / "b.py"
    text, use = SAFE + "1 + ''\n", "import a\na.explode()\n"
    worker.show(path, text if moment != "pause" else "explode = int\n")
    worker.show(user, "import a\n" if moment != "pause" else use)
    if moment == "first":
        worker.show(user, use, 2)
    else:
        worker.codes()
        if moment == "edit":
            worker.show(user, use, 2)
    if moment == "pause":
        worker.show(path, text, 2)
        assert codes(worker.news())["a.py"] == ["1:operator"]
        assert not worker.output.read(), "nobody has asked for what failed"
    else:
        ask = worker.news if moment != "what if" else partial(worker.what_if, user, use)
        with pytest.raises(WorkerError, match="boom") as raised:
            ask()
        assert raised.value.kind == "internal"
    assert worker.process.wait() == 70
    write(tmp_path, {"plug.py": PLUGIN.format(action="return None")})
    another = Worker()
    try:
        another.start(tmp_path)
        another.show(path, text)
        another.show(user, use)
        assert another.codes() == {"a.py": ["1:operator"], "b.py": []}
        another.show(user, use + "1 + ''\n", 2)
        assert another.codes() == {"a.py": ["1:operator"], "b.py": ["2:operator"]}
    finally:
        another.end()


def test_a_file_of_twenty_thousand_lines_is_checked_and_edited(
    worker: Worker, tmp_path: Path
) -> None:
    worker.start(tmp_path, "--strict")
    functions = [
        f"def f{n}(x: int) -> int:\n    y = x + {n}\n    return y\n\n" for n in range(5000)
    ]
    path = tmp_path / "a.py"
    worker.show(path, "".join(functions) + "f4999('')\n")
    assert worker.codes() == {"a.py": ["20000:arg-type"]}
    functions[2500] = functions[2500].replace("return y", "return ''")
    worker.show(path, "".join(functions) + "f4999('')\n", 2)
    assert worker.codes() == {"a.py": ["10002:return-value", "20000:arg-type"]}
    worker.show(path, "\n" + "".join(functions) + "f4999(1)\n", 3)
    assert worker.codes() == {"a.py": ["10003:return-value"]}
    worker.show(path, "".join(functions[:2500]) + "def f(\n", 4)
    found = worker.codes()["a.py"]
    assert (found[0], len(found)) == ("!", 2)
    worker.show(path, "".join(functions[:2500]) + "f0('')\n", 5)
    assert worker.codes() == {"a.py": ["10000:arg-type"]}


def test_text_that_was_not_checked_is_not_reported_as_clean(worker: Worker, tmp_path: Path) -> None:
    worker.start(tmp_path)
    worker.show(tmp_path / "a.py", "x: int = ''\n")
    while select.select([worker.output], [], [], 1)[0]:
        message = worker.receive()
        assert message["method"] != "settled" or not message["params"]["files"]


def test_findings_are_not_reported_with_the_version_of_a_later_text(
    worker: Worker, tmp_path: Path
) -> None:
    worker.start(tmp_path)
    worker.show(tmp_path / "a.py", "x: int = ''\n")
    assert worker.codes() == {"a.py": ["0:assignment"]}
    worker.show(tmp_path / "a.py", "#\n#\nx: int = 1\n", 2)
    while select.select([worker.output], [], [], 1)[0]:
        message = worker.receive()
        assert message["method"] != "settled" or not message["params"]["files"]
