/** Calls over tRPC, by their names: answers are parsed, failures become this package's errors. */
import { wireTransformers } from "@convkit/schema";
import { createTRPCUntypedClient, httpLink, TRPCClientError } from "@trpc/client";
import type { z } from "zod";
import { Deadline, withDeadline } from "./deadline.js";
import { persist, type Pauses } from "./persist.js";
import { authorizationOf, type Server } from "./server-address.js";
import { NotAuthorizedError, ServerError, ServerUnreachableError } from "./server-errors.js";

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** How long to try again where the server is away or fails. Default: a minute; 0 tries once. */
  readonly patienceMs?: number | undefined;
}

export interface Procedure<Answer> {
  readonly kind: "query" | "mutation";
  readonly path: string;
  readonly answer: z.ZodType<Answer>;
}

export type Caller = <Answer>(
  procedure: Procedure<Answer>,
  input: unknown,
  options: CallOptions | undefined,
) => Promise<Answer>;

export interface CallerOptions {
  readonly pauses: Pauses | undefined;
  /** Told of every answer (null) and of every failure to get one. */
  readonly onContact: (failure: ServerUnreachableError | null) => void;
}

export const DEFAULT_PATIENCE_MS = 60_000;
/** Of one try. */
const CALL_MS = 30_000;

export function createCaller(server: Server, { pauses, onContact }: CallerOptions): Caller {
  const client = createTRPCUntypedClient({
    links: [
      httpLink({
        url: `${server.url}/api/trpc`,
        transformer: wireTransformers,
        headers: authorizationOf(server),
        fetch: (url, options) => fetchJson(server, url, options as RequestInit),
      }),
    ],
  });
  return async ({ kind, path, answer }, input, { signal, patienceMs = DEFAULT_PATIENCE_MS } = {}) => {
    const received = await persist(
      async () => {
        try {
          const received = await withDeadline((deadline) => client[kind](path, input, { signal: deadline }), {
            signal,
            ms: CALL_MS,
          });
          onContact(null);
          return received;
        } catch (thrown) {
          signal?.throwIfAborted();
          const error = errorOf(server, thrown);
          onContact(error instanceof ServerUnreachableError ? error : null);
          throw error;
        }
      },
      { signal, patienceMs, pauses },
    );
    const parsed = answer.safeParse(received);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new ServerError(
      `Expected the server at ${server.url} to answer ${path} as this version does. Received: another answer ` +
        `(${[issue?.path.join("."), issue?.message].filter(Boolean).join(": ")}). Bring both to one version.`,
      { status: 200 },
    );
  };
}

/** tRPC is handed whole answers in JSON only; what a proxy or a guard says in words is an error here. */
async function fetchJson(server: Server, url: Parameters<typeof fetch>[0], options: RequestInit) {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, options);
    text = await response.text();
  } catch (cause) {
    throw unreachable(server, cause);
  }
  if (!/^application\/json\b/.test(response.headers.get("content-type") ?? "")) {
    throw errorOfAnswer(server, response.status, text);
  }
  return { ok: response.ok, json: () => Promise.resolve(JSON.parse(text) as unknown) };
}

/** For an answer that is none of a call. */
export function errorOfAnswer(server: Server, status: number, text: string): Error {
  const said = text.trim().slice(0, 500) || `status ${status}`;
  if (status === 401 || status === 403) return notAuthorized(server, said);
  const message = `Expected the server at ${server.url} to do what it is asked. Received: ${status}, ${said}`;
  return new ServerError(message, { status });
}

export function unreachable({ url }: Server, cause: unknown): ServerUnreachableError {
  return new ServerUnreachableError(url, reasonOf(cause), { cause });
}

/** What fetch says is `fetch failed`; why stands in its cause, for several addresses in that one's errors. */
function reasonOf(thrown: unknown): string {
  const { message, code, cause, errors } = thrown as NodeJS.ErrnoException & {
    cause?: unknown;
    errors?: unknown[];
  };
  if (errors?.[0] !== undefined) return reasonOf(errors[0]);
  if (cause !== undefined && !(thrown instanceof Deadline)) return reasonOf(cause);
  return message || code || String(thrown);
}

function notAuthorized({ url, token }: Server, reason: string): NotAuthorizedError {
  return new NotAuthorizedError(url, { hasToken: token !== undefined, reason });
}

function errorOf(server: Server, thrown: unknown): Error {
  if (!(thrown instanceof TRPCClientError)) return unreachable(server, thrown);
  const { cause, message } = thrown;
  const data = thrown.data as { httpStatus?: number; name?: string } | null | undefined;
  if (data?.httpStatus === 401 || data?.httpStatus === 403) return notAuthorized(server, message);
  if (data?.httpStatus !== undefined) {
    return new ServerError(message, { status: data.httpStatus, remoteName: data.name ?? "" });
  }
  const isOurs = [ServerUnreachableError, NotAuthorizedError, ServerError].some(
    (type) => cause instanceof type,
  );
  if (isOurs) return cause as Error;
  if (cause instanceof SyntaxError) {
    return new ServerError(`Expected JSON of ${server.url}. Received: ${message}`, { status: 200 });
  }
  return unreachable(server, cause ?? thrown);
}
