/** News that needs no answer: a run was deleted, 1.2 GB came back. Spoken by screen readers; F8 leads to it. */
"use client";
import { Toast as Radix } from "radix-ui";
import { createContext, use, useCallback, useRef, useState, type ReactNode } from "react";
import { Button } from "./button.js";
import { classNames } from "./class-names.js";
import { Icon } from "./icon.js";

export interface ToastMessage {
  title: string;
  description?: ReactNode;
  tone?: "neutral" | "good" | "bad";
  /** "Undo", or the way to what was made. */
  action?: { label: string; onSelect: () => void };
  /** Five seconds unless said otherwise; a failure stays until it is closed. */
  durationMs?: number;
}

type ShowToast = (message: ToastMessage) => void;

const ToastContext = createContext<ShowToast | null>(null);

/** @throws {Error} outside a `ToastProvider`. */
export function useToast(): ShowToast {
  const show = use(ToastContext);
  if (show === null)
    throw new Error("Expected a <ToastProvider> above. Received: none. Put one into the layout.");
  return show;
}

const icons = { good: "check", bad: "alert" } as const;
const iconColors = { good: "text-good", bad: "text-bad" };

export function ToastProvider({ children }: { children: ReactNode }) {
  const [messages, setMessages] = useState<(ToastMessage & { key: number })[]>([]);
  const nextKey = useRef(0);
  const show = useCallback<ShowToast>((message) => {
    const key = nextKey.current++;
    setMessages((all) => [...all.slice(-3), { ...message, key }]);
  }, []);
  return (
    <ToastContext value={show}>
      <Radix.Provider swipeDirection="right">
        {children}
        {messages.map(({ key, title, description, tone = "neutral", action, durationMs }) => (
          <Radix.Root
            key={key}
            duration={durationMs ?? (tone === "bad" ? Infinity : 5000)}
            type={tone === "bad" ? "foreground" : "background"}
            onOpenChange={(open) =>
              !open && setMessages((all) => all.filter((message) => message.key !== key))
            }
            className="relative flex animate-appear items-start gap-3 overflow-hidden rounded-lg bg-raised py-2.5 pr-2 pl-4 text-ink shadow-raised"
          >
            {tone !== "neutral" && (
              <Icon name={icons[tone]} className={classNames("mt-0.5", iconColors[tone])} />
            )}
            <div className="min-w-0 flex-1">
              <Radix.Title className="text-sm font-medium">{title}</Radix.Title>
              {description && (
                <Radix.Description className="mt-0.5 text-xs break-words text-ink-2">
                  {description}
                </Radix.Description>
              )}
            </div>
            {action && (
              <Radix.Action asChild altText={action.label} onClick={action.onSelect}>
                <Button size="sm">{action.label}</Button>
              </Radix.Action>
            )}
            <Radix.Close asChild>
              <Button variant="ghost" size="sm" aria-label="Close" square>
                <Icon name="close" />
              </Button>
            </Radix.Close>
          </Radix.Root>
        ))}
        <Radix.Viewport className="fixed right-0 bottom-0 z-60 flex w-96 max-w-full flex-col gap-2 p-4 outline-none" />
      </Radix.Provider>
    </ToastContext>
  );
}
