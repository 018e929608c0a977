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

/** @param step of the attempt so far, for an event that has none of its own. */
export function pointsOfEvent(event: TrainEvent, step: number): Point[] {
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
      const { learning_rate: _, ...logs } = event.logs;
      return points({ ...logs, epoch_seconds: event.durationMs / 1000 }, event.step);
    }
    case "evaluated":
      return points(event.logs, step, (name) => `${event.split}_${name}`);
    case "system":
      return points(event.logs, event.step, (name) => `system/${name}`);
    case "runStarted":
    case "resumed":
    case "epochStarted":
    case "checkpointSaved":
    case "artifactSaved":
    case "message":
    case "runEnded":
      return [];
    default:
      return event satisfies never;
  }
}
