import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DatasetCard } from "./dataset-card.js";
import { RunConfig } from "./run-config.js";
import {
  decodeTrainEvents,
  encodeTrainEvent,
  TrainEventFormatError,
  type TrainEvent,
} from "./train-event.js";

const envelope = { runId: "r1", attempt: 1, sequence: 0, timestamp: 1_700_000_000_000 };
const step: TrainEvent = {
  ...envelope,
  type: "step",
  epoch: 1,
  step: 5,
  logs: { loss: 0.5 },
  imagesPerSecond: 812.5,
};

const started = (): TrainEvent => ({
  ...envelope,
  type: "runStarted",
  config: RunConfig.parse({ data: { source: "mnist" }, model: { name: "simple-cnn" } }),
  dataset: DatasetCard.parse({
    formatVersion: 1,
    name: "mnist",
    source: "mnist",
    contentHash: "abc",
    classNames: ["0", "1"],
    imageShape: [28, 28, 1],
    splits: { train: { count: 2, perClass: [1, 1] } },
  }),
  engine: { name: "native", device: "CPU", threads: 2, versions: { tfjs: "4.22.0" } },
  model: { name: "simple-cnn", parameters: 10, trainableParameters: 10, flops: 100 },
  stepsPerEpoch: 1,
});

const number = fc.double().map((value) => (Object.is(value, -0) ? 0 : value));
const count = fc.nat({ max: 1e6 });
// zod drops a key `__proto__`, as it should: no metric is called that.
const metricName = fc.string().filter((name) => name !== "__proto__");
const logs = fc.dictionary(metricName, number, { noNullPrototype: true });
const anyEnvelope = {
  runId: fc.string(),
  attempt: fc.integer({ min: 1, max: 99 }),
  sequence: count,
  timestamp: count,
};
const event: fc.Arbitrary<TrainEvent> = fc.oneof(
  fc.record({ ...anyEnvelope, type: fc.constant("resumed" as const), fromStep: count, fromEpoch: count }),
  fc.record({ ...anyEnvelope, type: fc.constant("epochStarted" as const), epoch: count }),
  fc.record({
    ...anyEnvelope,
    type: fc.constant("step" as const),
    epoch: count,
    step: count,
    logs,
    imagesPerSecond: number,
  }),
  fc.record({
    ...anyEnvelope,
    type: fc.constant("epochEnded" as const),
    epoch: count,
    step: count,
    logs,
    durationMs: count,
  }),
  fc.record({
    ...anyEnvelope,
    type: fc.constant("checkpointSaved" as const),
    kind: fc.constantFrom("last" as const, "best" as const, "step" as const),
    epoch: count,
    step: count,
  }),
  fc.record({ ...anyEnvelope, type: fc.constant("evaluated" as const), split: fc.string(), count, logs }),
  fc.record({ ...anyEnvelope, type: fc.constant("system" as const), step: count, logs }),
  fc.record({
    ...anyEnvelope,
    type: fc.constant("artifactSaved" as const),
    path: fc.constantFrom("report.json", "model/weights.bin"),
    sha256: fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 64, maxLength: 64 }),
    sizeBytes: count,
    mediaType: fc.string(),
  }),
  fc.record({
    ...anyEnvelope,
    type: fc.constant("message" as const),
    level: fc.constantFrom("info" as const, "warning" as const),
    text: fc.string({ unit: fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code)) }),
  }),
  fc.record({
    ...anyEnvelope,
    type: fc.constant("runEnded" as const),
    status: fc.constantFrom(
      "completed" as const,
      "stopped" as const,
      "interrupted" as const,
      "failed" as const,
    ),
    reason: fc.string(),
  }),
);

describe("journal", () => {
  it("is one line an event, each with its format's version", () => {
    expect(encodeTrainEvent(step)).toBe(
      '{"formatVersion":1,"runId":"r1","attempt":1,"sequence":0,"timestamp":1700000000000,' +
        '"type":"step","epoch":1,"step":5,"logs":{"loss":0.5},"imagesPerSecond":812.5}\n',
    );
  });

  it("reads back whatever was written, in order", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 10 }), (written) => {
        const { events, torn } = decodeTrainEvents(written.map(encodeTrainEvent).join(""));
        expect(events).toEqual(written);
        expect(torn).toBe("");
      }),
    );
  });

  it("keeps NaN and the infinities of a run that diverged", () => {
    const diverged: TrainEvent = {
      ...step,
      logs: { loss: NaN, val_loss: Infinity, delta: -Infinity },
      imagesPerSecond: Infinity,
    };
    expect(encodeTrainEvent(diverged)).toContain('{"loss":"NaN","val_loss":"Infinity","delta":"-Infinity"}');
    expect(decodeTrainEvents(encodeTrainEvent(diverged)).events).toEqual([diverged]);
  });

  it("round-trips the start of a run", () => {
    expect(decodeTrainEvents(encodeTrainEvent(started())).events).toEqual([started()]);
  });

  it("reads the start of a run that was written before there were experiments and tags", () => {
    const written = encodeTrainEvent(started()).replace('"experiment":"default","tags":[],', "");
    expect(written).not.toContain("experiment");
    expect(decodeTrainEvents(written).events).toEqual([started()]);
  });

  it("refuses an artifact outside the run's folder, or without a whole hash", () => {
    const saved = { type: "artifactSaved", sizeBytes: 1, mediaType: "text/html" } as const;
    const sha256 = "0".repeat(64);
    const encode = (path: string, hash: string) =>
      encodeTrainEvent({ ...envelope, ...saved, path, sha256: hash });
    expect(decodeTrainEvents(encode("report.html", sha256)).events).toHaveLength(1);
    expect(() => decodeTrainEvents(encode("../report.html", sha256))).toThrow(TrainEventFormatError);
    expect(() => decodeTrainEvents(encode("report.html", sha256.slice(1)))).toThrow(TrainEventFormatError);
  });

  it("hands back a torn last line, wherever it was torn", () => {
    const whole = encodeTrainEvent(step);
    const next = encodeTrainEvent({ ...step, sequence: 1 });
    for (let length = 0; length < next.length; length++) {
      const read = decodeTrainEvents(whole + next.slice(0, length));
      expect(read).toEqual({ events: [step], torn: next.slice(0, length) });
    }
  });

  it("reads an empty journal, blank lines and Windows line breaks", () => {
    expect(decodeTrainEvents("")).toEqual({ events: [], torn: "" });
    const text = `\n${encodeTrainEvent(step).replace("\n", "\r\n")}\r\n`;
    expect(decodeTrainEvents(text)).toEqual({ events: [step], torn: "" });
  });

  it.each([
    ["half an event", encodeTrainEvent(step).slice(0, 40)],
    ["no event", '{"formatVersion":1,"type":"lunch"}'],
    ["a later format", encodeTrainEvent(step).trim().replace('"formatVersion":1', '"formatVersion":2')],
    ["a line without its format", JSON.stringify(step)],
  ])("names the line that is %s", (_what, line) => {
    const text = `${encodeTrainEvent(step)}${line}\n${encodeTrainEvent(step)}`;
    expect(() => decodeTrainEvents(text)).toThrow(TrainEventFormatError);
    expect(() => decodeTrainEvents(text)).toThrow(
      "Expected a train event of format 1 on line 2 of the journal.",
    );
  });
});
