from codesteer.sandboxes.local.sandbox import LocalSandbox
from codesteer.sandboxes.packages import installed_packages


async def test_listed_packages_can_be_imported() -> None:
    packages = installed_packages()
    assert {"numpy", "sympy"} <= set(packages)
    result = await LocalSandbox("cold").run("\n".join(f"import {name}" for name in packages))
    assert result.exit_code == 0, result.stderr
