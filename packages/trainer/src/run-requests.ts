/**
 * What others ask of a run while it trains: `request.json` in its folder, looked for every second and removed once
 * read. A timer does that, as a signal's handler would: the loop lets both in after each step.
 */
import { readFileSync, rmSync } from "node:fs";
import { RunRequest } from "@convkit/schema";
import type { Callback } from "./callback.js";

export class RunRequests {
  readonly #path: string;
  readonly #cancelling = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #stopReason: string | null = null;
  readonly #remarks: string[] = [];
  /** What stood there last time and is no request: perhaps half of one that is being written. */
  #unreadable: string | null = null;

  /** @param path of the file; one that lies there already is answered too. */
  constructor(path: string, { everyMs = 1000 }: { readonly everyMs?: number } = {}) {
    this.#path = path;
    this.#timer = setInterval(() => this.look(), everyMs).unref();
    this.look();
  }

  /** Aborted, with its reason, by a request to cancel. */
  get cancelled(): AbortSignal {
    return this.#cancelling.signal;
  }

  /** Of a request to stop; null while there was none. */
  get stopReason(): string | null {
    return this.#stopReason;
  }

  /** What its reader should know; each is handed out once. Not said at once: a timer has nobody to fail to. */
  takeRemarks(): string[] {
    return this.#remarks.splice(0);
  }

  /** Reads the file, if there is one, and removes it. */
  look(): void {
    const text = this.#read();
    if (text === null) return;
    const request = parseRequest(text);
    if (!request && text !== this.#unreadable) {
      this.#unreadable = text;
      return;
    }
    if (!request) {
      this.#remarks.push(
        `Expected a request to stop or cancel in ${this.#path}. Received: ${JSON.stringify(text.slice(0, 200))}. ` +
          "It was removed.",
      );
    } else if (request.action === "stop") {
      this.#stopReason ??= request.reason;
    } else {
      this.#cancelling.abort(request.reason);
    }
    this.#unreadable = null;
    forgetRequest(this.#path);
  }

  /** Ends the looking. What was asked too late is forgotten: it was about this attempt. */
  close(): void {
    clearInterval(this.#timer);
    forgetRequest(this.#path);
  }

  /** null if nothing is there; what cannot be read is as good as nothing. */
  #read(): string | null {
    try {
      return readFileSync(this.#path, "utf8");
    } catch {
      return null;
    }
  }
}

/** Removes a request that nobody has answered. */
export function forgetRequest(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // In a folder that takes no changes the run will fail for better reasons; a request there is answered once.
  }
}

/** Ends training well once a request says so. Must stand before `checkpoints`, whose states tell that it did. */
export function stopOnRequest(requests: RunRequests, onRemark: (text: string) => void): Callback {
  const heed = ({ stop }: { stop: (reason: string) => void }): void => {
    requests.takeRemarks().forEach(onRemark);
    if (requests.stopReason !== null) stop(requests.stopReason);
  };
  const needsStep = (): boolean => requests.stopReason !== null;
  return { name: "stopOnRequest", onStepEnd: heed, needsStep, onEpochEnd: heed };
}

function parseRequest(text: string): RunRequest | null {
  try {
    return RunRequest.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
