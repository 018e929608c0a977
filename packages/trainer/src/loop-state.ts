/** Where the loop stands, and taking and putting back everything that decides how it goes on. */
import { getDropoutStates, setDropoutStates } from "@convkit/ops";
import { interrupted, type Callback, type CallbackContext, type Ending, type LogValues } from "./callback.js";
import type { Checkpoint } from "./checkpoint.js";
import type { FitOptions } from "./fit.js";
import { ArraysMismatchError, assignVariables, readVariables, weightsByName } from "./named-tensors.js";
import type { StepMetrics } from "./train-step.js";
import type { WeightAverage } from "./weight-averages.js";

type Totals = Checkpoint["state"]["totals"];

const NOTHING_COUNTED: Totals = { loss: 0, correct: 0, count: 0 };
const NOTHING_GATHERED = { ...NOTHING_COUNTED, weight: 0 };

/** An update, by which of its epoch's steps it was and at which rate. */
export interface DoneStep {
  readonly epoch: number;
  readonly step: number;
  readonly learningRate: number;
}

export class LoopState {
  /** Updates done, those that have yet to be counted among them. */
  step = 0;
  /** The epoch at hand, or once one has ended, the next; from 1. */
  epoch = 1;
  stepInEpoch = 0;
  ending: Ending | null = null;

  readonly #options: FitOptions;
  readonly #callbacks: readonly Callback[];
  #totals: Totals = NOTHING_COUNTED;
  /** Sums over the batches of the update at hand: `loss` by the batches' weights. */
  #update: Totals & { readonly weight: number } = NOTHING_GATHERED;
  /** Of the update at hand, or the last one, a list for each of its batches. */
  #batchIds: (readonly string[])[] = [];
  #learningRate = 0;
  /** The epoch that callbacks hear of: at an epoch's end still the one that ended. */
  #announcedEpoch = 1;
  /** The last step that was counted, of which callbacks hear. */
  #countedStep = 0;

  /** Puts `resumeFrom` back, if there is one. */
  constructor(options: FitOptions) {
    this.#options = options;
    this.#callbacks = options.callbacks ?? [];
    checkNames(this.#callbacks);
    if (options.resumeFrom) this.#restore(options.resumeFrom);
  }

  /** An update is done, and is counted once its metrics are read. */
  stepDone(): void {
    this.step += 1;
    this.stepInEpoch += 1;
  }

  /** Whether a callback has to hear of the step before the next one begins. */
  isNeeded(step: number): boolean {
    return this.#callbacks.some(({ onStepEnd, needsStep }) => onStepEnd && (needsStep?.(step) ?? true));
  }

  /** Of the first update that is not counted yet. */
  countBatch(
    { loss, weight, correct }: StepMetrics,
    { ids, images: count }: { readonly ids: readonly string[]; readonly images: number },
  ): void {
    if (this.#update.count === 0) this.#batchIds = [];
    this.#batchIds.push(ids);
    const gathered = added(this.#update, { loss: loss * weight, correct, count });
    this.#update = { ...gathered, weight: this.#update.weight + weight };
  }

  /** The update's batches are counted. @returns its logs, and how many pictures it was of. */
  countStep({ epoch, step, learningRate }: DoneStep): { logs: LogValues; images: number } {
    const { loss: weighed, weight, correct, count } = this.#update;
    const loss = weighed / weight;
    this.#totals = added(this.#totals, { loss: loss * count, correct, count });
    this.#update = NOTHING_GATHERED;
    this.#announcedEpoch = epoch;
    this.#countedStep = step;
    this.#learningRate = learningRate;
    return {
      logs: { loss, accuracy: correct / count, learning_rate: learningRate },
      images: count,
    };
  }

  /** Moves on to the next epoch. @returns the ended one's logs. */
  endEpoch(validation: LogValues = {}): LogValues {
    const { loss, correct, count } = this.#totals;
    const logs = { loss: loss / count, accuracy: correct / count, ...validation };
    this.#announcedEpoch = this.epoch;
    this.#batchIds = [];
    this.epoch += 1;
    this.stepInEpoch = 0;
    this.#totals = NOTHING_COUNTED;
    return { ...logs, learning_rate: this.#learningRate };
  }

  /** Calls the callbacks in order; a failure keeps the rest from acting on ruined weights. */
  async notify(hook: "onStepEnd" | "onEpochEnd", logs: LogValues): Promise<void> {
    for (const callback of this.#callbacks) {
      await callback[hook]?.(this.#context(logs));
      if (this.ending?.status === "failed") return;
    }
  }

  /** @returns whether the loop is to end, for the signal's sake or any other. */
  endIf(signal: AbortSignal | undefined): boolean {
    if (signal?.aborted) this.ending ??= interrupted(signal);
    return this.ending !== null;
  }

  /** Tells the callbacks, and the caller, why the loop ended. */
  async finish(): Promise<Ending> {
    this.#batchIds = [];
    const { epochs, lastStep } = this.#options;
    const done = lastStep ? `${this.step} steps done` : `${epochs} epochs done`;
    const ending: Ending = this.ending ?? { status: "completed", reason: done };
    for (const callback of this.#callbacks) await callback.onTrainEnd?.({ ...this.#context({}), ending });
    return ending;
  }

  #context(logs: LogValues): CallbackContext {
    return {
      epoch: this.#announcedEpoch,
      step: this.#countedStep,
      isLatest: this.#countedStep === this.step,
      logs,
      batchIds: () => this.#batchIds.flat(),
      stop: (reason) => void (this.ending ??= { status: "stopped", reason }),
      fail: (reason) => void (this.ending = { status: "failed", reason }),
      snapshot: () => this.#snapshot(),
    };
  }

  async #snapshot(): Promise<Checkpoint> {
    if (this.#countedStep !== this.step) {
      throw new Error(
        `Expected a snapshot of the latest step, ${this.step}. Received: one of step ${this.#countedStep}. ` +
          "Let the callback's `needsStep` say so of the step, or take it where `isLatest` is true.",
      );
    }
    const { model, optimizer, averages = [], rng } = this.#options;
    const callbacks = this.#callbacks.filter(({ getState }) => getState);
    return {
      state: {
        formatVersion: 1,
        step: this.step,
        epoch: this.epoch,
        stepInEpoch: this.stepInEpoch,
        totals: this.#totals,
        learningRate: this.#learningRate,
        rng: rng.toJSON(),
        dropout: getDropoutStates(model),
        callbacks: Object.fromEntries(callbacks.map((callback) => [callback.name, callback.getState!()])),
        stopReason: this.ending?.status === "stopped" ? this.ending.reason : null,
      },
      weights: await readVariables(weightsByName(model)),
      slots: await readVariables(optimizer.slots),
      averages: Object.fromEntries(
        await Promise.all(
          averages.map(async ({ name, tensors }) => [name, await readVariables(tensors)] as const),
        ),
      ),
    };
  }

  #restore({ state, weights, slots, averages: saved }: Checkpoint): void {
    const { model, optimizer, averages = [] } = this.#options;
    assignVariables(weightsByName(model), weights);
    assignVariables(optimizer.slots, slots);
    for (const { name, tensors } of averages) assignVariables(tensors, saved[name] ?? missing(name));
    setDropoutStates(model, state.dropout);
    for (const callback of this.#callbacks) {
      if (callback.name in state.callbacks) callback.setState?.(state.callbacks[callback.name]);
    }
    this.step = this.#countedStep = state.step;
    this.epoch = this.#announcedEpoch = state.epoch;
    this.stepInEpoch = state.stepInEpoch;
    this.#totals = state.totals;
    this.#learningRate = state.learningRate;
    if (state.stopReason !== null) this.ending = { status: "stopped", reason: state.stopReason };
  }
}

/** The average would have to know every step from the first. */
function missing(average: WeightAverage["name"]): never {
  throw new ArraysMismatchError(
    `a checkpoint with the averaged weights of \`${average}\``,
    "one of a run that was begun without",
    `Take \`${average}\` out of the run's config again, or begin a new run with it.`,
  );
}

/** Their states would overwrite each other in a checkpoint. */
function checkNames(callbacks: readonly Callback[]): void {
  const names = callbacks.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new Error(`Expected callbacks with different names. Received: "${twice}" twice. Rename one of them.`);
}

function added(a: Totals, b: Totals): Totals {
  return { loss: a.loss + b.loss, correct: a.correct + b.correct, count: a.count + b.count };
}
