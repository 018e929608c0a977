/** Events of a journal as lines that people read. */
import { formatBytes, formatDuration, formatMetric, type LogLine } from "@convkit/ui";
import type { LogEntry } from "../../trpc/context";

export function toLogLine({ id, type, timestamp, body, attempt }: LogEntry): LogLine {
  const { level, text } = describe(type, body, attempt);
  return { id: String(id), timeMs: timestamp, level, text };
}

type Said = Pick<LogLine, "level" | "text">;
type Body = LogEntry["body"];

function describe(type: string, body: Body, attempt: number): Said {
  switch (type) {
    case "runStarted": {
      const { name, device } = (body["engine"] ?? {}) as { name?: string; device?: string };
      const steps = body["stepsPerEpoch"];
      return info(
        `Attempt ${attempt} started on ${name ?? "?"} (${device ?? "?"}), ${text(steps)} steps an epoch`,
      );
    }
    case "resumed":
      return info(
        `Attempt ${attempt} goes on from step ${text(body["fromStep"])}, epoch ${text(body["fromEpoch"])}`,
      );
    case "epochStarted":
      return { level: "debug", text: `Epoch ${text(body["epoch"])} began` };
    case "epochEnded":
      return info(
        `Epoch ${text(body["epoch"])} took ${formatDuration(Number(body["durationMs"]))}: ${logs(body["logs"])}`,
      );
    case "checkpointSaved":
      return { level: "debug", text: `Checkpoint ${text(body["kind"])} saved at step ${text(body["step"])}` };
    case "artifactSaved":
      return {
        level: "debug",
        text: `Saved ${text(body["path"])}, ${formatBytes(Number(body["sizeBytes"]))}`,
      };
    case "evaluated":
      return info(
        `Judged on ${text(body["count"])} pictures of ${text(body["split"])}: ${logs(body["logs"])}`,
      );
    case "message":
      return { level: body["level"] === "warning" ? "warn" : "info", text: oneLine(text(body["text"])) };
    case "runEnded": {
      const status = text(body["status"]);
      const reason = text(body["reason"]);
      const level = status === "failed" ? "error" : status === "completed" ? "info" : "warn";
      return { level, text: `Ended: ${status}${reason === "" ? "" : `, ${oneLine(reason)}`}` };
    }
    default:
      return { level: "debug", text: `${type} ${JSON.stringify(body)}` };
  }
}

const info = (line: string): Said => ({ level: "info", text: line });

/** A line stays one. */
const oneLine = (said: string) => said.replaceAll(/\s*\n\s*/g, " ⏎ ");

function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function logs(value: unknown): string {
  if (typeof value !== "object" || value === null) return "";
  return Object.entries(value)
    .map(([key, item]) => `${key} ${formatMetric(Number(item))}`)
    .join(", ");
}
