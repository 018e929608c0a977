/** All pictures that were tried, each with what it was taken for. */
"use client";
import { classNames, Skeleton } from "@convkit/ui";
import type { ModelCard } from "@convkit/schema";
import { percentOf } from "./class-bars";
import type { TriedPicture } from "./use-tried-pictures";

export interface TriedListProps {
  pictures: readonly TriedPicture[];
  selectedId: string | null;
  /** null until the model is open. */
  card: ModelCard | null;
  onSelect: (id: string) => void;
}

export function TriedList({ pictures, selectedId, card, onSelect }: TriedListProps) {
  return (
    <ul aria-label="Tried pictures" className="flex max-h-96 flex-col gap-0.5 overflow-y-auto p-0.5">
      {pictures.map((picture) => (
        <li key={picture.id}>
          <button
            type="button"
            aria-current={picture.id === selectedId}
            onClick={() => onSelect(picture.id)}
            className={classNames(
              "flex w-full cursor-pointer items-center gap-3 rounded-md p-1.5 text-left",
              picture.id === selectedId ? "bg-accent-soft" : "hover:bg-hover",
            )}
          >
            {picture.failure === null ? (
              <img
                src={picture.src}
                alt=""
                loading="lazy"
                decoding="async"
                className="size-10 shrink-0 rounded-sm bg-sunken object-cover"
              />
            ) : (
              <span aria-hidden="true" className="size-10 shrink-0 rounded-sm bg-bad-soft" />
            )}
            <span className="min-w-0 flex-1">
              <span className="block truncate text-sm text-ink">{picture.name}</span>
              <Outcome picture={picture} card={card} />
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Outcome({
  picture: { probabilities, failure },
  card,
}: Omit<TriedListProps, "pictures" | "selectedId" | "onSelect"> & { picture: TriedPicture }) {
  if (failure !== null) return <span className="block truncate text-xs text-bad">cannot be classified</span>;
  if (probabilities === null || card === null) return <Skeleton className="mt-1 h-3 w-24" />;
  return (
    <span className="block truncate text-xs text-ink-2 tabular-nums">{summaryOf(probabilities, card)}</span>
  );
}

function summaryOf(probabilities: Float32Array, { classNames: names, output }: ModelCard): string {
  if (output === "binary-logits") {
    const there = names.filter((_, index) => probabilities[index]! >= 0.5);
    return there.length === 0 ? "no label" : there.join(", ");
  }
  const top = probabilities.indexOf(Math.max(...probabilities));
  return `${names[top]} ${percentOf(probabilities[top]!)}`;
}
