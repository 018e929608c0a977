/**
 * The points that events add to a run's curves. Names are those of Keras's TensorBoard callback where they would
 * collide: a step's own loss is `batch_loss`, the epoch's is `loss`.
 */
import type { TrainEvent } from "@convkit/schema";

/** Points of one curve in the order in which they came. */
export class PointList {
  readonly steps: number[] = [];
  /** Milliseconds since the epoch. */
  readonly times: number[] = [];
  readonly values: number[] = [];

  add(step: number, time: number, value: number): void {
    this.steps.push(step);
    this.times.push(time);
    this.values.push(value);
  }
}

/** By key. */
export type PointLists = Map<string, PointList>;

/** Logs of a step that mean the same in an epoch. */
const SAME_AT_EVERY_STEP = new Set(["learning_rate"]);

/** An `evaluated` has no step of its own: see place-judgements.ts. */
export function pointsOfEvents(events: readonly TrainEvent[]): PointLists {
  const lists: PointLists = new Map();
  const stepLists = new Map<string, PointList>();
  for (const event of events) {
    const { timestamp } = event;
    switch (event.type) {
      case "step":
        for (const name in event.logs) {
          const list = findOrAdd(stepLists, name, () =>
            listOf(lists, SAME_AT_EVERY_STEP.has(name) ? name : `batch_${name}`),
          );
          list.add(event.step, timestamp, event.logs[name]!);
        }
        listOf(lists, "images_per_second").add(event.step, timestamp, event.imagesPerSecond);
        break;
      case "epochEnded":
        for (const [name, value] of Object.entries(event.logs)) {
          // The last step of the epoch has said it.
          if (!SAME_AT_EVERY_STEP.has(name)) listOf(lists, name).add(event.step, timestamp, value);
        }
        listOf(lists, "epoch_seconds").add(event.step, timestamp, event.durationMs / 1000);
        if (event.dataWaitMs !== undefined && event.durationMs > 0) {
          const percent = (100 * event.dataWaitMs) / event.durationMs;
          listOf(lists, "data_wait_percent").add(event.step, timestamp, percent);
        }
        break;
      case "system":
        for (const [name, value] of Object.entries(event.logs)) {
          listOf(lists, `system/${name}`).add(event.step, timestamp, value);
        }
        break;
      case "evaluated":
      case "runStarted":
      case "resumed":
      case "epochStarted":
      case "checkpointSaved":
      case "artifactSaved":
      case "message":
      case "runEnded":
        break;
      default:
        event satisfies never;
    }
  }
  return lists;
}

export function listOf(lists: PointLists, key: string): PointList {
  return findOrAdd(lists, key, () => new PointList());
}

function findOrAdd(lists: PointLists, key: string, make: () => PointList): PointList {
  let list = lists.get(key);
  if (list === undefined) lists.set(key, (list = make()));
  return list;
}
