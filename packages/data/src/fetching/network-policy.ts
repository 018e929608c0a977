/** How patient a download is. A host that a firewall swallows must not hold up the next address. */

export interface NetworkPolicy {
  /** Until the first byte of an answer's header. */
  readonly connectTimeoutMs: number;
  /** Between two pieces of a body. */
  readonly stallTimeoutMs: number;
  /** Before the same address is asked again. */
  readonly retryDelayMs: number;
}

export const DEFAULT_NETWORK_POLICY: NetworkPolicy = {
  connectTimeoutMs: 10_000,
  stallTimeoutMs: 30_000,
  retryDelayMs: 1000,
};
