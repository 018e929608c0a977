/** One picture, large, with what it is and what it was taken for. */
"use client";
import { Dialog, Icon, KeyValueList, type KeyValue } from "@convkit/ui";
import { useState } from "react";

export interface ShownPicture {
  readonly id: string;
  readonly src: string | null;
  readonly title: string;
  readonly facts: readonly KeyValue[];
}

export function PictureDialog({ picture, onClose }: { picture: ShownPicture | null; onClose: () => void }) {
  return (
    <Dialog open={picture !== null} onOpenChange={(open) => !open && onClose()} title={picture?.title ?? ""}>
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
