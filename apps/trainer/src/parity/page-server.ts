/**
 * What hands a page out and asks it: a server of this process on the loopback interface alone, under an address nobody can guess.
 * The page comes for tasks, so no protocol of the browser's own is needed.
 */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { BrowserUnavailableError } from "./find-chromium.js";
import { ANSWER, FAILURE_HEADER, READY, TASK } from "./page-protocol.js";

/** The browser could not do with a picture what it was asked to. */
class BrowserPictureError extends Error {
  override readonly name = "BrowserPictureError";
}

/** Built beside this file's folder. */
const PAGE_FOLDER = fileURLToPath(new URL("../page", import.meta.url));
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".wasm": "application/wasm",
  ".json": "application/json",
};
const HTML = `<!doctype html><meta charset="utf-8"><title>convkit verify</title><script type="module" src="page/page.js"></script>`;

/** A page that has not come up by then will not. */
const START_MS = 120_000;
/** Plain JavaScript takes minutes for one picture of a large network. */
const ANSWER_MS = 15 * 60_000;

interface Task {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface Ready {
  readonly browser: string;
  readonly tfjs: string;
}

/** What the page is served, what it is asked and what it answers. */
export class PageServer {
  // Whatever goes wrong with a request is that connection's alone: other programs of this machine can find the port.
  readonly #server = createServer((request, response) => {
    this.#respond(request, response).catch(() => response.destroy());
  });
  readonly #secret = randomBytes(16).toString("hex");
  readonly #model: string;
  readonly #ready = deferred<Ready>();
  /** The page that waits for a task. */
  #idle = deferred<ServerResponse>();
  #answer = deferred<Float32Array>();

  readonly #answerMs: number;

  /** @param options.answerMs how long one picture may take. */
  constructor(model: string, { answerMs = ANSWER_MS }: { readonly answerMs?: number } = {}) {
    this.#model = model;
    this.#answerMs = answerMs;
  }

  /** @returns the page's address. */
  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${this.#secret}/`;
  }

  /** @throws {BrowserUnavailableError} if the page does not come up, or not in time. */
  ready(): Promise<Ready> {
    return within(START_MS, "the browser's page", this.#ready.promise);
  }

  /**
   * @throws {BrowserPictureError} if the browser could not do it.
   * @throws {BrowserUnavailableError} if it says nothing in time: a tab that has crashed never does.
   */
  ask(task: Task): Promise<Float32Array> {
    return within(this.#answerMs, "an answer of the browser's page", this.#exchange(task));
  }

  async #exchange({ headers, body }: Task): Promise<Float32Array> {
    const response = await this.#idle.promise;
    this.#idle = deferred();
    this.#answer = deferred();
    response.writeHead(200, { "content-type": "application/octet-stream", ...headers });
    response.end(body);
    return this.#answer.promise;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // `//` is no address.
    const pathname = URL.parse(request.url ?? "/", "http://localhost")?.pathname;
    const [, secret, name = "", file = ""] = pathname?.split("/") ?? [];
    if (secret !== this.#secret) return void response.writeHead(404).end();
    if (request.method === "POST") {
      this.#take(name, await bodyOf(request), request.headers[FAILURE_HEADER] !== undefined);
      return void response.writeHead(204).end();
    }
    if (name === "") return void response.writeHead(200, { "content-type": "text/html" }).end(HTML);
    if (name === TASK) return this.#idle.resolve(response);
    const folder = name === "page" ? PAGE_FOLDER : name === "model" ? this.#model : null;
    const content = folder && (await readFile(join(folder, basename(file))).catch(() => null));
    if (!content) return void response.writeHead(404).end();
    const type = MEDIA_TYPES[extname(file)] ?? "application/octet-stream";
    response.writeHead(200, { "content-type": type }).end(content);
  }

  #take(name: string, body: Buffer, isFailure: boolean): void {
    if (name === ANSWER) {
      if (isFailure) this.#answer.reject(new BrowserPictureError(body.toString()));
      else this.#answer.resolve(new Float32Array(new Uint8Array(body).buffer));
    }
    if (name !== READY) return;
    const { failure, ...ready } = greetingOf(body);
    if (failure === undefined) this.#ready.resolve(ready);
    else {
      const message = `Expected the browser to load the run's classifier. Received: ${failure}`;
      this.#ready.reject(new BrowserUnavailableError(message));
    }
  }
}

function greetingOf(body: Buffer): Ready & { failure?: string } {
  const text = body.toString();
  try {
    return JSON.parse(text) as Ready & { failure?: string };
  } catch {
    return { browser: "", tfjs: "", failure: `its page said ${JSON.stringify(text.slice(0, 200))}` };
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function within<T>(limitMs: number, what: string, promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = deferred<never>();
  const timer = setTimeout(() => {
    reject(
      new BrowserUnavailableError(
        `Expected ${what} within ${limitMs / 1000} s. Received: nothing. Try again while the machine has less to do.`,
      ),
    );
  }, limitMs).unref();
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

function deferred<T>(): Deferred<T> {
  let [resolve, reject]: [Deferred<T>["resolve"], Deferred<T>["reject"]] = [() => undefined, () => undefined];
  const promise = new Promise<T>((onValue, onError) => ([resolve, reject] = [onValue, onError]));
  // Whoever waits is told; nobody need wait.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
