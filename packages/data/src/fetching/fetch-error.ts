/** An address did not give what it should; another one may. */

export class FetchError extends Error {
  override readonly name = "FetchError";
  readonly address: string;
  readonly reason: string;
  /** Of HTTP, where there was an answer. */
  readonly status: number | null;

  constructor(
    address: string,
    reason: string,
    { status = null, cause }: { status?: number | null; cause?: unknown } = {},
  ) {
    super(`Expected ${address} to be fetched. Received: ${reason}.`, { cause });
    this.address = address;
    this.reason = reason;
    this.status = status;
  }
}
