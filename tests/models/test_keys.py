"""Keys, and everything else meant for OpenAI, are sent only where they are configured."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from tests.support.endpoint import Endpoint, serve

from codesteer.errors import ConfigurationError, ModelError
from codesteer.evals.engine.provider import EMBEDDED_TIMEOUT, EndpointAPI, inspect_name
from codesteer.models.address import parse_address
from codesteer.models.completion import ask
from codesteer.models.http_clients import RequestFilter
from codesteer.models.keys import endpoint_key
from codesteer.models.resolve import clear_model_caches, resolve_model

SECRET, OURS = "sk-secret-of-openai", "key-of-this-endpoint"
OPENAI = {
    "OPENAI_API_KEY": SECRET,
    "OPENAI_ADMIN_KEY": SECRET,
    "OPENAI_ORG_ID": f"org-{SECRET}",
    "OPENAI_ORGANIZATION": f"org-{SECRET}",
    "OPENAI_PROJECT_ID": f"proj-{SECRET}",
    "OPENAI_CUSTOM_HEADERS": f"X-Extra: {SECRET}\nAuthorization: Bearer {SECRET}",
    "OPENAI_WEBHOOK_SECRET": SECRET,
}
QUESTION = [HumanMessage("hi")]
pytestmark = pytest.mark.enable_socket


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    clear_model_caches()
    for name in ("OPENAI_BASE_URL", "OPENAI_API_BASE", "CODESTEER_ENDPOINT_KEYS", "CODESTEER_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in OPENAI.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("OUR_KEY", OURS)


def sent(endpoint: Endpoint) -> str:
    return str(endpoint.headers) + str(endpoint.requests)


async def test_an_endpoint_gets_nothing_meant_for_openai() -> None:
    with serve("hello") as endpoint:
        model = resolve_model(f"{endpoint.url}#m")
        await ask(model, QUESTION)
        await asyncio.to_thread(model.invoke, QUESTION)
        async for _ in model.astream(QUESTION):
            pass
    assert len(endpoint.requests) == 3
    assert SECRET not in sent(endpoint)
    assert all("authorization" not in headers for headers in endpoint.headers)
    assert SECRET not in repr(model) + str(model.to_json())


async def test_the_openai_proxy_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve("proxied") as proxy, serve("hello") as endpoint:
        for name in ("OPENAI_PROXY", "HTTP_PROXY", "ALL_PROXY", "http_proxy"):
            monkeypatch.setenv(name, proxy.url.removesuffix("/v1"))
        assert (await ask(resolve_model(f"{endpoint.url}#m"), QUESTION)).text == "hello"
    assert proxy.requests == []


async def test_a_redirect_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve("stolen") as thief, serve((307, {})) as endpoint:
        monkeypatch.setenv("CODESTEER_ENDPOINT_KEYS", f"{endpoint.url}=OUR_KEY")
        endpoint.more_headers["Location"] = f"{thief.url}/chat/completions"
        with pytest.raises(ModelError, match="307"):
            await ask(resolve_model(f"{endpoint.url}#m"), QUESTION)
    assert thief.requests == []


@pytest.mark.parametrize("path", ["", "/v1"])
async def test_an_endpoint_gets_its_configured_key(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    with serve("hello") as endpoint, serve("hello") as other:
        place = endpoint.url.removesuffix("/v1") + path
        monkeypatch.setenv(
            "CODESTEER_ENDPOINT_KEYS", f"https://elsewhere.example=PLACEHOLDER_KEY, {place} = OUR_KEY"
        )
        for one in (endpoint, other):
            await ask(resolve_model(f"{one.url}#m"), QUESTION)
    assert endpoint.headers[0]["authorization"] == f"Bearer {OURS}"
    assert "authorization" not in other.headers[0]
    assert SECRET not in sent(endpoint) + sent(other)


async def test_the_openai_base_url_gets_the_openai_key(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve("hello") as endpoint, serve("hello") as other:
        monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url)
        for one in (endpoint, other):
            await ask(resolve_model(f"{one.url}#m"), QUESTION)
        await ask(resolve_model("openai:gpt-x"), QUESTION)
    assert endpoint.headers[0]["authorization"] == f"Bearer {SECRET}"
    assert len(endpoint.headers) == 2
    assert SECRET not in sent(other)


@pytest.mark.parametrize(
    "address",
    [
        "http://gateway.example.evil/v1",
        "https://gateway.example/v1",
        "http://gateway.example:8081/v1",
        "http://evilgateway.example/v1",
        "http://gateway.example.:8443/v1",
        "http://api.openai.com/v1",
    ],
)
def test_another_host_scheme_or_port_gets_none(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://gateway.example/v1")
    assert endpoint_key(parse_address(address, "it")) is None
    assert endpoint_key(parse_address("http://GATEWAY.example.:80/other", "it")) == SECRET


def test_variables_take_precedence_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "codesteer.toml"
    file.write_text('[endpoint_keys]\n"https://a.example/v1" = "OUR_KEY"\n"https://b.example" = "NOT_SET"\n')
    monkeypatch.setenv("CODESTEER_CONFIG", str(file))
    assert endpoint_key(parse_address("https://a.example/v1", "it")) == OURS
    assert endpoint_key(parse_address("https://a.example/v2", "it")) is None
    with pytest.raises(ConfigurationError, match="NOT_SET is empty"):
        endpoint_key(parse_address("https://b.example/v1", "it"))
    monkeypatch.setenv("CODESTEER_ENDPOINT_KEYS", "https://b.example=OUR_KEY")
    assert endpoint_key(parse_address("https://b.example/v1", "it")) == OURS


def test_a_key_instead_of_a_variable_is_refused_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODESTEER_ENDPOINT_KEYS", f"https://a.example={SECRET}")
    with pytest.raises(ConfigurationError, match="an environment variable's name") as refusal:
        endpoint_key(parse_address("https://a.example", "it"))
    assert SECRET not in str(refusal.value)


@pytest.mark.parametrize(
    "provider", ["openai.com@evil", "gpt-4", "claude-3", "o1", "hf", "OPENAI/x", " openai"]
)
def test_an_unknown_provider_is_not_guessed(provider: str) -> None:
    with pytest.raises(ConfigurationError):
        resolve_model(f"{provider}:x")


async def test_a_cached_model_does_not_outlive_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve("hello") as endpoint:
        monkeypatch.setenv("CODESTEER_ENDPOINT_KEYS", f"{endpoint.url}=OUR_KEY")
        name = f"{endpoint.url}#m"
        one = resolve_model(name)
        assert resolve_model(name) is one
        monkeypatch.setenv("OUR_KEY", "another")
        await ask(resolve_model(name), QUESTION)
        monkeypatch.delenv("CODESTEER_ENDPOINT_KEYS")
        await ask(resolve_model(name), QUESTION)
    assert [headers.get("authorization") for headers in endpoint.headers] == ["Bearer another", None]


def test_the_key_is_not_in_the_repr() -> None:
    assert SECRET not in repr(RequestFilter(parse_address("http://h.example", "it"), SECRET))


async def test_inspect_models_get_only_their_own_key(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve("hello") as endpoint:
        api: Any = EndpointAPI(f"{endpoint.url}#m")
        await api.client.chat.completions.create(model="m", messages=[{"role": "user", "content": "hi"}])
        await api.aclose()
    assert SECRET not in sent(endpoint)
    with pytest.raises(ConfigurationError, match="user name, password or query"):
        inspect_name(f"http://user:{SECRET}@127.0.0.1/v1#m")


async def test_inspect_waits_for_the_embedded_model_longer_than_for_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CODESTEER_LOCAL_URL", "http://127.0.0.1:9/v1")
    embedded: Any = EndpointAPI("local")
    other: Any = EndpointAPI("http://127.0.0.1:9/v1#m")
    assert embedded.client.timeout == EMBEDDED_TIMEOUT
    assert other.client.timeout.read < EMBEDDED_TIMEOUT
    await embedded.aclose()
    await other.aclose()


class Request:
    """The part of an HTTP request that a filter uses."""

    def __init__(self) -> None:
        import httpx2

        self.headers = httpx2.Headers({"Authorization": "Bearer x", "Host": "api.example"})
        self.url = httpx2.URL("https://api.example/v1")
        self.extensions: dict[str, Any] = {}


async def test_requests_are_pinned_to_the_checked_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_up = iter(["93.184.216.34", "127.0.0.1"])

    async def getaddrinfo(*_: Any, **__: Any) -> list[Any]:
        return [(None, None, None, "", (next(looked_up), 443))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo, raising=False)
    request_filter, request = (
        RequestFilter(parse_address("https://api.example/v1", "it"), None, public_only=True),
        Request(),
    )
    await request_filter.aapply(request)
    assert (request.url.host, request.extensions["sni_hostname"]) == ("93.184.216.34", "api.example")
    assert request.headers["host"] == "api.example"
    with pytest.raises(ModelError, match="private address"):
        await request_filter.aapply(Request())
