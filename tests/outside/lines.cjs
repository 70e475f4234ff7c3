// A Unix socket as lines: what every client without a carrier of its own needs.
const net = require("node:net");

exports.connect = (path, onLine) =>
  new Promise((resolve, reject) => {
    const socket = net.createConnection(path, () => resolve(socket));
    let rest = "";
    socket.setEncoding("utf8");
    socket.on("error", reject);
    socket.on("data", (text) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop();
      for (const line of lines) onLine(line);
    });
  });

exports.main = async (run) => {
  const [path, ...rest] = process.argv.slice(2);
  const seen = await run(path, ...rest);
  process.stdout.write(JSON.stringify(seen) + "\n", () => process.exit(0));
};
