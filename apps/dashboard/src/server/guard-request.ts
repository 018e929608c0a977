/**
 * What every request must pass before anything looks at it: it names this server (a page elsewhere that rebinds its DNS
 * name to this machine does not, https://owasp.org/www-community/attacks/DNS_Rebinding), it comes from this server's own
 * pages or from no page, and its body is no larger than what it is for.
 */
import type { IncomingMessage } from "node:http";

/** Why a request is refused. */
export interface Refusal {
  readonly status: 400 | 403 | 413 | 421;
  readonly message: string;
}

export interface GuardOptions {
  /** Values of Host that mean this server, such as `localhost:4100`. */
  readonly hosts: ReadonlySet<string>;
  /** Origins of its pages, such as `http://localhost:4100`. */
  readonly origins: ReadonlySet<string>;
}

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);
/** Of a call; files go by PUT and are counted as they come. */
const LARGEST_BODY_BYTES = 16 * 1024 * 1024;

/** @returns null if the request may pass. */
export function guardRequest(request: IncomingMessage, { hosts, origins }: GuardOptions): Refusal | null {
  const { host, origin, "sec-fetch-site": site, "content-length": length } = request.headers;
  // Of several, Node tells of the first alone; a proxy might have gone by another.
  const named = request.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === "host");
  if (host === undefined || named.length !== 1 || !hosts.has(host.toLowerCase())) {
    const known = [...hosts].join(", ");
    return {
      status: 421,
      message: `Expected a Host of this dashboard (${known}). Received: ${host ?? "none"}.`,
    };
  }
  // A page of another site may link here, and nothing else.
  const isNavigation = request.headers["sec-fetch-mode"] === "navigate" && request.method === "GET";
  const isForeign = site !== undefined && site !== "same-origin" && site !== "none";
  if (isForeign && !isNavigation) {
    return {
      status: 403,
      message: "Expected a request from the dashboard's own pages. Received: one from another site.",
    };
  }
  if (origin !== undefined && !origins.has(origin.toLowerCase())) {
    return {
      status: 403,
      message: `Expected a request from the dashboard's own pages. Received: one from ${origin}.`,
    };
  }
  if (isForeign && !SAFE_METHODS.has(request.method ?? "")) {
    return { status: 403, message: "Expected a request from the dashboard's own pages." };
  }
  if (request.method !== "PUT" && Number(length ?? 0) > LARGEST_BODY_BYTES) {
    return {
      status: 413,
      message: `Expected a body of at most ${LARGEST_BODY_BYTES} bytes. Received: ${length}.`,
    };
  }
  return null;
}

/** Of a server bound to a loopback address: all names of this machine for itself. */
export function loopbackHosts(port: number): string[] {
  const names = ["localhost", "127.0.0.1", "[::1]"];
  return names.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]));
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}
