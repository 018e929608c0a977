/** Lets peers train by turns, round after round. */
import { type Peer, PeerError } from "./peer.js";

export interface Contestant {
  readonly peer: Peer;
  readonly batchSize: number;
  /** Takes one step in the first round, without warming up. */
  readonly onlyOnce?: boolean;
}

export interface Turns {
  /** One per round taken part in. */
  readonly imagesPerSecond: readonly number[];
  readonly peakRssBytes: number;
  /** Why it went away before the rounds were over; null if it did not. */
  readonly failure: string | null;
}

export interface TakeTurnsOptions {
  readonly rounds: number;
  /** About as long is a turn. */
  readonly turnSeconds: number;
}

const WARM_UP_STEPS = 3;

/**
 * @returns in the contestants' order. Every other round goes the other way about, so that nobody always follows the
 *   same neighbour.
 */
export async function takeTurns(
  contestants: readonly Contestant[],
  { rounds, turnSeconds }: TakeTurnsOptions,
): Promise<Turns[]> {
  const records = contestants.map((contestant) => new TurnRecord(contestant));
  for (const record of records) await record.warmUp(turnSeconds);
  for (let round = 0; round < rounds; round++) {
    for (const record of round % 2 === 0 ? records : records.toReversed()) await record.takeTurn();
  }
  return records;
}

class TurnRecord implements Turns {
  readonly imagesPerSecond: number[] = [];
  peakRssBytes = 0;
  failure: string | null = null;
  readonly #contestant: Contestant;
  #stepsPerTurn = 1;

  constructor(contestant: Contestant) {
    this.#contestant = contestant;
  }

  async warmUp(turnSeconds: number): Promise<void> {
    if (this.#contestant.onlyOnce) return;
    const first = await this.#go(WARM_UP_STEPS);
    const second = first && (await this.#go(WARM_UP_STEPS));
    if (second) this.#stepsPerTurn = Math.max(1, Math.round((turnSeconds * WARM_UP_STEPS) / second));
  }

  async takeTurn(): Promise<void> {
    const { onlyOnce, batchSize } = this.#contestant;
    if (this.failure !== null || (onlyOnce && this.imagesPerSecond.length > 0)) return;
    const seconds = await this.#go(this.#stepsPerTurn);
    if (seconds) this.imagesPerSecond.push((this.#stepsPerTurn * batchSize) / seconds);
  }

  /** @returns seconds, or null if the peer went away. */
  async #go(steps: number): Promise<number | null> {
    try {
      const { seconds, peakRssBytes } = await this.#contestant.peer.go(steps);
      this.peakRssBytes = peakRssBytes;
      return seconds;
    } catch (error) {
      if (!(error instanceof PeerError)) throw error;
      this.failure = error.message;
      return null;
    }
  }
}
