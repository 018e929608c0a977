/** One HTTP request by the user's npm settings, for registries and other hosts alike. */
import npmFetch from "npm-registry-fetch";
import { FetchError } from "./fetch-error.js";
import type { NetworkPolicy } from "./network-policy.js";
import type { NpmSettings } from "./npm-settings.js";

export interface RequestContext {
  readonly settings: NpmSettings;
  readonly policy: NetworkPolicy;
  readonly signal?: AbortSignal | undefined;
}

export interface OpenResponse {
  readonly status: number;
  header(name: string): string | null;
  /** @throws {FetchError} if the connection breaks or nothing comes for `stallTimeoutMs`. */
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * @throws {FetchError} if there is no answer in time or its status is 400 or more.
 * @throws the signal's reason if it was aborted.
 */
export async function openResponse(
  url: string,
  headers: Readonly<Record<string, string>>,
  { settings, policy, signal }: RequestContext,
): Promise<OpenResponse> {
  signal?.throwIfAborted();
  const silence = new Watchdog(signal);
  silence.start(policy.connectTimeoutMs, `no answer within ${policy.connectTimeoutMs / 1000} s`);
  try {
    const response = await npmFetch(url, {
      ...settings,
      // Ranges count the bytes of the file, so it must come as it lies there.
      headers: { ...headers, "accept-encoding": "identity" },
      signal: silence.signal,
    });
    silence.stop();
    return {
      status: response.status,
      header: (name) => response.headers.get(name),
      body: watchBody(url, response.body as AsyncIterable<Uint8Array>, { silence, policy }),
    };
  } catch (error) {
    silence.stop();
    throw silence.explain(url, error);
  }
}

async function* watchBody(
  url: string,
  body: AsyncIterable<Uint8Array>,
  { silence, policy }: { silence: Watchdog; policy: NetworkPolicy },
): AsyncGenerator<Uint8Array> {
  const reason = `nothing for ${policy.stallTimeoutMs / 1000} s`;
  try {
    silence.start(policy.stallTimeoutMs, reason);
    for await (const piece of body) {
      silence.stop();
      yield piece;
      silence.start(policy.stallTimeoutMs, reason);
    }
  } catch (error) {
    throw silence.explain(url, error);
  } finally {
    silence.end();
  }
}

/** make-fetch-happen repeats the whole address before it says what went wrong. */
function withoutAddress(message: string): string {
  return message.replace(/^request to \S+ failed, reason: /, "");
}

/** Aborts a request when its time is over or the caller's signal says so, and knows which of the two it was. */
class Watchdog {
  readonly #controller = new AbortController();
  readonly #callerSignal: AbortSignal | undefined;
  #timer: NodeJS.Timeout | undefined;
  #timeoutReason: string | null = null;

  constructor(callerSignal: AbortSignal | undefined) {
    this.#callerSignal = callerSignal;
  }

  get signal(): AbortSignal {
    return this.#callerSignal
      ? AbortSignal.any([this.#controller.signal, this.#callerSignal])
      : this.#controller.signal;
  }

  start(timeoutMs: number, reason: string): void {
    this.#timer = setTimeout(() => {
      this.#timeoutReason = reason;
      this.#controller.abort();
    }, timeoutMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Also gives up what is still under way, for a reader that left early. */
  end(): void {
    this.stop();
    this.#controller.abort();
  }

  explain(url: string, error: unknown): unknown {
    if (this.#callerSignal?.aborted === true) return this.#callerSignal.reason;
    const { message, statusCode = null } = error as Error & { statusCode?: number };
    const reason = statusCode === null ? withoutAddress(message) : `HTTP status ${statusCode}`;
    return new FetchError(url, this.#timeoutReason ?? reason, { status: statusCode, cause: error });
  }
}
