// @open-rpc/test-coverage: calls every served method and holds its results against the
// document that rpc.discover gave.
const { parseOpenRPCDocument } = require("@open-rpc/schema-utils-js");
const coverage = require("@open-rpc/test-coverage").default;
const { connect, main } = require("./lines.cjs");

main(async (path, chatId) => {
  const waiting = new Map();
  let nextId = 1;
  const socket = await connect(path, (line) => {
    const message = JSON.parse(line);
    if (message.id !== undefined) waiting.get(message.id)(message);
  });
  const call = (method, params) =>
    new Promise((resolve) => {
      const id = nextId++;
      waiting.set(id, resolve);
      socket.write(JSON.stringify({ jsonrpc: "2.0", method, params, id }) + "\n");
    });
  const asked = {
    list_conversations: [[3], [500, null, "a", "all"]],
    list_messages: [[chatId], [chatId, 1]],
    generate_draft: [[chatId], [chatId, "shorter", 3]],
    summarize: [[chatId, 10]],
    resolve_contacts: [[["+15550100", "nobody"]]],
    batch: [[[{ id: 1, method: "ping" }, { id: 2, method: "none" }]]],
    subscribe: [[["new_message"], chatId, 0]],
    unsubscribe: [["s1"]],
    "events.poll": [[0, null, null, 0]],
    send_message: [[chatId, "hello from a tool", "coverage-1"]],
    forget: [["index"]],
    get_smart_replies: [["are you free?"], [null, chatId, 2]],
    get_routing_metrics: [[5]],
    record_feedback: [[chatId, "sent", "hello"]],
    get_voice: [[chatId]],
    use_model: [["scripted"]],
    semantic_search: [["are you free?"], ["", 5, null, { chat_id: chatId }, "keyword"]],
    index_control: [["pause"], ["start"]],
    prefetch_focus: [[chatId], [chatId, 2]],
    prefetch_hover: [[chatId]],
    prefetch_invalidate: [[chatId], [null]],
  };
  const document = (await call("rpc.discover", [])).result;
  const served = document["x-served"];
  document.openrpc = "1.2.6"; // the newest version that this tool's own schema knows
  for (const method of document.methods) {
    const examples = asked[method.name];
    if (!examples) continue;
    method.examples = examples.map((values, number) => ({
      name: `example ${number}`,
      params: values.map((value) => ({ name: "value", value })),
      result: { name: "any", value: "compared with the schema" },
    }));
  }
  const openrpcDocument = await parseOpenRPCDocument(document);
  const calls = await coverage({
    openrpcDocument,
    transport: (_url, method, params) => call(method, params),
    reporters: ["empty"],
    only: served,
    skip: ["shutdown", "pull_model", "remove_model"], // these want a hub and a model
  });
  return calls.map(({ methodName, valid, reason }) => ({ methodName, valid, reason }));
});
