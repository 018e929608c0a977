/** Memory and CPU time of another process, from Linux's /proc; null elsewhere, or once it is gone. */
import { readFileSync } from "node:fs";

export interface ProcessUsage {
  readonly residentBytes: number;
  /** CPU time used so far, in clock ticks: only differences mean something. */
  readonly cpuTicks: number;
}

const PAGE_BYTES = 4096;

/** Fields as in proc(5): utime and stime are 14 and 15, rss is 24; the name in parentheses may hold spaces. */
export function readProcessUsage(pid: number): ProcessUsage | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return null;
  }
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return {
    cpuTicks: Number(fields[11]) + Number(fields[12]),
    residentBytes: Number(fields[21]) * PAGE_BYTES,
  };
}
