// The example of docs/desktop.md, compiled, on a daemon whose mail goes on.
const { main } = require("./lines.cjs");

main(async (path, chatId, compiled) => {
  const { Jarvis, draft } = require(compiled);
  const mail = [];
  const jarvis = await Jarvis.connect(path, (each) => mail.push(each));
  const gap = await jarvis.resume();
  const { conversations } = await jarvis.call("list_conversations", { limit: 3 }).result;
  let shown = "";
  const made = await draft(jarvis, chatId, (text) => (shown = text));
  const running = jarvis.call("generate_draft", { chat_id: chatId }, () => running.cancel());
  const cancelled = await running.result.catch((error) => error.kind);
  const unknown = await jarvis
    .call("list_messages", { chat_id: "nobody" })
    .result.catch((error) => [error.code, error.kind]);
  jarvis.close();
  const again = await Jarvis.connect(path, (each) => mail.push(each));
  const missed = await again.resume(0, (await again.call("ping", {}).result).epoch);
  again.close();
  return { gap, listed: conversations.length, shown, text: made.suggestions[0].text, cancelled, unknown, missed };
});
