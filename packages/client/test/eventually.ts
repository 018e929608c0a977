/** Waits for what will come, however busy the machine is. */
import { expect } from "vitest";

export const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 60_000, interval: 5 });
