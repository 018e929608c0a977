/** A web server of a test's own that answers range requests and misbehaves when told to. Gone after the test. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** May answer by itself and return nothing, or return the file. */
export type Answer = Buffer | ((request: IncomingMessage, response: ServerResponse) => Buffer | void);

export interface FileServer {
  /** Without a slash at the end. */
  readonly url: string;
  /** `GET /path` or `GET /path bytes=…`, as they came. */
  readonly requests: readonly string[];
  /** By path. */
  readonly answers: Map<string, Answer>;
}

export async function serveFiles(answers: Readonly<Record<string, Answer>> = {}): Promise<FileServer> {
  const requests: string[] = [];
  const answerOf = new Map(Object.entries(answers));
  const server = createServer((request, response) => {
    const { range } = request.headers;
    requests.push(`${request.method} ${request.url}${range ? ` ${range}` : ""}`);
    const answer = answerOf.get(request.url ?? "");
    if (answer === undefined) return void response.writeHead(404).end();
    const file = typeof answer === "function" ? answer(request, response) : answer;
    if (file) sendFile(file, range, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, answers: answerOf };
}

/** Announces the whole file and breaks the connection after `bytes` of what is asked for. */
export function tearAfter(file: Buffer, bytes: number): Answer {
  return (request, response) => {
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const rest = file.subarray(start);
    if (rest.length <= bytes) return file;
    response.writeHead(start > 0 ? 206 : 200, rangeHeaders(file, start));
    response.write(rest.subarray(0, bytes), () => response.destroy());
  };
}

function sendFile(file: Buffer, range: string | undefined, response: ServerResponse): void {
  const start = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
  if (start > 0 && start >= file.length) {
    response.writeHead(416, { "content-range": `bytes */${file.length}` }).end();
    return;
  }
  response.writeHead(start > 0 ? 206 : 200, rangeHeaders(file, start)).end(file.subarray(start));
}

function rangeHeaders(file: Buffer, start: number): Record<string, string | number> {
  const length = { "content-length": file.length - start };
  return start > 0
    ? { ...length, "content-range": `bytes ${start}-${file.length - 1}/${file.length}` }
    : length;
}
