"""The attacks succeed without isolation, so the hostile tests can detect them."""

import pytest
from tests.sandboxes.hostile import test_files, test_network, test_secrets
from tests.support.bait import Bait

from codesteer.sandboxes.unsafe_subprocess import UnsafeSubprocessSandbox

WRITE_TO_THE_BAIT = test_files.WRITE_EVERYWHERE.replace("folders = [FOLDER,", "folders = [FOLDER]; _ = [")
WRITE_TO_THE_BAIT = WRITE_TO_THE_BAIT.partition('for folder in ("/tmp"')[0]


@pytest.mark.parametrize(
    ("program", "harm_done"),
    [
        (test_secrets.READ_FILES, False),
        (test_secrets.INHERITED_DESCRIPTORS.replace("range(3", "range(0"), False),
        (test_secrets.WATCH_FILES, False),
        (test_network.UNIX.replace(', "/dev/log", "/run/systemd/notify"', ""), True),
        (test_network.REDIRECTED_PAIR, True),
        (WRITE_TO_THE_BAIT, True),
    ],
    ids=["files", "descriptors", "watch", "unix", "pairs", "write"],
)
async def test_attacks_succeed_without_isolation(bait: Bait, program: str, harm_done: bool) -> None:
    result = await UnsafeSubprocessSandbox().run(bait.program(program))
    assert "ESCAPED" in result.stdout, result
    assert bait.untouched() is not harm_done
