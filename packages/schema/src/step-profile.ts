/** Where the time of a training step went: `profile.json` of a run that was asked to measure it. */
import { z } from "zod";

/** A difference of clock readings: what took no time may come out a hair below 0. */
const Milliseconds = z.number();

/** What a batch's pass spends its time on; an update belongs to the batch that ends it. */
export const ProfilePhase = z.enum(["data", "forward", "backward", "update", "rest"]);
export type ProfilePhase = z.infer<typeof ProfilePhase>;

export const KernelProfile = z.object({
  name: z.string(),
  /** Of the inputs, such as `128×32×32×3, 3×3×3×64`. */
  shapes: z.string(),
  /** Per batch. */
  calls: z.number().positive(),
  /** Per batch, without the kernels that it calls. */
  durationMs: Milliseconds,
});
export type KernelProfile = z.infer<typeof KernelProfile>;

export const StepProfile = z.object({
  formatVersion: z.literal(1),
  backend: z.string(),
  /** Measured. */
  batches: z.int().positive(),
  batchSize: z.int().positive(),
  /** Mean of a batch's pass, waiting included. */
  durationMs: Milliseconds,
  /** Means, in milliseconds; their sum is `durationMs`. */
  phases: z.record(ProfilePhase, Milliseconds),
  /** The costliest first. */
  kernels: z.array(KernelProfile),
});
export type StepProfile = z.infer<typeof StepProfile>;
