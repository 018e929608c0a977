/** What a sweep will run: every trial's values, every rung, and the config of each of them, all checked beforehand. */
import {
  isMaximized,
  rungsOf,
  type RunConfig,
  type SweepRung,
  type SweepSpec,
  type SweepStep,
} from "@convkit/schema";
import { assembleRunConfig } from "../config/assemble-run-config.js";
import { parseAssignment } from "../config/assignment.js";
import { ConfigError } from "../config/config-error.js";
import { mergeConfig, type PartialConfig } from "../config/merge-config.js";
import { drawTrials, type TrialParameters } from "./draw-trials.js";

/** A spec by its name, and what the command line lays over its base. */
export interface Sweep {
  readonly name: string;
  readonly spec: SweepSpec;
  readonly assignments: readonly PartialConfig[];
}

export interface SweepPlan {
  readonly trials: readonly TrialParameters[];
  readonly rungs: readonly SweepRung[];
  readonly isHigherBetter: boolean;
  /** Of the run that a trial begins for a rung; where it goes on with the run of the rung before, of that one. */
  configOf(step: SweepStep): RunConfig;
  /** Whether the trial's run of one rung goes on in the next, rather than begin anew. */
  goesOn(trial: number): boolean;
}

/** @throws {ConfigError} naming the first trial whose config is none. @throws {TooFewValuesError} */
export function planSweep(sweep: Sweep): SweepPlan {
  const { spec } = sweep;
  const trials = drawTrials(spec);
  const rungs = rungsOf(spec.method, trials.length);
  const lastEpochs = rungs.at(-1)!.epochs;
  const isHigherBetter = isMaximized(spec.metric);
  const configs = trials.map((parameters, trial) => {
    try {
      const config = assembleTrial(sweep, parameters, lastEpochs);
      if (lastEpochs !== undefined) checkNoTimeBudget(config);
      return config;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      throw new ConfigError(`Trial ${trial + 1} (${describeParameters(parameters)}): ${error.message}`, {
        cause: error,
      });
    }
  });
  const goesOn = (trial: number) => rungs.length > 1 && beginsAsLonger(configs[trial]!);
  return {
    trials,
    rungs,
    isHigherBetter,
    goesOn,
    configOf({ trial, rung }) {
      const config = configs[trial]!;
      const { epochs = config.epochs } = rungs[rung]!;
      const anew = rungs.length > 1 && !goesOn(trial);
      return {
        ...config,
        epochs: anew ? epochs : config.epochs,
        name: `${sweep.name}-${trial + 1}${anew ? `-rung-${rung}` : ""}`,
        tags: [...new Set([...config.tags, `sweep:${sweep.name}`])],
        sweep: {
          name: sweep.name,
          trial: trial + 1,
          ...(rungs.length > 1 && {
            rung,
            rungs: rungs.map(({ trials: size, epochs: length = epochs }) => ({
              trials: size,
              epochs: length,
            })),
          }),
          metric: spec.metric.name,
          mode: isHigherBetter ? "max" : "min",
          parameters: Object.keys(spec.parameters),
        },
      };
    },
  };
}

/**
 * A run keeps the epoch that is best by what the sweep chooses by, unless the base, `--set` or a parameter says otherwise.
 * With the mode, as a run of label sets takes a monitor without one for the default, and keeps another epoch.
 */
export function baseOf({ spec: { base, metric, parameters }, assignments }: Sweep): PartialConfig {
  const isSwept = "checkpoint" in parameters || "checkpoint.monitor" in parameters;
  if (isSwept || [base, ...assignments].some(namesMonitor)) return base;
  const mode = isMaximized(metric) ? "max" : "min";
  return mergeConfig({ checkpoint: { monitor: metric.name, mode } }, base);
}

function namesMonitor({ checkpoint }: PartialConfig): boolean {
  return typeof checkpoint === "object" && checkpoint !== null && "monitor" in checkpoint;
}

function assembleTrial(sweep: Sweep, parameters: TrialParameters, epochs: number | undefined): RunConfig {
  const chosen = Object.entries(parameters).map(([path, value]) =>
    parseAssignment(`${path}=${JSON.stringify(value)}`),
  );
  return assembleRunConfig({
    recipe: sweep.spec.recipe,
    file: baseOf(sweep),
    assignments: [...sweep.assignments, ...chosen, ...(epochs === undefined ? [] : [{ epochs }])],
  });
}

function checkNoTimeBudget({ timeBudget }: RunConfig): void {
  if (timeBudget === undefined) return;
  throw new ConfigError(
    `Expected no timeBudget: successive halving counts in epochs. Received: ${timeBudget}. Leave it out.`,
  );
}

const COUNTS_NO_EPOCHS = ["constant", "step", "exponential", "reduce-on-plateau"];

/**
 * Whether a run's first epochs are a run of so many epochs, whatever the number. Most schedules are stretched over the
 * run, and a module of the user's may look at its length.
 */
export function beginsAsLonger({ schedule, lookahead, callbacks = [] }: RunConfig): boolean {
  const hasWarmup = "warmupFraction" in schedule && schedule.warmupFraction > 0;
  const grows = lookahead !== undefined && lookahead.power > 0;
  return COUNTS_NO_EPOCHS.includes(schedule.name) && !hasWarmup && !grows && callbacks.length === 0;
}

/** `learningRate=0.1, optimizer.name=sgd` */
export function describeParameters(parameters: TrialParameters): string {
  return Object.entries(parameters)
    .map(([path, value]) => `${path}=${describeValue(value)}`)
    .join(", ");
}

export function describeValue(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
