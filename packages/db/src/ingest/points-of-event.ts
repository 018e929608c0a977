/**
 * The points that an event adds to a run's curves. Names are those of Keras's TensorBoard callback where they would
 * collide: a step's own loss is `batch_loss`, the epoch's is `loss`.
 */
import type { TrainEvent } from "@convkit/schema";

export interface Point {
  readonly key: string;
  readonly step: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly value: number;
}

/** Logs of a step that mean the same in an epoch. */
const SAME_AT_EVERY_STEP = new Set(["learning_rate"]);

/** An `evaluated` has no step of its own: see place-judgements.ts. */
export function pointsOfEvent(event: TrainEvent): Point[] {
  const { timestamp: time } = event;
  const points = (logs: Readonly<Record<string, number>>, at: number, nameOf = (name: string) => name) =>
    Object.entries(logs).map(([name, value]) => ({ key: nameOf(name), step: at, time, value }));
  switch (event.type) {
    case "step":
      return [
        ...points(event.logs, event.step, (name) => (SAME_AT_EVERY_STEP.has(name) ? name : `batch_${name}`)),
        ...points({ images_per_second: event.imagesPerSecond }, event.step),
      ];
    case "epochEnded": {
      // The last step of the epoch has said it.
      const logs = Object.entries(event.logs).filter(([name]) => !SAME_AT_EVERY_STEP.has(name));
      return points({ ...Object.fromEntries(logs), epoch_seconds: event.durationMs / 1000 }, event.step);
    }
    case "system":
      return points(event.logs, event.step, (name) => `system/${name}`);
    case "runStarted":
    case "resumed":
    case "epochStarted":
    case "evaluated":
    case "checkpointSaved":
    case "artifactSaved":
    case "message":
    case "runEnded":
      return [];
    default:
      return event satisfies never;
  }
}
