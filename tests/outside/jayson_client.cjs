// jayson: a connection a call, and the first line that arrives is the answer.
const jayson = require("jayson/promise");
const { main } = require("./lines.cjs");

main(async (path, chatId) => {
  const client = jayson.Client.tcp({ path });
  const draft = { chat_id: chatId, stream: false };
  return {
    ping: await client.request("ping", {}),
    list: await client.request("list_conversations", { limit: 2 }),
    positional: await client.request("list_messages", [chatId, 3]),
    draft: await client.request("generate_draft", draft),
    error: await client.request("list_messages", { chat_id: "nobody" }),
    batch: await client.request([
      client.request("ping", {}, undefined, false),
      client.request("no_such_method", {}, undefined, false),
    ]),
  };
});
