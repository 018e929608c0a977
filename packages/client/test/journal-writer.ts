/** Writes a run's journal line by line, as a run does. */
import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { encodeTrainEvent, type TrainEvent, type TrainEventBody } from "@convkit/schema";

export class JournalWriter {
  readonly runId = "20260214-093012-x7";
  attempt = 1;
  #sequence = 0;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  next(body: TrainEventBody): TrainEvent {
    const { runId, attempt } = this;
    return { ...body, runId, attempt, sequence: this.#sequence++, timestamp: 1 };
  }

  append(...bodies: TrainEventBody[]): void {
    const lines = bodies.map((body) => encodeTrainEvent(this.next(body)));
    appendFileSync(join(this.#folder, "events.jsonl"), lines.join(""));
  }

  steps(count: number): void {
    const logs = { loss: NaN, accuracy: 0.5 };
    this.append(
      ...Array.from({ length: count }, (_, i) => ({
        type: "step" as const,
        epoch: 1,
        step: i + 1,
        logs,
        imagesPerSecond: 10,
      })),
    );
  }

  /** Writes a file of the run and says so. @returns its hash. */
  save(path: string, content: string | Buffer): string {
    mkdirSync(dirname(join(this.#folder, path)), { recursive: true });
    writeFileSync(join(this.#folder, path), content);
    const sha256 = createHash("sha256").update(content).digest("hex");
    const sizeBytes = Buffer.byteLength(content);
    this.append({ type: "artifactSaved", path, sha256, sizeBytes, mediaType: "application/octet-stream" });
    return sha256;
  }

  end(): void {
    this.append({ type: "runEnded", status: "completed", reason: "" });
  }

  beginAttempt(): void {
    this.attempt += 1;
    this.#sequence = 0;
    this.append({ type: "resumed", fromStep: 0, fromEpoch: 0 });
  }
}
