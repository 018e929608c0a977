/** The dashboard's server: calls, files and pages behind one door. */
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { guardRequest, isLoopback, loopbackHosts, type GuardOptions } from "./guard-request.js";
import { keepLocalWorker } from "./local-worker.js";
import { createPages, type PageHandler } from "./next-pages.js";
import { setPagePolicy, setSecurityHeaders } from "./security-headers.js";
import type { RecordServer } from "./serve-record.js";

export interface ServerOptions {
  /** Absolute path of CONVKIT_HOME. */
  readonly home: string;
  readonly databaseUrl?: string | undefined;
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Where people reach it, if not under host and port: behind a proxy, or bound to all addresses. */
  readonly publicUrl?: string | undefined;
  /** Signs the sessions of those who sign in; demanded of a server that others can reach. */
  readonly secret?: string | undefined;
  /** Script of `convkit`, which serves the queue on this machine; null: nobody here does. */
  readonly workerScript: string | null;
  /** Seconds after which a worker that is not heard of is believed lost. */
  readonly heartbeatSeconds?: number | undefined;
  /** Folder of this package. */
  readonly root: string;
  readonly isDevelopment: boolean;
  /** Told of what is wrong but holds up nothing. */
  readonly onProblem: (message: string) => void;
}

export interface RunningServer {
  readonly url: string;
  readonly demandsSignIn: boolean;
  /** Resolves when the record is open, and calls are answered too; rejects if it cannot be. */
  readonly opened: Promise<OpenedRecord>;
  close(): Promise<void>;
}

export interface OpenedRecord {
  /** Where the first administrator makes an account; null if there is one, or nobody signs in. */
  readonly setupUrl: string | null;
}

/** A server that others could reach, without what keeps them out. */
class UnsafeServerError extends Error {
  override readonly name = "UnsafeServerError";
}

const SHORTEST_SECRET = 32;
/** What a page needs before anyone is signed in. */
const OPEN_PATHS = /^\/(sign-in|sign-up|_next\/static|icon|favicon|theme)/;

/**
 * Resolves when its pages answer; what they ask for waits until the record is open. Database and API are loaded only
 * then: before the first page they would double the time to it.
 * @throws {UnsafeServerError}
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host, root, isDevelopment, onProblem, home, workerScript } = options;
  checkSafe(options);
  const stopping = new AbortController();
  const { signal } = stopping;
  const server = createServer({ requestTimeout: 0 });
  // The port is taken before anything is opened: a second dashboard fails at once.
  const port = await listen(server, host, options.port);
  const url =
    options.publicUrl?.replace(/\/$/, "") ??
    `http://${isLoopback(host) ? "localhost" : addressOf(host)}:${port}`;
  const demandsSignIn = !isLoopback(host) || options.publicUrl !== undefined;
  const accounts = demandsSignIn ? { secret: options.secret!, baseUrl: url } : null;
  const pages = createPages({ root, isDevelopment, server, port });
  const record = pages
    .then(() => import("./serve-record.js"))
    .then(({ openRecordServer }) => openRecordServer({ ...options, accounts, url, signal }));
  const handle = createHandler({
    record,
    pages,
    guard: guardOf(options, port, url),
    demandsSignIn,
    isDevelopment,
  });
  server.on("request", (request, response) => {
    void handle(request, response).catch((error: unknown) => {
      onProblem(`${request.method} ${request.url}: ${(error as Error).message}`);
      if (!response.headersSent) response.writeHead(500, { "Content-Type": "text/plain; charset=utf-8" });
      response.end("Something went wrong here; the dashboard's own output says what.\n");
    });
  });
  let worker: Promise<void> | undefined;
  const opened = record.then(async ({ createWorkerToken, setupUrl }) => {
    if (workerScript !== null && !signal.aborted) {
      const token = await createWorkerToken();
      const local = `http://${addressOf(LOOPBACK_OF[host] ?? host)}:${port}`;
      worker = keepLocalWorker({ script: workerScript, url: local, home, token, signal, onProblem });
    }
    return { setupUrl };
  });
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= closeAll());
  const closeAll = async () => {
    stopping.abort();
    const openRecord = await record.catch(() => null);
    await opened.catch(() => undefined);
    await worker;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await openRecord?.close();
  };
  try {
    await pages;
    return { url, demandsSignIn, opened, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @throws {UnsafeServerError} */
function checkSafe({ host, secret, publicUrl }: ServerOptions): void {
  if (publicUrl !== undefined && !(URL.canParse(publicUrl) && /^https?:/.test(publicUrl))) {
    throw new UnsafeServerError(
      `Expected --url to be an address such as https://convkit.example.org. Received: ${publicUrl}.`,
    );
  }
  if (isLoopback(host) && publicUrl === undefined) return;
  if ((secret?.length ?? 0) < SHORTEST_SECRET) {
    throw new UnsafeServerError(
      `Expected CONVKIT_SECRET to hold ${SHORTEST_SECRET} characters or more, since others can reach ${publicUrl ?? host}. ` +
        `Received: ${secret === undefined ? "none" : `${secret.length} characters`}. ` +
        "`openssl rand -base64 32` makes one; keep it, for it signs everybody's session.",
    );
  }
  if (publicUrl === undefined && (host === "0.0.0.0" || host === "::")) {
    throw new UnsafeServerError(
      `Expected --url beside --host ${host}: the address under which people reach the dashboard, such as ` +
        "https://convkit.example.org. Requests that name another are refused.",
    );
  }
}

interface HandlerParts {
  readonly record: Promise<RecordServer>;
  readonly pages: Promise<PageHandler>;
  readonly guard: GuardOptions;
  readonly demandsSignIn: boolean;
  readonly isDevelopment: boolean;
}

function createHandler({ record, pages, guard, demandsSignIn, isDevelopment }: HandlerParts): PageHandler {
  return async (request, response) => {
    setSecurityHeaders(response);
    const refusal = guardRequest(request, guard);
    if (refusal) return answer(response, refusal.status, refusal.message);
    const path = (request.url ?? "/").split("?", 1)[0]!;
    if (path.startsWith("/api/")) {
      if (!(await (await record).serve(request, response, path)))
        answer(response, 404, "There is nothing here.");
      return;
    }
    if (demandsSignIn && !OPEN_PATHS.test(path) && !(await (await record).isKnown(request))) {
      const next = encodeURIComponent(request.url ?? "/");
      return void response.writeHead(303, { Location: `/sign-in?next=${next}` }).end();
    }
    setPagePolicy(request, response, { isDevelopment });
    return (await pages)(request, response);
  };
}

function answer(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", Connection: "close" });
  response.end(`${message}\n`);
}

/** Where all addresses are listened at, a process of this machine goes to its own. */
const LOOPBACK_OF: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

/** As it stands in a URL (RFC 3986, section 3.2.2). */
const addressOf = (host: string) => (host.includes(":") ? `[${host}]` : host);

function guardOf({ host, publicUrl }: ServerOptions, port: number, url: string): GuardOptions {
  const own = `${addressOf(host)}:${port}`;
  // A local worker comes by the loopback address, whatever people do.
  const hosts = new Set([...loopbackHosts(port), own, new URL(url).host].map((name) => name.toLowerCase()));
  const origins = new Set([...hosts].map((name) => `http://${name}`));
  if (publicUrl !== undefined) origins.add(new URL(publicUrl).origin);
  return { hosts, origins };
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
