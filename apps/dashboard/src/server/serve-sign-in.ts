/** Better Auth's own routes, `/api/auth/*`, between node:http and the web's Request and Response. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Accounts } from "@convkit/db";

/** What signing in needs. */
const LARGEST_BODY_BYTES = 64 * 1024;

export async function serveSignIn(
  request: IncomingMessage,
  response: ServerResponse,
  { accounts, baseUrl }: { accounts: Accounts; baseUrl: string },
): Promise<void> {
  const { method = "GET", url = "/" } = request;
  const body = method === "GET" || method === "HEAD" ? null : await readBody(request);
  if (body === "too large") {
    response.writeHead(413, { "Content-Type": "text/plain; charset=utf-8", Connection: "close" });
    return void response.end(
      `Expected an address and a password, in at most ${LARGEST_BODY_BYTES} bytes. Received: more.\n`,
    );
  }
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  // Guesses are counted by the address that the connection comes from, whatever a header says.
  headers.set("x-forwarded-for", request.socket.remoteAddress ?? "unknown");
  const answer = await accounts.handle(new Request(new URL(url, baseUrl), { method, headers, body }));
  for (const [name, value] of answer.headers) {
    if (name.toLowerCase() !== "set-cookie") response.setHeader(name, value);
  }
  response.setHeader("Set-Cookie", answer.headers.getSetCookie());
  response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()));
}

/** Counts what comes, since a body in chunks does not say its size before. */
async function readBody(request: IncomingMessage): Promise<Buffer<ArrayBuffer> | "too large"> {
  if (Number(request.headers["content-length"] ?? 0) > LARGEST_BODY_BYTES) return "too large";
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  // To leave the loop must not destroy the request: its connection takes the answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > LARGEST_BODY_BYTES) return "too large";
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
