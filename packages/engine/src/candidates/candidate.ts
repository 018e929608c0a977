/** What the registry of candidates holds: one way of opening one tfjs backend. */
import type { EngineDescription, TfjsModule } from "../engine.js";

export interface Candidate {
  /** The name that the backend has in tfjs. */
  readonly backend: string;
  readonly canTrain: boolean;
  readonly caution: string | null;
  /**
   * Loads and registers the backend, sets it and waits until it is ready.
   * @throws {Error} whose message says what is missing and the way out.
   */
  open(tf: TfjsModule): Promise<Pick<EngineDescription, "device" | "threads" | "versions">>;
}

/** Sets a registered backend and waits for it. @throws {Error} if it does not come up. */
export async function setBackend(tf: TfjsModule, backend: string): Promise<void> {
  if (!(await tf.setBackend(backend))) {
    throw new Error(`the tfjs backend "${backend}" was registered but did not start`);
  }
  await tf.ready();
}
