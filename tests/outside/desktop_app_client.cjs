// A client with the habits of the desktop app's bridge: ids are u64, a token belongs to the
// request it names, `final` ends a stream, a response with id null is dropped.
const { connect, main } = require("./lines.cjs");

main(async (path, chatId) => {
  let nextId = 2n ** 53n - 1n;
  const waiting = new Map();
  const streams = new Map();
  const dropped = [];
  const socket = await connect(path, (line) => {
    const message = JSON.parse(line);
    if (message.method === "stream.token") {
      const stream = streams.get(message.params.request_id);
      stream.texts.push(message.params.token);
      if (message.params.final) stream.end(stream.texts.join(""));
    } else if (message.id === null) {
      dropped.push(message.error.code);
    } else if (message.id !== undefined) {
      waiting.get(message.id)(message);
    }
  });
  const send = (method, params) => {
    const id = Number(nextId--);
    const answer = new Promise((resolve) => waiting.set(id, resolve));
    const text = new Promise((end) => streams.set(id, { texts: [], end }));
    socket.write(JSON.stringify({ jsonrpc: "2.0", method, params, id }) + "\n");
    return { answer, text };
  };
  socket.write("no json\n");
  const draft = send("generate_draft", { chat_id: chatId, instruction: null });
  const streamed = await draft.text;
  const { result } = await draft.answer;
  const ping = await send("ping", {}).answer;
  return { streamed, text: result.suggestions[0].text, status: ping.result.status, dropped };
});
