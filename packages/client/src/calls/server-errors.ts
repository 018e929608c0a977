/** The ways in which talking to the server fails that a caller may want to tell apart. */

/** No answer: the network, or a server that is not there. */
export class ServerUnreachableError extends Error {
  override readonly name = "ServerUnreachableError";

  constructor(
    readonly url: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(
      `Expected an answer of the convkit server at ${url}. Received: none (${reason}). ` +
        "Start it there with `convkit dashboard`, or see to the address and the network.",
      options,
    );
  }
}

/** The server does not let whoever calls do this. */
export class NotAuthorizedError extends Error {
  override readonly name = "NotAuthorizedError";

  constructor(
    readonly url: string,
    { hasToken, reason }: { readonly hasToken: boolean; readonly reason: string },
  ) {
    super(
      `Expected to be let in by the convkit server at ${url}. Received: a refusal of ` +
        `${hasToken ? "this token" : "a call without a token"} (${reason}). ` +
        "Make a token on the dashboard's page of workers and hand it over, as --token or as CONVKIT_TOKEN.",
    );
  }
}

/** The server answered, but not with what was asked for. */
export class ServerError extends Error {
  override readonly name = "ServerError";
  /** Of HTTP. */
  readonly status: number;
  /** Class of the error at the server, such as `ClaimLostError`; empty where it does not say. */
  readonly remoteName: string;

  constructor(message: string, { status, remoteName = "" }: { status: number; remoteName?: string }) {
    super(message);
    this.status = status;
    this.remoteName = remoteName;
  }
}

/** What is called a server's address, or a token, is none. */
export class ServerAddressError extends Error {
  override readonly name = "ServerAddressError";
}

/** Whether the same call may succeed a little later. */
export function isPassing(error: unknown): boolean {
  if (error instanceof ServerUnreachableError) return true;
  return (
    error instanceof ServerError && (error.status >= 500 || error.status === 408 || error.status === 429)
  );
}

/** A proxy that stands before a server that is away says so by one of these. */
export function isAway(error: unknown): boolean {
  if (error instanceof ServerUnreachableError) return true;
  return error instanceof ServerError && [502, 503, 504].includes(error.status);
}
