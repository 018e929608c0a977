/** The pictures that somebody tries: each is classified once as it is, in the order in which they came. */
"use client";
import { useCallback, useEffect, useRef, useState } from "react";
import type { ModelInPage } from "./open-model-in-page";
import { NEUTRAL } from "./disturbance";

export interface TriedPicture {
  readonly id: string;
  readonly name: string;
  readonly source: Blob;
  /** For an `img`; revoked when the picture goes. */
  readonly src: string;
  /** Index of the class that it is known to be of. */
  readonly label: number | null;
  /** As it is, without sliders; null until then. */
  readonly probabilities: Float32Array | null;
  /** Why it cannot be classified. */
  readonly failure: string | null;
}

export interface NewPicture {
  readonly name: string;
  readonly source: Blob;
  readonly label?: number | null;
}

export interface TriedPictures {
  readonly pictures: readonly TriedPicture[];
  readonly selected: TriedPicture | null;
  add(pictures: readonly NewPicture[]): void;
  select(id: string): void;
  clear(): void;
}

/** @param model null: not open yet; what is added waits. */
export function useTriedPictures(model: ModelInPage | null): TriedPictures {
  const [pictures, setPictures] = useState<readonly TriedPicture[]>([]);
  const [selectedId, setSelectedId] = useState<string | null>(null);
  const count = useRef(0);
  const release = useRef<() => void>(() => undefined);
  release.current = () => pictures.forEach(({ src }) => URL.revokeObjectURL(src));
  useEffect(() => () => release.current(), []);

  const waiting = pictures.find(({ probabilities, failure }) => probabilities === null && failure === null);
  useEffect(() => {
    if (model === null || waiting === undefined) return;
    let isOver = false;
    const settle = (outcome: Partial<TriedPicture>) => {
      if (isOver) return;
      setPictures((all) => all.map((each) => (each.id === waiting.id ? { ...each, ...outcome } : each)));
    };
    model.classify({ id: waiting.id, source: waiting.source, disturbance: NEUTRAL }).then(
      ({ probabilities }) => settle({ probabilities }),
      ({ message }: Error) => settle({ failure: message }),
    );
    return () => {
      isOver = true;
    };
  }, [model, waiting]);

  return {
    pictures,
    selected: pictures.find(({ id }) => id === selectedId) ?? null,
    add: useCallback((added) => {
      if (added.length === 0) return;
      const tried = added.map(({ name, source, label = null }): TriedPicture => ({
        id: String(count.current++),
        name,
        source,
        src: URL.createObjectURL(source),
        label,
        probabilities: null,
        failure: null,
      }));
      setPictures((all) => [...tried, ...all]);
      setSelectedId(tried[0]!.id);
    }, []),
    select: setSelectedId,
    clear() {
      release.current();
      setPictures([]);
      setSelectedId(null);
    },
  };
}
