/** A password, which its writer may look at. */
"use client";
import { Field, Input } from "@convkit/ui";
import { useState } from "react";

export interface PasswordFieldProps {
  value: string;
  onValueChange: (value: string) => void;
  autoComplete: "current-password" | "new-password";
  help?: string;
  minLength?: number;
}

export function PasswordField({ value, onValueChange, autoComplete, help, minLength }: PasswordFieldProps) {
  const [isShown, setIsShown] = useState(false);
  return (
    <Field label="Password" help={help}>
      {(control) => (
        <span className="relative">
          <Input
            {...control}
            name="password"
            type={isShown ? "text" : "password"}
            autoComplete={autoComplete}
            autoCapitalize="none"
            spellCheck={false}
            required
            minLength={minLength}
            maxLength={128}
            value={value}
            onChange={(event) => onValueChange(event.currentTarget.value)}
            padding="pl-2.5 pr-16"
          />
          <button
            type="button"
            aria-pressed={isShown}
            aria-label="Show the password"
            onClick={() => setIsShown(!isShown)}
            className="absolute top-1/2 right-1 flex h-6 -translate-y-1/2 cursor-pointer items-center rounded-sm px-2 text-xs font-medium text-ink-2 hover:bg-hover hover:text-ink"
          >
            {isShown ? "Hide" : "Show"}
          </button>
        </span>
      )}
    </Field>
  );
}
