import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { readCgroup, readOomKills, type KernelFiles } from "./cgroup.js";

/** A folder with the kernel's files as a machine of that kind has them. */
function kernelFiles(files: Record<string, string>): KernelFiles {
  const root = mkdtempSync(join(tmpdir(), "convkit-cgroup-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return { proc: join(root, "proc"), cgroup: join(root, "cgroup") };
}

it("takes the tightest limit of a version 2 group and those above it", () => {
  const files = kernelFiles({
    "proc/self/cgroup": "0::/slice/pod\n",
    "cgroup/slice/cpu.max": "150000 100000\n",
    "cgroup/slice/pod/cpu.max": "max 100000\n",
    "cgroup/slice/memory.max": "max\n",
    "cgroup/slice/pod/memory.max": "1073741824\n",
    "cgroup/slice/pod/memory.events": "low 0\nhigh 0\nmax 9\noom 2\noom_kill 3\n",
    "proc/vmstat": "nr_free_pages 5\noom_kill 7\n",
  });
  expect(readCgroup(files)).toEqual({ cpuQuota: 1.5, memoryLimitBytes: 2 ** 30 });
  expect(readOomKills(files)).toEqual({ group: 3, system: 7 });
});

it("reads version 1, where -1 and the largest number mean no limit", () => {
  const files = kernelFiles({
    "proc/self/cgroup": "4:memory:/job\n2:cpu,cpuacct:/\n0::/\n",
    "cgroup/cpu/cpu.cfs_quota_us": "-1\n",
    "cgroup/cpu/cpu.cfs_period_us": "100000\n",
    "cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
    "cgroup/memory/job/memory.limit_in_bytes": "536870912\n",
    "cgroup/memory/job/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n",
  });
  expect(readCgroup(files)).toEqual({ cpuQuota: null, memoryLimitBytes: 2 ** 29 });
  expect(readOomKills(files)).toEqual({ group: 1, system: null });
});

it("knows nothing where there are no such files", () => {
  const files = kernelFiles({});
  expect(readCgroup(files)).toEqual({ cpuQuota: null, memoryLimitBytes: null });
  expect(readOomKills(files)).toEqual({ group: null, system: null });
});
