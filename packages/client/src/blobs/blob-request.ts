/**
 * One request about a blob. Not by fetch: a body of known length from a file, a bound on how long nothing moves rather
 * than on the whole, and an answer that is read although the server took only a part of the body.
 */
import { request as requestHttp, type IncomingMessage } from "node:http";
import { request as requestHttps } from "node:https";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { unreachable } from "../calls/create-caller.js";
import { authorizationOf, type Server } from "../calls/server-address.js";

export interface BlobRequest {
  readonly method: "HEAD" | "GET" | "PUT";
  readonly sha256: string;
  readonly headers?: Readonly<Record<string, string | number>>;
  /** Destroyed when the request is over. */
  readonly body?: Readable;
  readonly signal: AbortSignal | undefined;
}

/** Nothing moving for so long is a broken connection. */
const IDLE_MS = 60_000;
/** The server hashes a blob when its last byte has come: say 100 MB a second, of the largest. */
const HASHING_MS = 15 * 60_000;

/** @throws {ServerUnreachableError} if the connection breaks before the head of an answer. */
export function requestBlob(server: Server, options: BlobRequest): Promise<IncomingMessage> {
  const { method, sha256, headers = {}, body, signal } = options;
  const url = new URL(`${server.url}/api/blobs/${sha256}`);
  const open = url.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const request = open(url, {
      method,
      signal,
      headers: { ...authorizationOf(server), ...headers },
      timeout: IDLE_MS,
    });
    const fail = (error: Error) => {
      body?.destroy();
      request.destroy();
      reject(signal?.aborted ? (signal.reason as Error) : error);
    };
    request.once("response", (response) => {
      body?.destroy();
      resolve(response);
    });
    request.on("timeout", () => request.destroy(new Error(`nothing moved for ${IDLE_MS / 1000} s`)));
    request.on("error", (error) => fail(unreachable(server, error)));
    if (!body) {
      if (method === "PUT") request.setTimeout(HASHING_MS);
      return void request.end();
    }
    // A file that cannot be read is no matter of the network's.
    body.once("error", fail);
    body.once("end", () => request.setTimeout(HASHING_MS));
    body.pipe(request);
  });
}

/** The words of an answer without use for its bytes. */
export async function textOf(response: IncomingMessage): Promise<string> {
  return await text(response).catch(() => "");
}
