/** The child's side of the protocol in peer.ts. */
import { createInterface } from "node:readline";
import type { PeerGreeting, PeerTurn } from "./peer.js";

/** Says the greeting, then trains as told until the input ends. */
export async function serveTurns(label: string, runSteps: (steps: number) => Promise<void>): Promise<void> {
  say({ label });
  for await (const line of createInterface({ input: process.stdin })) {
    const startedAtMs = performance.now();
    await runSteps(Number(line.split(" ")[1]));
    const seconds = (performance.now() - startedAtMs) / 1000;
    say({ seconds, peakRssBytes: process.resourceUsage().maxRSS * 1024 });
  }
}

/** @param reason why there is nothing to measure. */
export function declineTurns(reason: string): void {
  say({ unavailable: reason });
}

function say(message: PeerGreeting | PeerTurn): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
