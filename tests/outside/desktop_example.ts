// A client of Jarvis for a desktop app: calls, streams, pushes that resume. No packages.
import { createConnection, type Socket } from "node:net";
import type { Draft, Events, MethodName, Methods, StreamToken } from "./jarvis";

type Answer = { resolve: (result: any) => void; reject: (error: Error) => void };

export class JarvisError extends Error {
  constructor(readonly code: number, message: string, readonly kind: string) {
    super(message);
  }
}

export class Jarvis {
  private nextId = 1;
  private waiting = new Map<number, Answer>();
  private onToken = new Map<number, (token: StreamToken) => void>();
  private seq = 0;
  private epoch: string | null = null;

  private constructor(private socket: Socket, private onMail: (mail: Events["new_message"]) => void) {}

  static async connect(path: string, onMail: (mail: Events["new_message"]) => void): Promise<Jarvis> {
    const socket = createConnection(path).setEncoding("utf8");
    const jarvis = new Jarvis(socket, onMail);
    let rest = "";
    socket.on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      lines.forEach((line) => jarvis.take(JSON.parse(line)));
    });
    await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    socket.on("close", () => jarvis.waiting.forEach((each) => each.reject(new Error("Jarvis is gone"))));
    return jarvis;
  }

  call<M extends MethodName>(method: M, params: Methods[M]["params"], onToken?: (token: StreamToken) => void) {
    const id = this.nextId++;
    if (onToken) this.onToken.set(id, onToken);
    const result = new Promise<Methods[M]["result"]>((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    this.socket.write(JSON.stringify({ jsonrpc: "2.0", method, params, id }) + "\n");
    return { result, cancel: () => this.socket.write(JSON.stringify({ jsonrpc: "2.0", method: "$/cancelRequest", params: { id } }) + "\n") };
  }

  /** The first thing to do on a connection; true when the lists have to be loaded anew. */
  async resume(seq = this.seq, epoch = this.epoch): Promise<boolean> {
    const known = await this.call("subscribe", { events: ["new_message"], since: epoch ? seq : null, epoch }).result;
    this.epoch = known.epoch;
    if (!epoch || known.gap) this.seq = known.seq;
    return known.gap;
  }

  private take(message: any): void {
    if (message.method === "stream.token") this.onToken.get(message.params.request_id)?.(message.params);
    else if (message.method === "new_message") {
      this.seq = message.params.seq;
      this.onMail(message.params);
    } else if (this.waiting.has(message.id)) {
      const { resolve, reject } = this.waiting.get(message.id)!;
      this.waiting.delete(message.id);
      this.onToken.delete(message.id);
      if (message.error) reject(new JarvisError(message.error.code, message.error.message, message.error.data.kind));
      else resolve(message.result);
    }
  }

  close(): void {
    this.socket.destroy();
  }
}

export async function draft(jarvis: Jarvis, chat_id: string, show: (text: string) => void): Promise<Draft> {
  let text = "";
  return jarvis.call("generate_draft", { chat_id }, (token) => show((text += token.token))).result;
}
