// json-rpc-2.0: one connection for both directions; notifications are methods of ours.
const { JSONRPCClient, JSONRPCServer, JSONRPCServerAndClient } = require("json-rpc-2.0");
const { connect, main } = require("./lines.cjs");

main(async (path, chatId) => {
  const tokens = [];
  const server = new JSONRPCServer();
  server.addMethod("stream.token", (token) => void tokens.push(token));
  let socket;
  const client = new JSONRPCClient((request) =>
    void socket.write(JSON.stringify(request) + "\n"),
  );
  const both = new JSONRPCServerAndClient(server, client);
  socket = await connect(path, (line) => both.receiveAndSend(JSON.parse(line)));
  const draft = both.request("generate_draft", { chat_id: chatId, num_suggestions: 2 });
  const ping = await both.request("ping", {});
  const result = await draft;
  const error = await both
    .request("list_messages", { chat_id: "nobody" })
    .catch((reason) => ({ code: reason.code, message: reason.message, data: reason.data }));
  return { ping, result, tokens, error };
});
