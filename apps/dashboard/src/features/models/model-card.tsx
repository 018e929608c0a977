/** What a version's card says: all that is needed to use the network on a picture. Read when it is opened. */
"use client";
import { ErrorState, formatMetric, KeyValueList, Skeleton, type KeyValue } from "@convkit/ui";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ModelCard as Card } from "@convkit/schema";
import { messageOfError } from "../../trpc/message-of-error";
import { artifactUrl } from "../shell/links";

export const CARD_PATH = "model/model-card.json";
const MOST_CLASSES = 40;

export function ModelCard({ runId }: { runId: string }) {
  const [open, setOpen] = useState(false);
  const query = useQuery({
    queryKey: ["model card", runId],
    queryFn: () => readCard(artifactUrl(runId, CARD_PATH)),
    enabled: open,
    staleTime: Infinity,
  });
  return (
    <details className="text-sm" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="w-fit cursor-pointer rounded-sm font-medium text-ink">Card</summary>
      <div className="mt-2">
        {query.data ? (
          <KeyValueList items={factsOf(query.data)} />
        ) : query.error ? (
          <ErrorState message={messageOfError(query.error)} onRetry={() => void query.refetch()} />
        ) : (
          <Skeleton className="h-24 w-full" />
        )}
      </div>
    </details>
  );
}

/** A run brings its card along: any of it may be missing or of another kind. */
type ReceivedCard = { readonly [key in keyof Card]?: unknown };

async function readCard(url: string): Promise<ReceivedCard> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`Expected the model's card. Received: status ${response.status}.`);
  const card: unknown = await response.json();
  if (typeof card !== "object" || card === null || Array.isArray(card))
    throw new Error("Expected a model card, which is an object. Received: other JSON.");
  return card;
}

function factsOf(card: ReceivedCard): readonly KeyValue[] {
  const classes = Array.isArray(card.classNames) ? card.classNames.map(text) : [];
  const more = classes.length > MOST_CLASSES ? `, and ${classes.length - MOST_CLASSES} more` : "";
  const { parameters } = card;
  const facts: (KeyValue | false)[] = [
    { key: "name", label: "Network", value: text(card.name), mono: true },
    Array.isArray(card.inputShape) && {
      key: "input",
      label: "Input",
      value: `${card.inputShape.map(text).join(" × ")} (height, width, channels)`,
    },
    typeof parameters === "number" && {
      key: "parameters",
      label: "Parameters",
      value: formatMetric(parameters),
    },
    {
      key: "classes",
      label: `Classes, ${classes.length}`,
      value: classes.slice(0, MOST_CLASSES).join(", ") + more,
    },
    Array.isArray(card.preprocessing) && {
      key: "preprocessing",
      label: "Before the network",
      value: card.preprocessing.length === 0 ? "nothing" : card.preprocessing.map(transformText).join(" → "),
      mono: true,
    },
    card.output !== undefined && { key: "output", label: "Its output", value: text(card.output) },
  ];
  return facts.filter((fact) => fact !== false);
}

const text = (value: unknown) => (typeof value === "string" ? value : (JSON.stringify(value) ?? "not said"));

/** `{ name: "Resize", size: 32 }` → `Resize(size 32)`. */
function transformText(transform: unknown): string {
  if (typeof transform !== "object" || transform === null) return text(transform);
  const { name, module, ...options } = transform as Record<string, unknown>;
  const settings = Object.entries(options).map(([key, value]) => `${key} ${text(value)}`);
  return `${text(name ?? module)}${settings.length > 0 ? `(${settings.join(", ")})` : ""}`;
}
