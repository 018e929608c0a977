/** Times calls that only queue work on a device: rounds of several, each ended by reading one number back. */
import * as tf from "@tensorflow/tfjs";
import { type Spread, spreadOf } from "../statistics.js";

const LEAST_ROUNDS = 5;
const ROUNDS_PER_MEASUREMENT = 10;
/** So that a queue does not grow without bound. */
const MOST_CALLS_PER_ROUND = 200;

export interface MeasureCallsOptions {
  /** Together, after two untimed rounds; at least five rounds are timed all the same. */
  readonly seconds: number;
  readonly signal: AbortSignal;
  /** 1 to read after each, as the trainer does; else as many as fit. */
  readonly callsPerRound?: number;
}

export interface CallTimes {
  /** Of one call, until its work is done. */
  readonly ms: Spread;
  /** Of one call, until it returns: what the CPU spends on it. */
  readonly queueMs: number;
  readonly callsPerRound: number;
}

/**
 * @param call returns what it computed, which is disposed here.
 * @throws the signal's reason, between rounds.
 */
export async function measureCalls(
  call: () => tf.Tensor,
  { seconds, signal, ...options }: MeasureCallsOptions,
): Promise<CallTimes> {
  await runRound(call, 1);
  signal.throwIfAborted();
  const { ms: firstMs } = await runRound(call, 1);
  const roundMs = (seconds * 1000) / ROUNDS_PER_MEASUREMENT;
  const fitting = Math.min(MOST_CALLS_PER_ROUND, Math.max(1, Math.round(roundMs / firstMs)));
  const callsPerRound = options.callsPerRound ?? fitting;
  const endsAtMs = performance.now() + seconds * 1000;
  const rounds: { ms: number; queueMs: number }[] = [];
  while (rounds.length < LEAST_ROUNDS || performance.now() < endsAtMs) {
    signal.throwIfAborted();
    rounds.push(await runRound(call, callsPerRound));
  }
  return {
    ms: spreadOf(rounds.map(({ ms }) => ms)),
    queueMs: spreadOf(rounds.map(({ queueMs }) => queueMs)).median,
    callsPerRound,
  };
}

/** @returns both per call. */
async function runRound(call: () => tf.Tensor, calls: number): Promise<{ ms: number; queueMs: number }> {
  const startedAtMs = performance.now();
  let last = call();
  for (let i = 1; i < calls; i++) {
    last.dispose();
    last = call();
  }
  const queuedAtMs = performance.now();
  const one = tf.tidy(() => tf.slice(tf.reshape(last, [last.size]), [0], [1]));
  last.dispose();
  await one.data();
  one.dispose();
  return {
    ms: (performance.now() - startedAtMs) / calls,
    queueMs: (queuedAtMs - startedAtMs) / calls,
  };
}
