// @parseaple/typedstream: reads blobs (hex, a line each on stdin) back as their text.
const { readFileSync } = require("node:fs");
const { main } = require("./lines.cjs");

main(async () => {
  const { Unarchiver } = await import("@parseaple/typedstream");
  const blobs = readFileSync(0, "utf8").split("\n").filter(Boolean);
  return blobs.map((blob) => {
    const root = Unarchiver.open(Buffer.from(blob, "hex")).decodeSingleRoot();
    return root.string;
  });
});
