/** The loop over the small network and pictures in memory, and callbacks to cut and to watch it. */
import { Rng } from "@convkit/random";
import { OptimizerSpec, type EmaSpec, type LookaheadSpec, type TrainEventBody } from "@convkit/schema";
import { createSchedule } from "@convkit/schema/schedule";
import type { Callback, Ending } from "../src/callback.js";
import { fit, updatesPerEpoch, type FitOptions } from "../src/fit.js";
import { readVariables, weightsByName } from "../src/named-tensors.js";
import { createOptimizer } from "../src/optimizer.js";
import type { NamedArrays } from "../src/safetensors.js";
import { exponentialMovingAverage, lookahead } from "../src/weight-averages.js";
import { buildSmallNetwork } from "./small-network.js";
import { squaresLoader } from "./squares.js";

/** 20 steps an epoch, the last of 2 pictures. */
export const COUNT = 154;
export const BATCH = 8;

export interface Trained {
  ending: Ending;
  events: TrainEventBody[];
  weights: NamedArrays;
}

export interface TrainSquaresOptions extends Partial<Omit<FitOptions, "averages">> {
  learningRate?: number;
  optimizerSpec?: unknown;
  batchSize?: number;
  ema?: EmaSpec;
  lookahead?: LookaheadSpec;
}

export async function trainSquares(options: TrainSquaresOptions = {}): Promise<Trained> {
  const { learningRate = 0.05, optimizerSpec = { name: "sgd" }, batchSize = BATCH, ...more } = options;
  const { epochs = 2, ema, lookahead: slow, ...rest } = more;
  const model = options.model ?? buildSmallNetwork();
  const loader = squaresLoader(COUNT, batchSize);
  const totalSteps = epochs * updatesPerEpoch(loader, options.accumulate ?? 1);
  const averaged = weightsByName(model);
  const averages = [
    ...(ema ? [exponentialMovingAverage(ema, averaged)] : []),
    ...(slow ? [lookahead(slow, averaged, totalSteps)] : []),
  ];
  const optimizer = createOptimizer(OptimizerSpec.parse(optimizerSpec), weightsByName(model, "trainable"));
  const events: TrainEventBody[] = [];
  const ending = await fit({
    model,
    loader,
    optimizer,
    epochs,
    schedule: createSchedule(
      { name: "cosine", warmupFraction: 0.1, finalFactor: 0 },
      { learningRate, totalSteps },
    ),
    averages,
    rng: Rng.fromSeed(0),
    emit: (event) => void events.push(event),
    ...rest,
  });
  const weights = await readVariables(weightsByName(model));
  averages.forEach((average) => average.dispose());
  optimizer.dispose();
  model.dispose();
  return { ending, events, weights };
}

export function eventsOf<Type extends TrainEventBody["type"]>(events: TrainEventBody[], type: Type) {
  return events.filter((event): event is Extract<TrainEventBody, { type: Type }> => event.type === type);
}

/** Aborts once `step` updates are done. */
export function abortAfter(step: number, controller: AbortController): Callback {
  return {
    name: "abortAfter",
    onStepEnd: (context) => {
      if (context.step === step) controller.abort(new Error("SIGINT"));
    },
  };
}

/** A callback with state. */
export function stepCounter(): Callback<{ steps: number }> {
  let state = { steps: 0 };
  return {
    name: "stepCounter",
    onStepEnd: () => void (state = { steps: state.steps + 1 }),
    getState: () => state,
    setState: (saved) => void (state = saved),
  };
}
