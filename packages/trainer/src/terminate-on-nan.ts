/** Ends a run whose loss is no longer a number: every weight is ruined from then on. Keras's TerminateOnNaN. */
import type { Callback, CallbackContext } from "./callback.js";

/** Watches `loss` after every step and all logs at an epoch's end. */
export function terminateOnNaN(): Callback<never> {
  function check({ epoch, step, logs, fail }: CallbackContext): void {
    const ruined = Object.entries(logs).find(([, value]) => !Number.isFinite(value));
    if (!ruined) return;
    const [name, value] = ruined;
    fail(
      `${name} became ${value} at step ${step} (epoch ${epoch}, learning rate ${logs.learning_rate}): ` +
        "training diverged. Lower the learning rate or lengthen the warm-up.",
    );
  }
  return { name: "terminateOnNaN", onStepEnd: check, onEpochEnd: check };
}
