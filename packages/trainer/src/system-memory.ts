/**
 * How much memory is in use of what training may have: of the tightest control group that it runs in on Linux, else of
 * the machine. Pages of files that the kernel drops when it needs room (inactive_file) do not count, as `docker stats`
 * has it: a data set that was read would look like a full machine.
 * Version 2: https://docs.kernel.org/admin-guide/cgroup-v2.html (memory.max, memory.current, memory.stat).
 * Version 1: https://docs.kernel.org/admin-guide/cgroup-v1/memory.html (memory.limit_in_bytes, memory.usage_in_bytes).
 */
import { readFileSync } from "node:fs";
import { freemem, totalmem } from "node:os";
import { dirname, join } from "node:path";

export interface MemoryUse {
  readonly usedBytes: number;
  readonly totalBytes: number;
}

/** Where the kernel's files lie; tests hand in folders of their own. */
export interface KernelFiles {
  readonly proc: string;
  readonly cgroup: string;
}

const KERNEL_FILES: KernelFiles = { proc: "/proc", cgroup: "/sys/fs/cgroup" };

export function readSystemMemory(files: KernelFiles = KERNEL_FILES): MemoryUse {
  const machine = { usedBytes: totalmem() - freemem(), totalBytes: totalmem() };
  // No limit is spelled `max`, or as a number beyond any machine's memory.
  return groupFolders(files)
    .flatMap(readGroup)
    .reduce((tightest, group) => (group.totalBytes < tightest.totalBytes ? group : tightest), machine);
}

/**
 * The most that this process has held at once, of memory that is its own alone or shared.
 * On Linux the kernel's own peak (proc(5), VmHWM), which a program that it was started by has no part in.
 */
export function readPeakMemory({ proc }: Pick<KernelFiles, "proc"> = KERNEL_FILES): number {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(read(join(proc, "self/status")) ?? "") ?? [];
  return 1024 * (kibibytes === undefined ? process.resourceUsage().maxRSS : Number(kibibytes));
}

function readGroup(folder: string): MemoryUse[] {
  const totalBytes = readNumber(folder, "memory.max") ?? readNumber(folder, "memory.limit_in_bytes");
  const current = readNumber(folder, "memory.current") ?? readNumber(folder, "memory.usage_in_bytes");
  if (totalBytes === null || current === null) return [];
  const stat = read(join(folder, "memory.stat")) ?? "";
  const [, droppable] =
    /^total_inactive_file (\d+)$/m.exec(stat) ?? /^inactive_file (\d+)$/m.exec(stat) ?? [];
  return [{ usedBytes: current - Number(droppable ?? 0), totalBytes }];
}

/** The group's folder, then each one above it. A container may see its own group as the root. */
function groupFolders({ proc, cgroup }: KernelFiles): string[] {
  const lines = (read(join(proc, "self/cgroup")) ?? "").split("\n").map((line) => line.split(":"));
  return lines.flatMap(([id, controllers = "", ...path]) => {
    const isV2 = id === "0" && controllers === "";
    if (!isV2 && !controllers.split(",").includes("memory")) return [];
    const mount = isV2 ? cgroup : join(cgroup, "memory");
    return pathsUp(path.join(":")).map((group) => join(mount, group));
  });
}

function pathsUp(path: string): string[] {
  const above = dirname(path);
  return above === path || path === "" ? [path] : [path, ...pathsUp(above)];
}

function readNumber(folder: string, name: string): number | null {
  const text = read(join(folder, name));
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
}

function read(path: string): string | null {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return null;
  }
}
