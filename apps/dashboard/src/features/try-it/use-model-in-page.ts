/** The model of a tab: opened when the first picture asks for it, closed when the tab is left. */
"use client";
import { useCallback, useEffect, useRef, useState } from "react";
import type { OpenedModel } from "./classifier-protocol";
import { openModelInPage, type ModelInPage } from "./open-model-in-page";

export type ModelState =
  | { readonly status: "closed" | "opening" }
  | ({ readonly status: "open"; readonly model: ModelInPage } & OpenedModel)
  | { readonly status: "failed"; readonly message: string };

const CLOSED: ModelState = { status: "closed" };

/** @param url of the folder with the model's files. */
export function useModelInPage(url: string): { state: ModelState; open: () => void } {
  const [state, setState] = useState(CLOSED);
  const held = useRef<ModelInPage | null>(null);
  const close = useCallback(() => {
    held.current?.close();
    held.current = null;
  }, []);
  useEffect(() => {
    setState(CLOSED);
    return close;
  }, [url, close]);
  const open = useCallback(() => {
    if (held.current !== null) return;
    const model = openModelInPage(url);
    held.current = model;
    setState({ status: "opening" });
    model.opened.then(
      (opened) => held.current === model && setState({ status: "open", model, ...opened }),
      ({ message }: Error) => {
        if (held.current !== model) return;
        close();
        setState({ status: "failed", message });
      },
    );
  }, [url, close]);
  return { state, open };
}
