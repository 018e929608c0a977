/**
 * Parts of a page whose scripts come when they are first shown.
 *
 * Unlike next/dynamic and React.lazy, a part whose script is here is drawn at once. Those suspend, and React keeps what
 * stands in a suspended part's place for 300 ms, so that nothing flickers: a page of a tab and charts in it would
 * wait 600 ms for scripts that came in ten.
 */
"use client";
import { useEffect, useState, useSyncExternalStore, type ComponentType } from "react";

export interface LazyPart<Props> {
  (props: Props): React.ReactNode;
  /** Begins to fetch the script; a failure shows when the part is drawn. */
  preload: () => void;
}

/** @param Placeholder stands there until the script has come. */
export function lazyPart<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  Placeholder: ComponentType = () => null,
): LazyPart<Props> {
  let Loaded: ComponentType<Props> | null = null;
  let loading: Promise<void> | null = null;
  const listeners = new Set<() => void>();
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  const begin = () =>
    (loading ??= load().then(
      (component) => {
        Loaded = component;
        for (const listener of listeners) listener();
      },
      (error: unknown) => {
        // The next one to be drawn tries again.
        loading = null;
        throw error;
      },
    ));

  function Part(props: Props) {
    const Shown = useSyncExternalStore(
      subscribe,
      () => Loaded,
      () => null,
    );
    const [failure, setFailure] = useState<{ error: unknown } | null>(null);
    useEffect(() => {
      begin().catch((error: unknown) => setFailure({ error }));
    }, []);
    if (failure) throw failure.error;
    return Shown ? <Shown {...props} /> : <Placeholder />;
  }
  Part.preload = () => void begin().catch(() => undefined);
  return Part;
}
