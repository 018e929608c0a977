import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { getThreadCount, isaName, selectIsa, setThreadCount } from "../src/binding.js";

type Report = { backend: string; distinct: string[] };

function convolve(seed: number, steps: number, env: NodeJS.ProcessEnv = {}): Promise<Report> {
  const worker = new Worker(new URL("fixtures/convolve-in-worker.js", import.meta.url), {
    workerData: { seed, steps },
    env: { ...process.env, ...env },
  });
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", (code) => code !== 0 && reject(new Error(`the worker exited with ${code}`)));
  });
}

describe("in worker threads", () => {
  it("two at once each get what one alone gets, at every step", async () => {
    const [alone1, alone2] = [await convolve(1, 1), await convolve(2, 1)];
    const together = await Promise.all([convolve(1, 60), convolve(2, 60)]);
    expect(together).toEqual([alone1, alone2]);
    expect(alone1.backend).toBe("native");
    expect(alone1.distinct).toHaveLength(1);
    expect(alone1.distinct).not.toEqual(alone2.distinct);
  });

  it("a worker leaves the process's instruction set and threads as the program has set them", async () => {
    const before = { isa: isaName(), threads: getThreadCount() };
    selectIsa("portable");
    setThreadCount(3);
    try {
      await convolve(1, 1, { CONVKIT_ISA: before.isa, CONVKIT_THREADS: "1" });
      expect({ isa: isaName(), threads: getThreadCount() }).toEqual({ isa: "portable", threads: 3 });
    } finally {
      selectIsa(before.isa);
      setThreadCount(before.threads);
    }
  });

  it("a worker that ends takes nothing with it", async () => {
    for (let i = 0; i < 2; i++) await convolve(i, 1);
    const after = await convolve(1, 1);
    expect(after.distinct).toHaveLength(1);
  });
});
