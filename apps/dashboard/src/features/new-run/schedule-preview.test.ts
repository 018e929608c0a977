import { runConfigJsonSchema } from "@convkit/schema";
import { expect, test } from "vitest";
import { describeFields } from "./describe-fields";
import type { JsonObject } from "./json-value";
import { describeSchedule, previewSchedule } from "./schedule-preview";

const fields = describeFields({ ...runConfigJsonSchema() } as JsonObject);
const digits = { contentHash: "abc", source: "digits", pictures: 1000 };
const preview = (config: JsonObject) => previewSchedule(config, fields, [digits]);

test("the schedule's defaults are drawn before anything is typed", () => {
  const drawn = preview({})!;
  expect(drawn).toMatchObject({ name: "one-cycle", epochs: 10, stepsPerEpoch: 100, pictures: null });
  // 0.05 ÷ 25, the peak near the end of the third of ten epochs, then 0.05 ÷ 25 ÷ 10,000.
  expect(drawn.points[0]!.epoch).toBe(0);
  expect(drawn.points[0]!.rate).toBeCloseTo(0.002, 12);
  expect(drawn.highest.rate).toBeCloseTo(0.05, 4);
  expect(drawn.highest.epoch).toBeCloseTo(3, 1);
  expect(drawn.points.at(-1)!.epoch).toBe(9.99);
  expect(drawn.points.at(-1)!.rate).toBeCloseTo(2e-7, 12);
  expect(describeSchedule(drawn, (rate) => rate.toPrecision(1))).toBe(
    "one-cycle over 10 epochs: starts at 0.002, is highest after 3 epochs at 0.05, ends at 2e-7",
  );
});

test("steps are counted from the data set, where it is known", () => {
  const data = { source: "digits" };
  expect(preview({ data, batchSize: 100 })).toMatchObject({ stepsPerEpoch: 10, pictures: 1000 });
  expect(preview({ data, batchSize: 100, accumulate: 5 })).toMatchObject({ stepsPerEpoch: 2 });
  expect(preview({ data: { ...data, limit: { train: 300 } }, batchSize: 100 })).toMatchObject({
    stepsPerEpoch: 3,
  });
  expect(preview({ data: { source: "moved", contentHash: "abc" }, batchSize: 50 })).toMatchObject({
    stepsPerEpoch: 20,
  });
  expect(preview({ data: { source: "digits", contentHash: "other" } })).toMatchObject({ pictures: null });
});

test("what is typed is drawn, in every schedule", () => {
  const ratesOf = (config: JsonObject) => preview(config)!.points.map(({ rate }) => rate);
  const short = { data: { source: "digits" }, batchSize: 500, epochs: 2, learningRate: 8 };
  expect(ratesOf({ ...short, schedule: "constant" })).toEqual([8, 8, 8, 8]);
  expect(ratesOf({ ...short, schedule: { name: "step", stepEpochs: 1, gamma: 0.5 } })).toEqual([8, 8, 4, 4]);
  expect(ratesOf({ ...short, schedule: { name: "step", milestones: [1.5], gamma: 0.5 } })).toEqual([
    8, 8, 8, 4,
  ]);
  expect(ratesOf({ ...short, schedule: { name: "polynomial" } })).toEqual([8, 6, 4, 2]);
  const schedule = fields.find(({ key }) => key === "schedule");
  for (const { id } of schedule?.kind === "variants" ? schedule.variants : [])
    if (id !== "step") expect(preview({ ...short, schedule: id })?.name).toBe(id);
});

test("a schedule that waits for a plateau names its metric, and is level until then", () => {
  const drawn = preview({ schedule: { name: "reduce-on-plateau", monitor: "val_accuracy" } })!;
  expect(drawn.monitor).toBe("val_accuracy");
  expect(describeSchedule(drawn, String)).toBe("reduce-on-plateau over 10 epochs: 0.05 throughout");
});

test("nothing is drawn of what is not a number yet, or not whole", () => {
  const configs: JsonObject[] = [
    { epochs: "many" },
    { epochs: 0 },
    { epochs: 1e9 },
    { learningRate: -1 },
    { schedule: "step" },
    { schedule: "nonsense" },
    { schedule: { name: "cosine", warmupFraction: "x" } },
    { schedule: { name: "step", milestones: "x" } },
  ];
  for (const config of configs) expect(preview(config), JSON.stringify(config)).toBeNull();
});

test("a long run is drawn by no more points than a screen has", () => {
  const { points } = preview({ epochs: 300 })!;
  expect(points.length).toBeGreaterThanOrEqual(400);
  expect(points.length).toBeLessThanOrEqual(401);
  expect(points.at(-1)!.epoch).toBe(299.99);
});
