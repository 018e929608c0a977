/** What a browser is told about every answer: what it may load, and that nothing may frame or sniff it. */
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

/**
 * Of every answer, before anything is known of it: refusals, calls and redirects load nothing. Pages and files then set
 * a policy of their own. (What Node.js answers to a request that it cannot read has no body.)
 */
export function setSecurityHeaders(response: ServerResponse): void {
  response.setHeader(
    "Content-Security-Policy",
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.setHeader("X-Frame-Options", "DENY");
  response.setHeader("Referrer-Policy", "no-referrer");
  response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
  response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
  response.setHeader("Permissions-Policy", permissions({ camera: false }));
}

/** A page may ask for the camera, to try a model on what it sees; what it sees stays in the browser. */
const permissions = ({ camera }: { camera: boolean }) =>
  `camera=(${camera ? "self" : ""}), microphone=(), geolocation=()`;

/**
 * Next.js finds the nonce of its scripts in the request's own Content-Security-Policy header
 * (https://nextjs.org/docs/app/guides/content-security-policy).
 */
export function setPagePolicy(
  request: IncomingMessage,
  response: ServerResponse,
  { isDevelopment }: { isDevelopment: boolean },
): void {
  const nonce = randomBytes(16).toString("base64");
  // WebAssembly is what @convkit/transforms is quick with; that word lets no text become a script.
  const scripts = `'self' 'wasm-unsafe-eval' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ""}`;
  const policy = [
    "default-src 'self'",
    `script-src ${scripts}`,
    // A style in an attribute can do no more than look wrong; charts are drawn with them.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    // A model that is tried in a page runs in a thread of its own.
    "worker-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
  request.headers["content-security-policy"] = policy;
  response.setHeader("Content-Security-Policy", policy);
  response.setHeader("Permissions-Policy", permissions({ camera: true }));
}

/** For bytes that are not ours: whatever they are, no browser runs them. */
export function setHostileFileHeaders(response: ServerResponse): void {
  response.setHeader(
    "Content-Security-Policy",
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
  );
}
