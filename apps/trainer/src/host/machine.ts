/** What of this machine a training run may use. */
import { availableParallelism, cpus, freemem, totalmem } from "node:os";
import { arch, platform } from "node:process";
import { readCgroup } from "./cgroup.js";

export interface Machine {
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  /** Cores this process may run on (CPU affinity). */
  readonly usableCores: number;
  /** CPUs' worth of time per second that the control group allows; null without a limit. */
  readonly cpuQuota: number | null;
  readonly memoryBytes: number;
  readonly freeMemoryBytes: number;
  readonly memoryLimitBytes: number | null;
}

export function describeMachine(): Machine {
  return {
    platform: `${platform} ${arch}`,
    cpu: cpus()[0]?.model.trim() || "unknown",
    cores: cpus().length,
    usableCores: availableParallelism(),
    memoryBytes: totalmem(),
    freeMemoryBytes: freemem(),
    ...readCgroup(),
  };
}
