// vscode-jsonrpc: its own idea of cancelling is $/cancelRequest, and so is ours.
const rpc = require("vscode-jsonrpc/node");
const { connect, main } = require("./lines.cjs");

class LineReader extends rpc.AbstractMessageReader {
  listen(callback) {
    this.take = (line) => callback(JSON.parse(line));
    return { dispose() {} };
  }
}

class LineWriter extends rpc.AbstractMessageWriter {
  constructor(write) {
    super();
    this.write = async (message) => void write(JSON.stringify(message) + "\n");
  }
  end() {}
}

main(async (path, chatId) => {
  const reader = new LineReader();
  const socket = await connect(path, (line) => reader.take(line));
  const writer = new LineWriter((text) => socket.write(text));
  const connection = rpc.createMessageConnection(reader, writer);
  const source = new rpc.CancellationTokenSource();
  let tokens = 0;
  connection.onNotification("stream.token", () => {
    tokens += 1;
    if (tokens === 2) source.cancel();
  });
  connection.listen();
  const ping = await connection.sendRequest("ping", {});
  const cancelled = await connection
    .sendRequest("generate_draft", { chat_id: chatId }, source.token)
    .catch((error) => ({ code: error.code, data: error.data }));
  const error = await connection
    .sendRequest("list_messages", { chat_id: chatId, limit: "many" })
    .catch((reason) => ({ code: reason.code, data: reason.data }));
  return { ping, cancelled, error, tokens };
});
