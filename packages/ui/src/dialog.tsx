/** What interrupts: a dialog, and a question before something is lost. On a phone both rise from below. */
"use client";
import { AlertDialog as RadixAlert, Dialog as Radix } from "radix-ui";
import { useId, useState, type KeyboardEventHandler, type ReactNode } from "react";
import { Button } from "./button.js";
import { classNames } from "./class-names.js";
import { Input } from "./field.js";
import { Icon } from "./icon.js";

const overlayClasses = "fixed inset-0 z-40 animate-appear bg-black/40";
const panelClasses =
  "fixed z-50 flex max-h-[85dvh] flex-col bg-raised text-ink shadow-raised animate-appear max-sm:inset-x-0 max-sm:bottom-0 max-sm:rounded-t-lg sm:top-[12dvh] sm:left-1/2 sm:w-[calc(100vw-3rem)] sm:-translate-x-1/2 sm:rounded-lg";

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  children: ReactNode;
  /** Buttons at the foot, the one that goes on last. */
  footer?: ReactNode;
  /** Of keys anywhere in it. */
  onKeyDown?: KeyboardEventHandler;
  /** `wide` for tables and pictures. */
  size?: "normal" | "wide";
}

export function Dialog(props: DialogProps) {
  const { open, onOpenChange, title, description, children, footer, onKeyDown, size } = props;
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={overlayClasses} />
        <Radix.Content
          {...(description ? {} : { "aria-describedby": undefined })}
          {...(onKeyDown && { onKeyDown })}
          className={classNames(panelClasses, size === "wide" ? "sm:max-w-5xl" : "sm:max-w-lg")}
        >
          <header className="flex items-start gap-3 px-5 pt-4 pb-3">
            <div className="min-w-0 flex-1">
              <Radix.Title className="text-lg font-semibold tracking-tight">{title}</Radix.Title>
              {description && (
                <Radix.Description className="mt-0.5 text-sm text-ink-2">{description}</Radix.Description>
              )}
            </div>
            <Radix.Close asChild>
              <Button variant="ghost" size="sm" aria-label="Close" square className="-mr-2">
                <Icon name="close" />
              </Button>
            </Radix.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 pb-5">{children}</div>
          {footer && (
            <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">
              {footer}
            </footer>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export interface ConfirmDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  /** What will be lost or changed, in figures. */
  description: ReactNode;
  /** A verb: "Delete 3 runs". */
  confirmLabel: string;
  /** The caller closes the dialog when it is done. */
  onConfirm: () => void;
  busy?: boolean;
  danger?: boolean;
  /** A word that must be typed first. */
  typedConfirmation?: string;
  children?: ReactNode;
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  const { open, onOpenChange, title, description } = props;
  return (
    <RadixAlert.Root open={open} onOpenChange={onOpenChange}>
      <RadixAlert.Portal>
        <RadixAlert.Overlay className={overlayClasses} />
        <RadixAlert.Content className={classNames(panelClasses, "p-5 sm:max-w-md")}>
          <RadixAlert.Title className="text-lg font-semibold tracking-tight">{title}</RadixAlert.Title>
          <RadixAlert.Description asChild>
            <div className="mt-1 text-sm text-ink-2">{description}</div>
          </RadixAlert.Description>
          <ConfirmForm {...props} />
        </RadixAlert.Content>
      </RadixAlert.Portal>
    </RadixAlert.Root>
  );
}

/** Apart, so that what was typed is forgotten when the dialog closes. */
function ConfirmForm(props: ConfirmDialogProps) {
  const { confirmLabel, onConfirm, busy = false, danger = false, typedConfirmation, children } = props;
  const [typed, setTyped] = useState("");
  const id = useId();
  const allowed = typedConfirmation === undefined || typed.trim() === typedConfirmation;
  return (
    <form
      className="mt-4 flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (allowed && !busy) onConfirm();
      }}
    >
      {children}
      {typedConfirmation !== undefined && (
        <div className="flex flex-col gap-1">
          <label htmlFor={id} className="text-sm text-ink-2">
            Type <span className="font-mono font-medium text-ink">{typedConfirmation}</span> to go on
          </label>
          <Input
            id={id}
            mono
            value={typed}
            autoComplete="off"
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        </div>
      )}
      <div className="flex justify-end gap-2">
        <RadixAlert.Cancel asChild>
          <Button>Cancel</Button>
        </RadixAlert.Cancel>
        <Button type="submit" variant={danger ? "destroy" : "primary"} disabled={!allowed} busy={busy}>
          {confirmLabel}
        </Button>
      </div>
    </form>
  );
}
