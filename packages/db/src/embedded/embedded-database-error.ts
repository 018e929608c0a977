/** Why the embedded PostgreSQL cannot serve, with the way out. */

/** The embedded PostgreSQL cannot be started; the message says why and what to do. */
export class EmbeddedDatabaseError extends Error {
  override readonly name = "EmbeddedDatabaseError";
}
