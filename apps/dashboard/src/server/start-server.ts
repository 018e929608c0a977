/** The dashboard's server: calls, files and pages behind one door, and the watch over this machine's journals. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { appRouter, createRunChanges, type ApiContext } from "@convkit/api";
import {
  createDiskBlobStore,
  finishDeletions,
  openDatabase,
  watchJournals,
  type Database,
} from "@convkit/db";
import { nodeHTTPRequestHandler } from "@trpc/server/adapters/node-http";
import { guardRequest, loopbackHosts, type GuardOptions } from "./guard-request.js";
import { createPages } from "./next-pages.js";
import { setSecurityHeaders } from "./security-headers.js";
import { serveFile } from "./serve-files.js";

export interface ServerOptions {
  /** Absolute path of CONVKIT_HOME. */
  readonly home: string;
  readonly databaseUrl?: string | undefined;
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Folder of this package. */
  readonly root: string;
  readonly isDevelopment: boolean;
  /** Told of what is wrong but holds up nothing. */
  readonly onProblem: (message: string) => void;
}

export interface RunningServer {
  readonly url: string;
  close(): Promise<void>;
}

const LARGEST_CALL_BYTES = 16 * 1024 * 1024;

/** Resolves when it answers. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { home, host, root, isDevelopment, onProblem } = options;
  const stopping = new AbortController();
  const server = createServer({ requestTimeout: 0 });
  // The port is taken before anything is opened: a second dashboard fails at once.
  const port = await listen(server, host, options.port);
  const opening = openRecord(options, stopping.signal);
  const handle = createHandler(opening, { ...options, port });
  server.on("request", (request, response) => {
    void handle(request, response).catch((error: unknown) => {
      onProblem(`${request.method} ${request.url}: ${(error as Error).message}`);
      if (!response.headersSent) response.writeHead(500, { "Content-Type": "text/plain; charset=utf-8" });
      response.end("Something went wrong here; the dashboard's own output says what.\n");
    });
  });
  const close = async () => {
    stopping.abort();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await (await opening).close();
  };
  try {
    await Promise.all([opening, handle.prepare({ root, isDevelopment, server, port })]);
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
  const name = host === "0.0.0.0" || host === "::" || host === "127.0.0.1" ? "localhost" : host;
  void home;
  return { url: `http://${name}:${port}`, close };
}

interface OpenRecord {
  readonly database: Database;
  readonly context: Omit<ApiContext, "caller">;
  close(): Promise<void>;
}

async function openRecord(
  { home, databaseUrl, onProblem }: ServerOptions,
  signal: AbortSignal,
): Promise<OpenRecord> {
  const database = await openDatabase({ home, url: databaseUrl });
  const blobs = createDiskBlobStore(join(home, "blobs"));
  const watching = finishDeletions(database, { blobs, home }).then(() =>
    watchJournals(database, {
      home,
      blobs,
      signal,
      onProblem: ({ path, message }) => onProblem(`${path}: ${message}`),
    }),
  );
  watching.catch((error: unknown) => onProblem((error as Error).message));
  return {
    database,
    context: { database, blobs, home, changes: createRunChanges(database, signal) },
    close: async () => {
      await watching.catch(() => undefined);
      await database.close();
    },
  };
}

type Handler = ((request: IncomingMessage, response: ServerResponse) => Promise<void>) & {
  prepare(options: Parameters<typeof createPages>[0]): Promise<void>;
};

function createHandler(
  opening: Promise<OpenRecord>,
  { host, port, isDevelopment }: ServerOptions & { port: number },
): Handler {
  const guard = guardOf(host, port);
  let pages: ReturnType<typeof createPages> | undefined;
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const refusal = guardRequest(request, guard);
    if (refusal) {
      response.writeHead(refusal.status, { "Content-Type": "text/plain; charset=utf-8", Connection: "close" });
      return void response.end(`${refusal.message}\n`);
    }
    setSecurityHeaders(request, response, { isDevelopment });
    const path = (request.url ?? "/").split("?", 1)[0]!;
    if (!path.startsWith("/api/")) return (await pages!)(request, response);
    const { context } = await opening;
    const caller = { kind: "user", id: "local", name: "you", isAdmin: true } as const;
    if (path.startsWith("/api/trpc/")) {
      return nodeHTTPRequestHandler({
        router: appRouter,
        req: request,
        res: response,
        path: path.slice("/api/trpc/".length),
        createContext: () => ({ ...context, caller }),
        maxBodySize: LARGEST_CALL_BYTES,
      });
    }
    if (await serveFile(request, response, { ...context, caller })) return;
    response.writeHead(404, { "Content-Type": "text/plain; charset=utf-8" }).end("There is nothing here.\n");
  };
  return Object.assign(handle, {
    prepare: async (options: Parameters<typeof createPages>[0]) => {
      pages = createPages(options);
      await pages;
    },
  });
}

function guardOf(host: string, port: number): GuardOptions {
  const hosts = new Set([...loopbackHosts(port), `${host.includes(":") ? `[${host}]` : host}:${port}`]);
  return { hosts, origins: new Set([...hosts].map((name) => `http://${name}`)) };
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
