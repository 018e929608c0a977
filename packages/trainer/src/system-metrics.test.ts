import type { TrainEventBody } from "@convkit/schema";
import { describe, expect, it } from "vitest";
import type { CallbackContext, Ending } from "./callback.js";
import { DataWait } from "./data-wait.js";
import { systemLogs, systemMetrics } from "./system-metrics.js";

describe("systemLogs", () => {
  const before = { atMs: 1000, cpuMicroseconds: 500_000, waitedMs: 200 };

  it("takes shares of the time between two readings, and holdings of the later one", () => {
    const after = {
      atMs: 6000,
      // 7.5 s of CPU time in 5 s: one core and a half.
      cpuMicroseconds: 8_000_000,
      waitedMs: 1450,
      memoryBytes: 3e8,
      systemMemory: { usedBytes: 6e9, totalBytes: 8e9 },
      gpu: { percent: 87, memoryBytes: 2 ** 30 },
    };
    expect(systemLogs(before, after)).toEqual({
      cpu_percent: 150,
      memory_bytes: 3e8,
      system_memory_percent: 75,
      data_wait_percent: 25,
      gpu_percent: 87,
      gpu_memory_bytes: 2 ** 30,
    });
  });

  it("leaves out what could not be read, and keeps a zero that was", () => {
    expect(systemLogs(before, { atMs: 2000, waitedMs: 200, gpu: { percent: 0 } })).toEqual({
      data_wait_percent: 0,
      gpu_percent: 0,
    });
    const { cpuMicroseconds, ...unread } = before;
    expect(systemLogs(unread, { atMs: 2000, cpuMicroseconds, waitedMs: 700 })).toEqual({
      data_wait_percent: 50,
    });
  });

  it("knows no shares of no time", () => {
    expect(systemLogs(before, { ...before, memoryBytes: 5 })).toEqual({ memory_bytes: 5 });
  });
});

describe("systemMetrics", () => {
  const ending: Ending = { status: "completed", reason: "" };

  /** @returns the steps of the events, once that many steps and the end were lived through. */
  function stepsSaid(steps: number, intervalMs: number): number[] {
    const events: TrainEventBody[] = [];
    const callback = systemMetrics({
      emit: (event) => events.push(event),
      wait: new DataWait(),
      onGpu: false,
      intervalMs,
    });
    const context = (step: number) => ({ step, ending }) as CallbackContext & { ending: Ending };
    for (let step = 1; step <= steps; step++) void callback.onStepEnd!(context(step));
    void callback.onTrainEnd!(context(steps));
    return events.map((event) => (event.type === "system" ? event.step : Number.NaN));
  }

  it("says something at a step's end whenever the time is up", () => {
    expect(stepsSaid(3, 0)).toEqual([1, 2, 3]);
  });

  it("says something of a short run at its end, and nothing where there was no step", () => {
    expect(stepsSaid(3, Infinity)).toEqual([3]);
    expect(stepsSaid(0, Infinity)).toEqual([]);
  });

  it("reads this process", () => {
    const events: TrainEventBody[] = [];
    const callback = systemMetrics({
      emit: (event) => events.push(event),
      wait: new DataWait(),
      onGpu: false,
      intervalMs: 0,
    });
    void callback.onStepEnd!({ step: 1 } as CallbackContext);
    const [event] = events;
    const { logs } = event as Extract<TrainEventBody, { type: "system" }>;
    expect(logs["memory_bytes"]).toBeGreaterThan(10 * 2 ** 20);
    expect(logs["cpu_percent"]).toBeGreaterThanOrEqual(0);
    expect(logs["system_memory_percent"]).toBeGreaterThan(0);
    expect(logs["system_memory_percent"]).toBeLessThanOrEqual(100);
    expect(Object.keys(logs).filter((key) => key.startsWith("gpu"))).toEqual([]);
  });
});
