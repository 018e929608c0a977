/** A step's profile in the numbers of its chart: shares of the whole, and the kernels that cost most. */
import type { StepProfile } from "@convkit/schema";

export interface PhaseShare {
  readonly phase: keyof StepProfile["phases"];
  readonly title: string;
  readonly durationMs: number;
  /** Of the whole step, 0 to 1. */
  readonly share: number;
}

export interface KernelShare {
  readonly name: string;
  readonly shapes: string;
  readonly calls: number;
  readonly durationMs: number;
  /** Of the whole step, 0 to 1. */
  readonly share: number;
  /** Of the costliest one, 0 to 1: how long its bar is. */
  readonly length: number;
}

/** In the order of a step. */
const PHASES: Readonly<Record<PhaseShare["phase"], string>> = {
  data: "Waiting for data",
  forward: "Forward",
  backward: "Backward",
  update: "Update",
  rest: "Rest",
};

const MOST_KERNELS = 10;

export function phaseShares({ phases }: StepProfile): PhaseShare[] {
  const durations = Object.entries(PHASES).map(([phase, title]) => ({
    phase: phase as PhaseShare["phase"],
    title,
    // What took no time may be a hair below it.
    durationMs: Math.max(0, phases[phase as PhaseShare["phase"]]),
  }));
  const whole = durations.reduce((sum, { durationMs }) => sum + durationMs, 0);
  return durations.map((each) => ({ ...each, share: shareOf(each.durationMs, whole) }));
}

/** The costliest first. */
export function costliestKernels({ kernels, durationMs: whole }: StepProfile): KernelShare[] {
  const sorted = kernels.toSorted((a, b) => b.durationMs - a.durationMs).slice(0, MOST_KERNELS);
  const most = sorted[0]?.durationMs ?? 0;
  return sorted.map(({ name, shapes, calls, durationMs }) => ({
    name,
    shapes,
    calls,
    durationMs: Math.max(0, durationMs),
    share: shareOf(durationMs, whole),
    length: shareOf(durationMs, most),
  }));
}

const shareOf = (part: number, whole: number): number =>
  whole > 0 ? Math.min(1, Math.max(0, part / whole)) : 0;
