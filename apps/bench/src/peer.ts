/**
 * A process that trains when told to. All peers stay alive and take turns, so that each round holds one turn of
 * every one of them under the same conditions.
 *
 * The protocol is lines: the child says a `PeerGreeting` once it is ready; then it answers each `go <steps>` on its
 * input by a `PeerTurn`, and ends with its input.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface, type Interface } from "node:readline";

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

/** A peer is not there, or went away; the message says why. */
export class PeerError extends Error {
  override readonly name = "PeerError";
}

const MOST_STDERR = 4000;

export class Peer {
  readonly label: string;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<string>;

  private constructor(label: string, { process, lines, ended }: StartedProcess) {
    this.label = label;
    this.#process = process;
    this.#lines = lines;
    this.#ended = ended;
  }

  /** @throws {PeerError} if it does not come up. */
  static async start(command: PeerCommand): Promise<Peer> {
    const started = startProcess(command);
    const greeting = (await readAnswer(started.lines, started.ended)) as PeerGreeting;
    if ("unavailable" in greeting) {
      started.process.stdin.end();
      await started.ended;
      throw new PeerError(greeting.unavailable);
    }
    return new Peer(greeting.label, started);
  }

  /** @throws {PeerError} if the process ends instead. */
  async go(steps: number): Promise<PeerTurn> {
    this.#process.stdin.write(`go ${steps}\n`);
    return (await readAnswer(this.#lines, this.#ended)) as PeerTurn;
  }

  async stop(): Promise<void> {
    this.#process.stdin.end();
    await this.#ended;
  }
}

interface StartedProcess {
  readonly process: ChildProcessWithoutNullStreams;
  readonly lines: AsyncIterator<string>;
  /** How it ended. It never rejects. */
  readonly ended: Promise<string>;
}

function startProcess({ executable, args, env }: PeerCommand): StartedProcess {
  const process = spawn(executable, args, { env });
  let said = "";
  process.stderr.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-MOST_STDERR)));
  // A process that is gone is told by `ended`; writing to it is no failure of its own.
  process.stdin.on("error", () => {});
  const ended = new Promise<string>((resolve) => {
    process.on("error", ({ message }) => resolve(message));
    process.on("close", (code, signal) => {
      const lastLine = said.trim().split("\n").at(-1);
      resolve(`${executable} ended with ${signal ?? `code ${code}`}${lastLine ? `: ${lastLine}` : ""}`);
    });
  });
  const lines: Interface = createInterface({ input: process.stdout });
  return { process, lines: lines[Symbol.asyncIterator](), ended };
}

/** Libraries print as they please: only lines of JSON objects are answers. */
async function readAnswer(lines: AsyncIterator<string>, ended: Promise<string>): Promise<unknown> {
  for (;;) {
    const { value, done } = await lines.next();
    if (done) throw new PeerError(await ended);
    if (value.startsWith("{")) return JSON.parse(value);
  }
}
