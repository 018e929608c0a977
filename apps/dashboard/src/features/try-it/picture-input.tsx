/** Where pictures come from: dropped, chosen, pasted, or taken by the camera. */
"use client";
import { Button, classNames } from "@convkit/ui";
import { Camera, ImagePlus, ShieldCheck } from "lucide-react";
import { useEffect, useRef, useState, type DragEvent } from "react";
import type { NewPicture } from "./use-tried-pictures";

export interface PictureInputProps {
  onPictures: (pictures: readonly NewPicture[]) => void;
  onCamera: () => void;
}

export function PictureInput({ onPictures, onCamera }: PictureInputProps) {
  const picker = useRef<HTMLInputElement>(null);
  const [isOver, setIsOver] = useState(false);
  const add = (files: Iterable<File> | null | undefined) => {
    const pictures = [...(files ?? [])].map((source) => ({ name: source.name || "pasted", source }));
    onPictures(pictures);
  };
  usePaste(add);
  const drag = (event: DragEvent, over: boolean) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    setIsOver(over);
  };
  return (
    <div
      onDragEnter={(event) => drag(event, true)}
      onDragOver={(event) => drag(event, true)}
      onDragLeave={(event) => drag(event, false)}
      onDrop={(event) => {
        drag(event, false);
        add(event.dataTransfer.files);
      }}
      className={classNames(
        "flex flex-col items-center gap-3 rounded-lg border border-dashed px-4 py-6 text-center transition-colors",
        isOver ? "border-accent bg-accent-soft" : "border-line-strong bg-sunken",
      )}
    >
      <p className="text-sm text-balance text-ink-2">Drop pictures here, paste them, or</p>
      <div className="flex flex-wrap justify-center gap-2">
        <Button variant="primary" onClick={() => picker.current?.click()}>
          <ImagePlus className="size-4" aria-hidden="true" />
          Choose pictures
        </Button>
        <Button onClick={onCamera}>
          <Camera className="size-4 text-ink-3" aria-hidden="true" />
          Use the camera
        </Button>
      </div>
      <input
        ref={picker}
        type="file"
        accept="image/*"
        multiple
        hidden
        aria-label="Pictures"
        onChange={({ currentTarget }) => {
          add(currentTarget.files);
          // So that the same file can be chosen again.
          currentTarget.value = "";
        }}
      />
      <p className="flex items-start gap-1.5 text-left text-xs text-ink-2">
        <ShieldCheck className="mt-0.5 size-3.5 shrink-0 text-good" aria-hidden="true" />
        Pictures stay in this browser: the model comes to them, and nothing is uploaded.
      </p>
    </div>
  );
}

/** Anywhere on the page, but for texts that are pasted into a field. */
function usePaste(add: (files: Iterable<File>) => void): void {
  const latest = useRef(add);
  latest.current = add;
  useEffect(() => {
    const onPaste = (event: ClipboardEvent) => {
      const files = event.clipboardData?.files;
      if (!files || files.length === 0) return;
      event.preventDefault();
      latest.current(files);
    };
    window.addEventListener("paste", onPaste);
    return () => window.removeEventListener("paste", onPaste);
  }, []);
}
