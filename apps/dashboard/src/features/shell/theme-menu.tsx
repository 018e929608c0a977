/** Light, dark, or what the system says. */
"use client";
import { DropdownMenu, IconButton } from "@convkit/ui";
import { Monitor, Moon, Sun } from "lucide-react";
import { useState } from "react";
import { rememberPreference, THEME_COOKIE, themes, type Theme } from "./preference";

const icons = { system: Monitor, light: Sun, dark: Moon };
const labels = { system: "As the system", light: "Light", dark: "Dark" };

export function ThemeMenu({ initial }: { initial: Theme }) {
  const [theme, setTheme] = useState(initial);
  const Current = icons[theme];
  const choose = (next: Theme) => {
    setTheme(next);
    rememberPreference(THEME_COOKIE, next);
    if (next === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = next;
  };
  return (
    <DropdownMenu
      align="start"
      trigger={
        <IconButton label={`Theme: ${labels[theme].toLowerCase()}`} tooltip={false}>
          <Current className="size-4" aria-hidden="true" />
        </IconButton>
      }
      items={themes.map((option) => ({
        kind: "check",
        label: labels[option],
        checked: option === theme,
        onCheckedChange: () => choose(option),
      }))}
    />
  );
}
