/** Probabilities as bars: the likeliest classes, or of a network of label sets every label by itself. */
"use client";
import { Button, classNames, Icon } from "@convkit/ui";
import { useState } from "react";
import type { ModelCard } from "@convkit/schema";

export interface ClassBarsProps {
  card: ModelCard;
  probabilities: Float32Array;
  /** Of the picture without what the sliders do: a mark on each bar. Null where that is the same. */
  undisturbed: Float32Array | null;
  /** Index of the class whose evidence is shown; null: none is. */
  explained: number | null;
  /** Left out where nothing can be explained. */
  onExplain?: ((index: number) => void) | undefined;
}

const TOP = 5;
/** From which probability on a label counts as there, as `convkit predict` has it. */
const LABEL_THRESHOLD = 0.5;

export function ClassBars(props: ClassBarsProps) {
  const { card, probabilities, undisturbed, explained, onExplain } = props;
  const [showsAll, setShowsAll] = useState(false);
  const isMultiLabel = card.output === "binary-logits";
  const order = card.classNames.map((_, index) => index);
  // Labels stay in their places: each is a question of its own.
  if (!isMultiLabel) order.sort((a, b) => probabilities[b]! - probabilities[a]!);
  const most = isMultiLabel ? 2 * TOP : TOP;
  const shown = showsAll ? order : order.slice(0, most);
  return (
    <div className="flex flex-col gap-2">
      <ol
        aria-label={isMultiLabel ? "Probability of each label" : "Likeliest classes"}
        className="flex flex-col gap-1.5"
      >
        {shown.map((index, rank) => (
          <ClassBar
            key={index}
            name={card.classNames[index]!}
            probability={probabilities[index]!}
            isExplained={index === explained}
            onExplain={onExplain && (() => onExplain(index))}
            before={undisturbed?.[index] ?? null}
            threshold={isMultiLabel ? LABEL_THRESHOLD : null}
            strong={isMultiLabel ? probabilities[index]! >= LABEL_THRESHOLD : rank === 0}
          />
        ))}
      </ol>
      {order.length > most && (
        <Button size="sm" variant="ghost" className="self-start" onClick={() => setShowsAll(!showsAll)}>
          {showsAll ? `The first ${most} only` : `All ${order.length} ${isMultiLabel ? "labels" : "classes"}`}
        </Button>
      )}
    </div>
  );
}

interface ClassBarProps {
  name: string;
  probability: number;
  before: number | null;
  threshold: number | null;
  strong: boolean;
  isExplained: boolean;
  onExplain: (() => void) | undefined;
}

/** Of one width, since it changes while one looks. */
export const percentOf = (value: number) => `${(value * 100).toFixed(1)}%`;
const place = (value: number) => ({ left: `calc(${Math.min(100, value * 100)}% - 1px)` });

function ClassBar(props: ClassBarProps) {
  const { name, probability, before, threshold, strong, isExplained, onExplain } = props;
  return (
    <li data-class={name} data-probability={probability}>
      <div className="flex items-baseline justify-between gap-3 text-sm">
        <span className={classNames("min-w-0 truncate", strong ? "font-semibold text-ink" : "text-ink-2")}>
          {onExplain ? (
            <button
              type="button"
              aria-pressed={isExplained}
              title={`Show where the network looks for ${name}`}
              onClick={onExplain}
              className="cursor-pointer rounded-sm underline-offset-4 hover:underline aria-pressed:underline aria-pressed:decoration-2"
            >
              {name}
            </button>
          ) : (
            name
          )}
          {threshold !== null && strong && (
            <span className="ml-1.5 text-xs font-medium text-good">
              <Icon name="check" className="mr-0.5 inline size-3" />
              there
            </span>
          )}
        </span>
        <span className="shrink-0 font-mono text-xs text-ink-2 tabular-nums">
          {before !== null && (
            <span className="mr-2 text-ink-3">
              <span className="sr-only">without the sliders </span>
              {percentOf(before)} →
            </span>
          )}
          {percentOf(probability)}
        </span>
      </div>
      <div aria-hidden="true" className="relative mt-0.5 h-2 overflow-hidden rounded-full bg-line">
        <div
          className={classNames("h-full rounded-full", strong ? "bg-accent" : "bg-control")}
          style={{ width: `${Math.min(100, probability * 100)}%` }}
        />
        {threshold !== null && <div className="absolute inset-y-0 w-0.5 bg-ink-3" style={place(threshold)} />}
        {before !== null && <div className="absolute inset-y-0 w-0.5 bg-warn" style={place(before)} />}
      </div>
    </li>
  );
}
