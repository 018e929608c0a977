/** What the registry of candidates holds: one way of opening one tfjs backend. */
import type { EngineDescription, Precision, TfjsModule } from "../engine.js";

export interface Candidate {
  /** The name that the backend has in tfjs. */
  readonly backend: string;
  readonly canTrain: boolean;
  readonly caution: string | null;
  /**
   * Loads and registers the backend, sets it and waits until it is ready.
   * @throws {Error} whose message says what is missing and the way out.
   */
  open(
    tf: TfjsModule,
  ): Promise<
    Pick<EngineDescription, "device" | "threads" | "versions"> &
      Partial<Pick<EngineDescription, "precisions" | "adapter" | "onGpu">>
  >;
  /**
   * Sets what convolutions compute in, once it is open, and says what of the device is used then. Only what has more than
   * float32 has it.
   * @throws {Error} whose message says what this machine lacks.
   */
  setPrecision?(precision: Precision): Promise<Pick<EngineDescription, "device" | "adapter">>;
  /**
   * What would be opened: versions, threads and whatever else its speed depends on. Registers nothing. Only what may
   * turn out to be the fastest has it.
   * @throws {Error} if it is not installed, or `auto` is not to take what there is of it.
   */
  identify?(): Promise<string>;
  /** Whether `open` or `identify` failed because of what the user said: taking another engine would hide it. */
  isUserMistake?(error: unknown): boolean;
}

/** Sets a registered backend and waits for it. @throws {Error} if it does not come up. */
export async function setBackend(tf: TfjsModule, backend: string): Promise<void> {
  if (!(await tf.setBackend(backend))) {
    throw new Error(
      `its tfjs backend "${backend}" does not start: ${await whyNot(tf, backend)}. ` +
        "Install its package anew on this machine, or use another engine",
    );
  }
  await tf.ready();
}

/** tfjs prints why a backend does not start and forgets it; asked directly, the backend says it again. */
async function whyNot(tf: TfjsModule, backend: string): Promise<string> {
  try {
    await tf.findBackendFactory(backend)();
    return "tfjs gives no reason";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
