"""The socket serves clients as they are, each in its own way."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import aiorpcx
import pytest

from tests.needs import needs_program
from tests.outside.conftest import Node, Served

pytestmark = pytest.mark.timeout(240)  # the first test installs


def test_jayson_gets_its_answers(node: Node, served: Served) -> None:
    """A connection a call, the first line is the answer, arrays as batches."""
    seen = node.ask("jayson_client.cjs", served)
    assert seen["ping"]["result"]["status"] == "ok"
    assert len(seen["list"]["result"]["conversations"]) == 2
    assert len(seen["positional"]["result"]["messages"]) == 3
    assert seen["draft"]["result"]["suggestions"][0]["text"]
    assert seen["error"]["error"]["code"] == -32001
    assert seen["error"]["error"]["data"]["kind"] == "UnknownChat"
    ping, unknown = seen["batch"]
    assert "result" in ping
    assert unknown["error"]["code"] == -32601


def test_json_rpc_2_0_streams_beside_other_calls(node: Node, served: Served) -> None:
    """Tokens reach its methods; two suggestions join to their texts."""
    seen = node.ask("json_rpc_2_0_client.cjs", served)
    assert seen["ping"]["status"] == "ok"
    texts: dict[int, str] = {}
    for token in seen["tokens"]:
        number = token["suggestion"]
        texts[number] = texts.get(number, "") + token["token"]
    assert seen["tokens"][-1]["final"] is True
    for suggestion in seen["result"]["suggestions"]:
        assert texts[suggestion["suggestion"]] == suggestion["text"]
    assert seen["error"]["code"] == -32001
    assert seen["error"]["data"]["kind"] == "UnknownChat"


def test_vscode_jsonrpc_cancels_in_its_own_words(node: Node, served: Served) -> None:
    """Its cancellation token stops the draft, and the answer says how far it came."""
    seen = node.ask("vscode_jsonrpc_client.cjs", served)
    assert seen["ping"]["status"] == "ok"
    assert seen["cancelled"]["code"] == -32800
    assert seen["cancelled"]["data"]["tokens"] >= 2
    assert seen["error"]["code"] == -32602
    assert seen["error"]["data"]["field"] == "limit"


def test_the_desktop_apps_habits_are_met(node: Node, served: Served) -> None:
    """Large ids, tokens by request, `final` as the end, id null dropped."""
    seen = node.ask("desktop_app_client.cjs", served)
    assert seen["streamed"] == seen["text"]
    assert seen["status"] == "ok"
    assert seen["dropped"] == [-32700]


def test_every_served_method_keeps_its_schema(node: Node, served: Served) -> None:
    """Called by a tool that knows nothing but the document of rpc.discover."""
    calls: list[dict[str, Any]] = node.ask("coverage_client.cjs", served)
    assert [call for call in calls if not call["valid"]] == []
    called = {call["methodName"] for call in calls}
    assert called >= {"ping", "list_messages", "generate_draft", "batch", "subscribe"}
    assert len(calls) >= 14


async def test_aiorpcx_calls_and_batches(served: Served) -> None:
    """Over its own Unix carrier and framing."""
    async with aiorpcx.connect_us(str(served.socket)) as session:
        assert (await session.send_request("ping"))["status"] == "ok"
        page = await session.send_request("list_messages", [served.chat_id, 2])
        assert len(page["messages"]) == 2
        named = {"chat_id": "nobody"}
        with pytest.raises(aiorpcx.RPCError) as caught:
            await session.send_request("list_messages", named)
        assert caught.value.code == -32001
        await session.send_notification("ping")
        async with session.send_batch() as batch:
            batch.add_request("ping")
            batch.add_request("resolve_contacts", [["nobody"]])
        assert batch.results[1] == {"nobody": None}


def test_socat_and_a_shell_are_client_enough(served: Served) -> None:
    """The README's line: the input ends, and the whole stream is still answered."""
    needs_program("socat", "socat")
    request = {
        "jsonrpc": "2.0",
        "method": "generate_draft",
        "params": {"chat_id": served.chat_id},
        "id": 1,
    }
    ended = subprocess.run(
        ["socat", "-t", "5", "-", f"UNIX-CONNECT:{served.socket}"],
        input=json.dumps(request) + "\n",
        capture_output=True,
        text=True,
        timeout=50,
    )
    *told, answer = map(json.loads, ended.stdout.splitlines())
    tokens = [line for line in told if line["method"] == "stream.token"]
    text = "".join(token["params"]["token"] for token in tokens)
    assert answer["id"] == 1
    assert answer["result"]["suggestions"][0]["text"] == text
