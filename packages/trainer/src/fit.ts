/** The training loop. It emits events and calls callbacks; it prints nothing and writes nothing. */
import { setImmediate } from "node:timers/promises";
import type { Loader } from "@convkit/data";
import type { AnyBatch } from "./batch-tensors.js";
import { fuseActivations, skipInputGradients } from "@convkit/ops";
import type { Rng } from "@convkit/random";
import type { GradientClippingSpec, TrainEventBody } from "@convkit/schema";
import type { Schedule } from "@convkit/schema/schedule";
import type * as tf from "@tensorflow/tfjs";
import type { Callback, Ending } from "./callback.js";
import type { Checkpoint } from "./checkpoint.js";
import { DataWait } from "./data-wait.js";
import type { Freezing } from "./freezing.js";
import { GradientSum } from "./gradient-sum.js";
import { LoopState } from "./loop-state.js";
import { validationLossOf, type Loss } from "./loss.js";
import type { Optimizer } from "./optimizer.js";
import { StepEvents } from "./step-events.js";
import type { StepProfiler } from "./step-profiler.js";
import { StepsInFlight, usualStepsInFlight } from "./steps-in-flight.js";
import { trainStep } from "./train-step.js";
import { validateAveraged } from "./validate.js";
import type { WeightAverage } from "./weight-averages.js";

export interface FitOptions {
  /** Ends in logits [N, classes]. */
  readonly model: tf.LayersModel;
  /** Over the model's trainable weights. */
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly loader: Loader<AnyBatch>;
  readonly epochs: number;
  /** Updates after which training is completed, within an epoch if need be, which is validated then. Default: none. */
  readonly lastStep?: () => number;
  /** Adds val_loss and val_accuracy to an epoch's logs. */
  readonly validationLoader?: Loader<AnyBatch>;
  /** Default: cross-entropy without label smoothing and weights. */
  readonly loss?: Loss;
  /** Of val_loss. Default: the same. */
  readonly validationLoss?: Loss;
  /** Bounds gradients before an update. */
  readonly clipping?: GradientClippingSpec | undefined;
  /** Multiplies the loss of so many pictures while gradients are taken, a power of two: see `trainStep`. Default: 1. */
  readonly lossScale?: ((pictures: number) => number) | undefined;
  /** Batches whose gradients make one update; an epoch's last update takes what is left. Default 1. */
  readonly accumulate?: number;
  /** Over all of the model's weights. Averaged weights (`ema`) are those that are validated. */
  readonly averages?: readonly WeightAverage[];
  /** What rests in which epoch; the network is as before when the loop ends. */
  readonly freezing?: Freezing | undefined;
  /** Called in this order. */
  readonly callbacks?: readonly Callback[];
  /** Measures where the time of some steps goes. */
  readonly profiler?: StepProfiler | undefined;
  /**
   * Batches on their way at a time, the one at hand included. Default: a few where the backend computes behind the program,
   * else, or where a profiler measures, 1. Nothing but time depends on it.
   */
  readonly stepsInFlight?: number;
  /** Told how long the loop waits for data. */
  readonly wait?: DataWait;
  readonly emit?: (event: TrainEventBody) => void;
  /** Aborting ends the loop after the step at hand, as `interrupted`. */
  readonly signal?: AbortSignal;
  /** The run's Rng; checkpoints keep its state. */
  readonly rng: Rng;
  /** Where to go on: weights, slots and all state are put back first. */
  readonly resumeFrom?: Checkpoint | null;
}

const PLAIN_LOSS = validationLossOf({ name: "cross-entropy" });

/** Trains until the epochs are done, a callback ends it, or the signal does. The caller disposes the model. */
export async function fit(options: FitOptions): Promise<Ending> {
  const { model, optimizer, schedule, epochs, signal, wait = new DataWait() } = options;
  const loader = wait.watch(options.loader);
  const validationLoader = options.validationLoader && wait.watch(options.validationLoader);
  const { loss = PLAIN_LOSS, validationLoss = PLAIN_LOSS, emit = () => {} } = options;
  const { clipping, accumulate = 1, averages = [], freezing, profiler } = options;
  const gathered = accumulate > 1 ? new GradientSum() : undefined;
  const update = { optimizer, loss, clipping, gathered, profiler, lossScale: options.lossScale };
  const state = new LoopState(options);
  fuseActivations(model);
  skipInputGradients(model);
  const stepEvents = new StepEvents(updatesPerEpoch(loader, accumulate), emit);
  const { stepsInFlight = profiler ? 1 : usualStepsInFlight() } = options;
  const flight = new StepsInFlight(state, stepEvents, stepsInFlight);

  const isDone = (): boolean => state.step >= (options.lastStep?.() ?? Infinity);
  try {
    while (state.epoch <= epochs && !state.ending && (!isDone() || state.stepInEpoch > 0)) {
      const { epoch } = state;
      freezing?.startEpoch(epoch);
      const startedAtMs = performance.now();
      const waitedBeforeMs = wait.waitedMs;
      emit({ type: "epochStarted", epoch });
      stepEvents.startEpoch();
      let batches = state.stepInEpoch * accumulate;
      let waitedMs = wait.waitedMs;
      for await (const batch of loader.epoch(epoch, { fromStep: batches })) {
        if (isDone()) break;
        batches += 1;
        profiler?.batchStarted(wait.waitedMs - waitedMs);
        waitedMs = wait.waitedMs;
        const isLastOfUpdate = batches % accumulate === 0 || batches === loader.stepsPerEpoch;
        const learningRate = schedule(state.step);
        const step = state.step + 1;
        const metrics = trainStep(model, batch, { ...update, isLastOfUpdate, learningRate, step });
        const { ids, labels } = batch;
        const completed = isLastOfUpdate ? { epoch, step, learningRate } : undefined;
        await flight.add({ metrics, ids, images: labels.length, completed });
        if (isLastOfUpdate) for (const average of averages) average.afterStep(step);
        profiler?.mark("update");
        profiler?.batchEnded(labels.length);
        if (!isLastOfUpdate) {
          await setImmediate();
          continue;
        }
        state.stepDone();
        await flight.count();
        // Lets signals, timers and the loader's messages in: a step and its promises never leave the microtasks.
        await setImmediate();
        if (state.endIf(signal) || isDone()) break;
      }
      await flight.land();
      if (state.ending) break;

      const validation =
        validationLoader &&
        (await validateAveraged(model, validationLoader, { averages, signal, loss: validationLoss }));
      if (state.endIf(signal)) break;
      const logs = state.endEpoch(validation);
      const durationMs = performance.now() - startedAtMs;
      const dataWaitMs = wait.waitedMs - waitedBeforeMs;
      emit({ type: "epochEnded", epoch, step: state.step, logs, durationMs, dataWaitMs });
      await state.notify("onEpochEnd", logs);
      state.endIf(signal);
    }
    profiler?.finish();
  } finally {
    await flight.abandon();
    profiler?.close();
    gathered?.dispose();
    freezing?.release();
  }
  return state.finish();
}

/** Steps of an epoch where the gradients of so many batches make one. */
export function updatesPerEpoch(
  { stepsPerEpoch }: Pick<Loader, "stepsPerEpoch">,
  accumulate: number,
): number {
  return Math.ceil(stepsPerEpoch / accumulate);
}
