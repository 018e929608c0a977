import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { endingOf, Journal, JournalCorruptError, readJournal, StaleAttemptError } from "./journal.js";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "convkit-journal-"));
  path = join(folder, "events.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true }));

function writeAttempt(texts: string[]): void {
  const { journal } = Journal.open(path, "run-1");
  for (const text of texts) journal.append({ type: "message", level: "info", text });
  journal.close();
}

const namesOf = (events: ReturnType<typeof readJournal>) =>
  events.map(({ runId, attempt, sequence }) => [runId, attempt, sequence]);

describe("Journal", () => {
  it("numbers the events of each attempt from 0", () => {
    writeAttempt(["a", "b"]);
    writeAttempt(["c"]);
    expect(namesOf(readJournal(path))).toEqual([
      ["run-1", 1, 0],
      ["run-1", 1, 1],
      ["run-1", 2, 0],
    ]);
  });

  it("opens with the number that was asked for, if it is greater than all before", () => {
    writeAttempt(["a"]);
    const { journal } = Journal.open(path, "run-1", { attempt: 4 });
    journal.append({ type: "epochStarted", epoch: 1 });
    journal.close();
    for (const attempt of [4, 3, 0, -1, 4.5, Number.NaN]) {
      expect(() => Journal.open(path, "run-1", { attempt })).toThrow(StaleAttemptError);
    }
    writeAttempt(["b"]);
    expect(namesOf(readJournal(path))).toEqual([
      ["run-1", 1, 0],
      ["run-1", 4, 0],
      ["run-1", 5, 0],
    ]);
  });

  it("goes on with the latest attempt's numbers when it is opened again, and cuts off a torn line too", () => {
    writeAttempt(["a"]);
    writeAttempt(["b", "c"]);
    appendFileSync(path, '{"formatV');
    const { journal, tornBytes } = Journal.reopen(path, "run-1");
    expect(tornBytes).toBe(9);
    journal.append({ type: "epochStarted", epoch: 1 });
    journal.close();
    expect(namesOf(readJournal(path)).slice(-2)).toEqual([
      ["run-1", 2, 1],
      ["run-1", 2, 2],
    ]);
    rmSync(path);
    Journal.reopen(path, "run-1").journal.append({ type: "epochStarted", epoch: 1 });
    expect(namesOf(readJournal(path))).toEqual([["run-1", 1, 0]]);
  });

  it("knows how the latest attempt ended, whatever was said after that", () => {
    expect(endingOf([])).toBeUndefined();
    const { journal } = Journal.open(path, "run-1");
    journal.append({ type: "runEnded", status: "interrupted", reason: "SIGINT" });
    journal.append({ type: "evaluated", split: "test", count: 1, logs: {} });
    journal.close();
    expect(endingOf(readJournal(path))).toMatchObject({ status: "interrupted" });
    writeAttempt(["b"]);
    expect(endingOf(readJournal(path))).toBeUndefined();
  });

  it("puts a line in the file at once, before anything is closed", () => {
    const { journal } = Journal.open(path, "run-1");
    const event = journal.append({ type: "epochStarted", epoch: 1 });
    expect(readJournal(path)).toEqual([event]);
    journal.close();
  });

  it("spells numbers that JSON lacks", () => {
    const { journal } = Journal.open(path, "run-1");
    const logs = { loss: Number.NaN, val_loss: Number.POSITIVE_INFINITY };
    journal.append({ type: "epochEnded", epoch: 1, step: 1, durationMs: 1, logs });
    journal.close();
    expect(readFileSync(path, "utf8")).toContain(`{"loss":"NaN","val_loss":"Infinity"}`);
    expect(readJournal(path)[0]).toMatchObject({ logs });
  });

  it("cuts off a last line torn at any byte, and keeps all before it", () => {
    writeAttempt(["first", "zweite Zeile: é"]);
    const whole = readFileSync(path);
    const secondLine = whole.indexOf("\n") + 1;
    for (let length = secondLine; length < whole.length; length++) {
      writeFileSync(path, whole.subarray(0, length));
      const { journal, events, tornBytes } = Journal.open(path, "run-1");
      expect(namesOf(events)).toEqual([["run-1", 1, 0]]);
      expect(tornBytes).toBe(length - secondLine);
      journal.append({ type: "message", level: "info", text: "after" });
      journal.close();
      expect(namesOf(readJournal(path))).toEqual([
        ["run-1", 1, 0],
        ["run-1", 2, 0],
      ]);
    }
  });

  it("takes back the line that the file system cut short, and goes on behind the one before", () => {
    const child = fileURLToPath(new URL("../test/journal-child.mjs", import.meta.url));
    // A file may grow to two blocks of 512 bytes (in some shells 1024), and then no further.
    const limited = `ulimit -f 2 && exec "$0" "$@"`;
    const { stdout, stderr } = spawnSync("sh", ["-c", limited, process.execPath, child, path], {
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    const { code, whole, sizeBytes } = JSON.parse(stdout) as Record<string, string | number>;
    expect(code).toBe("EFBIG");
    expect(readFileSync(path).length).toBeGreaterThan(Number(sizeBytes));
    const events = readJournal(path);
    expect(events).toHaveLength(Number(whole) + 1);
    expect(events.at(-1)).toMatchObject({ sequence: whole, type: "epochStarted" });
    expect(Journal.open(path, "run-1")).toMatchObject({ tornBytes: 0 });
  });

  it("names the whole line that is not an event", () => {
    writeAttempt(["a"]);
    appendFileSync(path, `{"type":"step"}\n`);
    expect(() => Journal.open(path, "run-1")).toThrow(JournalCorruptError);
    expect(() => readJournal(path)).toThrow(/line 2/);
  });
});
