/** Ids of runs that are made here, in the form of those that training makes: `20261126-170548-3f9a1c`. */
import { randomBytes } from "node:crypto";

/** They sort by the time of their making, in UTC. */
export function newRunId(now: Date = new Date()): string {
  const time = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
  return `${time}-${randomBytes(3).toString("hex")}`;
}
