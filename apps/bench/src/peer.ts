/**
 * A process that trains when told to. All peers stay alive and take turns, so that each round holds one turn of
 * every one of them under the same conditions.
 *
 * The protocol is lines: the child says a `PeerGreeting` once it is ready; then it answers each `go <steps>` on its
 * input by a `PeerTurn`, and ends with its input. One that can do more than one thing is told which behind the steps.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** `label` says what runs, versions included. */
export type PeerGreeting = { readonly label: string } | { readonly unavailable: string };

export interface PeerTurn {
  /** For all steps of the turn. */
  readonly seconds: number;
  /** Peak resident memory of the process so far. */
  readonly peakRssBytes: number;
}

export interface PeerCommand {
  readonly executable: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

export interface PeerOptions {
  /** A peer that takes longer to greet, to answer or to end is killed. Five minutes unless told. */
  readonly patienceMs?: number | undefined;
}

/** A peer is not there, or went away; the message says why. */
export class PeerError extends Error {
  override readonly name = "PeerError";
}

const MOST_STDERR = 4000;
/** Pure JavaScript takes half a minute for a turn where nothing else runs. */
const PATIENCE_MS = 5 * 60_000;

export class Peer {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  /** How it ended. It never rejects. */
  readonly #ended: Promise<string>;
  readonly #patienceMs: number;
  #label = "";

  private constructor({ executable, args, env }: PeerCommand, { patienceMs = PATIENCE_MS }: PeerOptions) {
    const child = spawn(executable, args, { env });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-MOST_STDERR)));
    // A process that is gone is told by `#ended`; writing to it is no failure of its own.
    child.stdin.on("error", () => {});
    this.#ended = new Promise((resolve) => {
      child.on("error", ({ message }) => resolve(message));
      child.on("close", (code, signal) => {
        const lastLine = said.trim().split("\n").at(-1);
        resolve(`${executable} ended with ${signal ?? `code ${code}`}${lastLine ? `: ${lastLine}` : ""}`);
      });
    });
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    this.#process = child;
    this.#patienceMs = patienceMs;
  }

  /** @throws {PeerError} if it does not come up. */
  static async start(command: PeerCommand, options: PeerOptions = {}): Promise<Peer> {
    const peer = new Peer(command, options);
    const greeting = (await peer.#within(peer.#answer())) as PeerGreeting;
    if ("unavailable" in greeting) {
      await peer.stop();
      throw new PeerError(greeting.unavailable);
    }
    peer.#label = greeting.label;
    return peer;
  }

  get label(): string {
    return this.#label;
  }

  /** @throws {PeerError} if the process ends instead, or says nothing. */
  async go(steps: number, work?: string): Promise<PeerTurn> {
    this.#process.stdin.write(work === undefined ? `go ${steps}\n` : `go ${steps} ${work}\n`);
    return (await this.#within(this.#answer())) as PeerTurn;
  }

  async stop(): Promise<void> {
    this.#process.stdin.end();
    await this.#within(this.#ended).catch(() => this.#ended);
  }

  /** Libraries print as they please: only lines of JSON objects are answers. */
  async #answer(): Promise<unknown> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) throw new PeerError(await this.#ended);
      const answer = parseObject(value);
      if (answer !== null) return answer;
    }
  }

  async #within<T>(work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.#process.kill("SIGKILL");
        // What it started may hold the other ends.
        this.#process.stdout.destroy();
        this.#process.stderr.destroy();
        reject(
          new PeerError(
            `it said nothing for ${this.#patienceMs / 1000} s and was ended. ` +
              "Try again while the machine has less to do",
          ),
        );
      }, this.#patienceMs);
    });
    try {
      return await Promise.race([work, silence]);
    } finally {
      clearTimeout(timer);
    }
  }
}

function parseObject(line: string): object | null {
  if (!line.startsWith("{")) return null;
  try {
    return JSON.parse(line) as object;
  } catch {
    return null;
  }
}
