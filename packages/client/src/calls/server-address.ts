/** Where the server is, and what shows it that the caller may. */
import { ServerAddressError } from "./server-errors.js";

export interface Server {
  /** Without a slash at its end. */
  readonly url: string;
  /** None on the server's own machine. */
  readonly token: string | undefined;
}

/** @throws {ServerAddressError} */
export function serverAt(address: string, token: string | undefined): Server {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new ServerAddressError(
      `Expected the address of a convkit server, such as https://dashboard.example:4100. Received: ${address}.`,
    );
  }
  if (token && !/^[\x21-\x7e]+$/.test(token)) {
    throw new ServerAddressError(
      "Expected a token of letters, digits and signs, as the dashboard shows it once. Received: one with other characters.",
    );
  }
  return { url: `${url.origin}${url.pathname}`.replace(/\/+$/, ""), token: token || undefined };
}

export function authorizationOf({ token }: Server): Record<string, string> {
  return token === undefined ? {} : { Authorization: `Bearer ${token}` };
}
