/** Who loads pictures in turns: a name, and how many pictures a second it made in a turn. */
import { fileURLToPath } from "node:url";
import type { LabelledBatch, Loader } from "@convkit/data";
import { peerEnvironment } from "./env.js";
import { Peer, PeerError } from "./peer.js";

export interface LoadingContestant {
  readonly name: string;
  /** @returns pictures per second; null if it went away. */
  turn(round: number): Promise<number | null>;
  close(): Promise<void>;
}

/** A group of one kind of work: the first is what the others are measured against. */
export interface LoadingGroup {
  readonly work: string;
  readonly contestants: readonly LoadingContestant[];
  /** What must be reached: so many times the first, or so many pictures a second and core, by whom. */
  readonly targets: Readonly<
    Record<string, { readonly ratio: number } | { readonly picturesPerSecond: number }>
  >;
  readonly notes: readonly string[];
}

export async function picturesPerSecond(count: number, work: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await work();
  return (count * 1000) / (performance.now() - startedAtMs);
}

/** @returns how many pictures it had. */
export async function drain(loader: Pick<Loader<LabelledBatch>, "epoch">, epoch: number): Promise<number> {
  let pictures = 0;
  for await (const { labels } of loader.epoch(epoch)) pictures += labels.length;
  return pictures;
}

/**
 * torchvision's DataLoader, where a Python with it is there.
 * @param args of torchvision-loader.py.
 * @param count of pictures in a turn.
 * @returns or why it is not there.
 */
export async function torchvisionContestant(
  args: readonly string[],
  count: number,
): Promise<LoadingContestant | string> {
  const script = fileURLToPath(new URL("../src/torchvision-loader.py", import.meta.url));
  let reason = "";
  for (const executable of ["python3", "/usr/bin/python3"]) {
    try {
      const peer = await Peer.start({ executable, args: [script, ...args], env: peerEnvironment(1) });
      return {
        name: `${peer.label}, 2 workers`,
        turn: async () => {
          try {
            return count / (await peer.go(1)).seconds;
          } catch (error) {
            if (error instanceof PeerError) return null;
            throw error;
          }
        },
        close: () => peer.stop(),
      };
    } catch (error) {
      if (!(error instanceof PeerError)) throw error;
      reason = error.message;
    }
  }
  return reason;
}
