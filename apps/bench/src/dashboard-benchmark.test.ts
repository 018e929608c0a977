import { expect, it } from "vitest";
import { measureDashboard } from "./dashboard-benchmark.js";

it("measures both pages, cold and warm, beside bare SQL", async () => {
  const { rows, data, notes } = await measureDashboard(2, { runs: 3, points: 20 });
  expect(rows.map(([page]) => page)).toEqual(["table: 200 of 3 runs", "comparison: 20 runs × 4 curves"]);
  expect(data).toMatchObject({
    // A start, 20 steps, 10 epochs and an end, three times.
    ingest: { events: 96 },
    pages: [
      { coldMs: { rounds: 2 }, warmMs: { rounds: 2 }, ratio: { rounds: 2 } },
      { bareMs: { rounds: 2 } },
    ],
  });
  expect(notes.join("\n")).toMatch(/as 96 events in/);
});
