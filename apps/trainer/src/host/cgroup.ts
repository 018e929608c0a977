/**
 * What Linux's control groups allow this process, and how often they killed for memory.
 * Version 2: https://docs.kernel.org/admin-guide/cgroup-v2.html (cpu.max, memory.max, memory.events).
 * Version 1: https://docs.kernel.org/admin-guide/cgroup-v1/memory.html (memory.oom_control), cpu.cfs_quota_us.
 * Everything is null where there is no such file: on other systems, or outside a control group.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface Cgroup {
  /** CPUs' worth of time per second, of this group and every group above it. */
  readonly cpuQuota: number | null;
  readonly memoryLimitBytes: number | null;
}

/** Rising counters of processes the kernel killed for memory. */
export interface OomKills {
  readonly group: number | null;
  readonly system: number | null;
}

/** Where the kernel's files lie; tests hand in folders of their own. */
export interface KernelFiles {
  readonly proc: string;
  readonly cgroup: string;
}

const KERNEL_FILES: KernelFiles = { proc: "/proc", cgroup: "/sys/fs/cgroup" };
/** Version 1 spells "no limit" as the largest page-aligned number. */
const UNLIMITED_BYTES = 2 ** 62;

export function readCgroup(files: KernelFiles = KERNEL_FILES): Cgroup {
  const cpu = folders(files, "cpu").flatMap((folder) => {
    const [quota, period] = (read(join(folder, "cpu.max")) ?? "").split(" ").map(Number);
    const quotaV1 = Number(read(join(folder, "cpu.cfs_quota_us")) ?? Number.NaN);
    const periodV1 = Number(read(join(folder, "cpu.cfs_period_us")) ?? Number.NaN);
    return [(quota ?? Number.NaN) / (period ?? Number.NaN), quotaV1 / periodV1].filter((share) => share > 0);
  });
  const memory = folders(files, "memory").flatMap((folder) =>
    ["memory.max", "memory.limit_in_bytes"]
      .map((name) => Number(read(join(folder, name)) ?? Number.NaN))
      .filter((bytes) => bytes < UNLIMITED_BYTES),
  );
  return {
    cpuQuota: cpu.length > 0 ? Math.min(...cpu) : null,
    memoryLimitBytes: memory.length > 0 ? Math.min(...memory) : null,
  };
}

export function readOomKills(files: KernelFiles = KERNEL_FILES): OomKills {
  const own = folders(files, "memory")[0];
  return {
    group: own ? (counter(join(own, "memory.events")) ?? counter(join(own, "memory.oom_control"))) : null,
    system: counter(join(files.proc, "vmstat")),
  };
}

/** The group's folder, then each one above it. A container may see its own group as the root. */
function folders(files: KernelFiles, controller: "cpu" | "memory"): string[] {
  const lines = (read(join(files.proc, "self/cgroup")) ?? "").split("\n").map((line) => line.split(":"));
  const v1 = lines.find(([, controllers]) => controllers?.split(",").includes(controller));
  const v2 = lines.find(([id, controllers]) => id === "0" && controllers === "");
  const found: string[] = [];
  for (const [mount, line] of [
    [join(files.cgroup, controller), v1],
    [files.cgroup, v2],
  ] as const) {
    if (!line) continue;
    for (let path = line.slice(2).join(":"); ; path = dirname(path)) {
      found.push(join(mount, path));
      if (path === "/" || path === ".") break;
    }
  }
  return found;
}

function counter(path: string): number | null {
  const match = /^oom_kill (\d+)$/m.exec(read(path) ?? "");
  return match ? Number(match[1]) : null;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}
