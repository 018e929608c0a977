/**
 * PostgreSQL stores neither U+0000 nor half of a surrogate pair, and a journal may say both: in a file's name, in an
 * error's text. They become U+FFFD, as Unicode recommends for what cannot be shown.
 */
import type { TrainEvent } from "@convkit/schema";

/** The same event if its texts can be stored as they are. */
export function storableEvent(event: TrainEvent): TrainEvent {
  // Most events are of these, and hold numbers alone but for the names of metrics.
  const isNumbers = event.type === "step" || event.type === "system";
  return isNumbers && Object.keys(event.logs).every((name) => storableText(name) === name)
    ? event
    : (storable(event) as TrainEvent);
}

export function storableText(text: string): string {
  return text.replaceAll(/[\p{Surrogate}\0]/gu, "\uFFFD");
}

function storable(value: unknown): unknown {
  if (typeof value === "string") return storableText(value);
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [storableText(key), storable(item)]));
}
