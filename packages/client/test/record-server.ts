/**
 * The server's side of what this package says, in memory: calls over tRPC, blobs in parts over HTTP. It takes events
 * and bytes as the real one does, and fails when told to.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { TrainEvent, wireTransformer } from "@convkit/schema";
import { initTRPC, TRPCError } from "@trpc/server";
import { nodeHTTPRequestHandler } from "@trpc/server/adapters/node-http";
import { onTestFinished } from "vitest";
import { z } from "zod";

export interface RecordServer {
  readonly url: string;
  /** By `<run>/<attempt>/<sequence>`; how often each has come. */
  readonly events: Map<string, { readonly event: TrainEvent; times: number }>;
  /** Events of each call, in the order of the calls. */
  readonly batches: number[];
  /** Whole ones, in the order in which they came to be. */
  readonly blobs: Map<string, Buffer>;
  /** Uploads that are not whole. */
  readonly uploads: Map<string, Buffer>;
  /** `GET /path`, as they came. */
  readonly requests: string[];
  /** What it lets in; null: everyone. */
  tokens: Set<string> | null;
  readonly deletedRuns: Set<string>;
  /** Before each request; whoever answers it returns true. */
  intercept: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Takes so many bytes of the next upload and breaks the connection; null: takes all. */
  cutUploadAfter: number | null;
  /** Of downloads. */
  cutDownloadAfter: number | null;
  /** Is not there any more. */
  stop(): Promise<void>;
  /** At the same address. */
  start(): Promise<void>;
}

interface Context {
  readonly server: RecordServer;
  readonly isLetIn: boolean;
}

const t = initTRPC.context<Context>().create({ transformer: wireTransformer });
const procedure = t.procedure.use(({ ctx, next }) => {
  if (!ctx.isLetIn) throw new TRPCError({ code: "UNAUTHORIZED", message: "Expected an API token." });
  return next();
});

const router = t.router({
  workers: t.router({
    register: procedure.input(z.unknown()).mutation(() => undefined),
    claim: procedure.input(z.unknown()).mutation(() => null),
    heartbeat: procedure.input(z.unknown()).mutation(() => ({ directive: "backwards" })),
    ingest: procedure.input(z.array(TrainEvent).min(1).max(5000)).mutation(({ ctx, input }) => {
      const { events, batches, deletedRuns } = ctx.server;
      batches.push(input.length);
      let fresh = 0;
      for (const event of input) {
        if (deletedRuns.has(event.runId)) return { fresh: 0, deleted: true };
        const key = `${event.runId}/${event.attempt}/${event.sequence}`;
        const known = events.get(key);
        if (known) known.times += 1;
        else events.set(key, { event, times: 1 });
        if (!known) fresh += 1;
      }
      return { fresh, deleted: false };
    }),
  }),
});

export async function startRecordServer(): Promise<RecordServer> {
  let http: Server;
  let port = 0;
  const record: RecordServer = {
    get url() {
      return `http://127.0.0.1:${port}`;
    },
    events: new Map(),
    batches: [],
    blobs: new Map(),
    uploads: new Map(),
    requests: [],
    tokens: null,
    deletedRuns: new Set(),
    intercept: () => false,
    cutUploadAfter: null,
    cutDownloadAfter: null,
    async stop() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
    async start() {
      http = createServer((request, response) => void answer(record, request, response));
      http.listen(port, "127.0.0.1");
      await once(http, "listening");
      ({ port } = http.address() as AddressInfo);
    },
  };
  await record.start();
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  return record;
}

async function answer(
  server: RecordServer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = ""] = (request.url ?? "").split("?", 1);
  server.requests.push(`${request.method} ${path}`);
  if (server.intercept(request, response)) return void request.resume();
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
  const isLetIn = server.tokens === null || (token !== undefined && server.tokens.has(token));
  if (path.startsWith("/api/trpc/")) {
    return nodeHTTPRequestHandler({
      router,
      req: request,
      res: response,
      path: path.slice("/api/trpc/".length),
      createContext: () => ({ server, isLetIn }),
      maxBodySize: 16 * 1024 * 1024,
    });
  }
  if (!isLetIn) return say(response, 401, "Expected a worker's token.");
  const sha256 = /^\/api\/blobs\/([0-9a-f]{64})$/.exec(path)?.[1];
  if (sha256 === undefined) return say(response, 404, "There is nothing here.");
  if (request.method === "PUT") return receive(server, sha256, request, response);
  const blob = server.blobs.get(sha256);
  response.setHeader("Upload-Offset", blob?.length ?? server.uploads.get(sha256)?.length ?? 0);
  if (!blob) return say(response, 404, "Expected a blob.");
  response.setHeader("Content-Length", blob.length);
  if (request.method === "HEAD" || server.cutDownloadAfter === null) return void response.end(blob);
  response.write(blob.subarray(0, server.cutDownloadAfter), () => response.destroy());
  server.cutDownloadAfter = null;
}

const busy = new Set<string>();

async function receive(
  server: RecordServer,
  sha256: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [, start, total = ""] =
    /^bytes (?:(\d+)-\d+|\*)\/(\d+)$/.exec(request.headers["content-range"] ?? "") ?? [];
  const from = start ?? total;
  let upload = server.uploads.get(sha256) ?? Buffer.alloc(0);
  if (server.blobs.has(sha256)) return say(response, 201, "");
  if (Number(from) !== upload.length || busy.has(sha256)) return say(response, 409, "Another offset.");
  const mostBytes = server.cutUploadAfter ?? Infinity;
  server.cutUploadAfter = null;
  let received = 0;
  busy.add(sha256);
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      const taken = chunk.subarray(0, Math.max(0, mostBytes - received));
      received += taken.length;
      upload = Buffer.concat([upload, taken]);
      server.uploads.set(sha256, upload);
      if (received >= mostBytes) return void request.destroy();
    }
  } finally {
    busy.delete(sha256);
  }
  if (upload.length < Number(total)) return say(response, 202, "");
  server.uploads.delete(sha256);
  if (createHash("sha256").update(upload).digest("hex") !== sha256) return say(response, 422, "Other bytes.");
  server.blobs.set(sha256, upload);
  say(response, 201, "");
}

function say(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(message);
}
