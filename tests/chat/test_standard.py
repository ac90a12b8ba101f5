"""LangChain's standard tests for chat models, with a local endpoint as task model."""

from collections.abc import Iterator
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_tests.integration_tests import ChatModelIntegrationTests
from langchain_tests.unit_tests import ChatModelUnitTests
from tests.support.endpoint import serve

from codesteer import ChatCodeSteer


class Answers:
    """What both test suites need to know about ChatCodeSteer."""

    url = "http://127.0.0.1:1/v1"

    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        return ChatCodeSteer

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {"task_model": f"{self.url}#m", "check_answer": False}

    @property
    def standard_chat_model_params(self) -> dict[str, Any]:
        # Temperature, retries and keys belong to the models inside: test_model.py shows how they are refused.
        return {"max_tokens": 100, "stop": []}

    @property
    def has_tool_calling(self) -> bool:
        return False

    @property
    def has_structured_output(self) -> bool:
        return False

    @property
    def model_override_value(self) -> str:
        return f"{self.url}#another"


class TestUnit(Answers, ChatModelUnitTests):
    pass


@pytest.mark.enable_socket
class TestIntegration(Answers, ChatModelIntegrationTests):
    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def endpoint(cls) -> Iterator[None]:
        with serve("Hello, and a good day to you. <<<hello>>>") as served:
            Answers.url = served.url
            yield
