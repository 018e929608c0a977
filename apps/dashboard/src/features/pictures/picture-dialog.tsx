/** One picture, large, with what it is and what it was taken for; in a gallery, its neighbours are a click away. */
"use client";
import { Button, Dialog, Icon, KeyValueList, type KeyValue } from "@convkit/ui";
import { useState, type KeyboardEvent } from "react";

export interface ShownPicture {
  readonly id: string;
  readonly src: string | null;
  readonly title: string;
  readonly facts: readonly KeyValue[];
}

/** Where the picture stands in its gallery. */
export interface Neighbours {
  /** From 0. */
  readonly index: number;
  readonly total: number;
  /** While pictures beyond the last that is here are on their way. */
  readonly busy: boolean;
  /** By −1 or 1, within the gallery. */
  onStep: (step: -1 | 1) => void;
}

export interface PictureDialogProps {
  picture: ShownPicture | null;
  neighbours?: Neighbours;
  onClose: () => void;
}

export function PictureDialog({ picture, neighbours, onClose }: PictureDialogProps) {
  const onKeyDown = (event: KeyboardEvent) => {
    // With a modifier they are the browser's: back, forward.
    if (!neighbours || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const step = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : null;
    if (step === null) return;
    event.preventDefault();
    if (canStep(neighbours, step)) neighbours.onStep(step);
  };
  return (
    <Dialog
      open={picture !== null}
      onOpenChange={(open) => !open && onClose()}
      title={picture?.title ?? ""}
      onKeyDown={onKeyDown}
      {...(neighbours && neighbours.total > 1 && { footer: <Steps {...neighbours} /> })}
    >
      {picture && (
        <div className="flex flex-col gap-4">
          <LargePicture key={picture.id} src={picture.src} />
          <KeyValueList
            items={[...picture.facts, { key: "id", label: "Picture", value: picture.id, mono: true }]}
          />
        </div>
      )}
    </Dialog>
  );
}

function canStep({ index, total, busy }: Neighbours, step: -1 | 1): boolean {
  return !busy && index + step >= 0 && index + step < total;
}

function Steps(neighbours: Neighbours) {
  const { index, total, onStep } = neighbours;
  const stepButton = (step: -1 | 1, label: string) => {
    const isPossible = canStep(neighbours, step);
    // Not `disabled`, which would drop the focus at the last picture, and the arrow keys with it.
    return (
      <Button
        aria-disabled={!isPossible}
        className="aria-disabled:cursor-not-allowed aria-disabled:text-ink-3"
        onClick={() => isPossible && onStep(step)}
      >
        {label}
      </Button>
    );
  };
  return (
    <>
      <p aria-live="polite" className="mr-auto self-center text-xs text-ink-3 tabular-nums">
        {(index + 1).toLocaleString("en")} of {total.toLocaleString("en")}
      </p>
      {stepButton(-1, "Previous")}
      {stepButton(1, "Next")}
    </>
  );
}

function LargePicture({ src }: { src: string | null }) {
  const [missing, setMissing] = useState(src === null);
  return (
    <div className="flex aspect-square max-h-96 w-full items-center justify-center overflow-hidden rounded-md bg-sunken">
      {missing || src === null ? (
        <p className="flex flex-col items-center gap-2 px-6 text-center text-sm text-ink-3">
          <Icon name="image" className="size-8" />
          Nobody has uploaded this picture. A worker that has the data set does so once.
        </p>
      ) : (
        <img
          src={src}
          alt=""
          onError={() => setMissing(true)}
          className="size-full object-contain [image-rendering:pixelated]"
        />
      )}
    </div>
  );
}
