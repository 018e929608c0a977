import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { totalmem, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { readPeakMemory, readSystemMemory, type KernelFiles } from "./system-memory.js";

/** A folder with the kernel's files as a machine of that kind has them. */
function kernelFiles(files: Record<string, string>): KernelFiles {
  const root = mkdtempSync(join(tmpdir(), "convkit-memory-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return { proc: join(root, "proc"), cgroup: join(root, "cgroup") };
}

it("takes the tightest of a version 2 group and those above it, without what the kernel may drop", () => {
  const files = kernelFiles({
    "proc/self/cgroup": "0::/slice/pod/main\n",
    "cgroup/slice/memory.max": "4000000\n",
    "cgroup/slice/memory.current": "3900000\n",
    "cgroup/slice/pod/memory.max": "1000000\n",
    "cgroup/slice/pod/memory.current": "900000\n",
    "cgroup/slice/pod/memory.stat": "anon 100000\ninactive_file 650000\nactive_file 50000\n",
    "cgroup/slice/pod/main/memory.max": "max\n",
    "cgroup/slice/pod/main/memory.current": "5\n",
  });
  expect(readSystemMemory(files)).toEqual({ usedBytes: 250_000, totalBytes: 1_000_000 });
});

it("reads version 1, whose totals hold the groups below", () => {
  const files = kernelFiles({
    "proc/self/cgroup": "9:name=systemd:/x\n4:cpu,memory:/job\n",
    "cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
    "cgroup/memory/memory.usage_in_bytes": "7\n",
    "cgroup/memory/job/memory.limit_in_bytes": "2000000\n",
    "cgroup/memory/job/memory.usage_in_bytes": "1500000\n",
    "cgroup/memory/job/memory.stat": "inactive_file 1\ntotal_inactive_file 500000\n",
  });
  expect(readSystemMemory(files)).toEqual({ usedBytes: 1_000_000, totalBytes: 2_000_000 });
});

it("takes the machine where no group limits it", () => {
  const { usedBytes, totalBytes } = readSystemMemory(kernelFiles({}));
  expect(totalBytes).toBe(totalmem());
  expect(usedBytes).toBeGreaterThan(0);
  expect(usedBytes).toBeLessThan(totalBytes);
});

it("tells the peak of a process by the kernel's word, and where there is none by Node's", () => {
  const files = kernelFiles({
    "proc/self/status": "Name:\tnode\nVmPeak:\t   9999 kB\nVmHWM:\t     123 kB\n",
  });
  expect(readPeakMemory(files)).toBe(123 * 1024);
  expect(readPeakMemory(kernelFiles({}))).toBe(1024 * process.resourceUsage().maxRSS);
});
