/** Chooses what runs are grouped by: seeds of one setting become a row with mean and deviation. */
"use client";
import { Button, Checkbox, Popover, SearchField } from "@convkit/ui";
import { Layers } from "lucide-react";
import { useState } from "react";
import type { RunFields } from "../../trpc/context";

export interface GroupMenuProps {
  fields: RunFields | undefined;
  value: readonly string[];
  onChange: (by: readonly string[]) => void;
}

const COLUMNS = ["model", "dataset", "experiment", "status", "tag", "engine", "device"];
const MOST = 5;

export function GroupMenu({ fields, value, onChange }: GroupMenuProps) {
  const [query, setQuery] = useState("");
  const params = (fields?.params ?? []).filter(({ varies }) => varies).map(({ key }) => `param.${key}`);
  const all = [...new Set([...value, ...COLUMNS, ...params])];
  const shown = all.filter((field) => field.toLowerCase().includes(query.trim().toLowerCase()));
  return (
    <Popover
      label="Group by"
      trigger={
        <Button>
          <Layers className="size-4 text-ink-3 max-sm:hidden" aria-hidden="true" />
          Group
          {value.length > 0 && <span className="font-mono text-2xs text-accent">{value.length}</span>}
        </Button>
      }
    >
      <div className="flex items-center gap-2">
        <SearchField
          label="Find a field"
          placeholder="Find a field"
          value={query}
          onValueChange={setQuery}
          className="flex-1"
        />
        <Button variant="ghost" size="sm" disabled={value.length === 0} onClick={() => onChange([])}>
          No groups
        </Button>
      </div>
      <ul className="mt-2 flex max-h-72 flex-col gap-1 overflow-y-auto py-1 pl-1.5">
        {shown.map((field) => (
          <li key={field}>
            <Checkbox
              label={fieldLabel(field)}
              checked={value.includes(field)}
              disabled={!value.includes(field) && value.length >= MOST}
              onCheckedChange={(on) =>
                onChange(on ? [...value, field] : value.filter((each) => each !== field))
              }
            />
          </li>
        ))}
      </ul>
      <p className="mt-2 text-xs text-ink-3">
        Groups show mean ± standard deviation of each run's best value.
      </p>
    </Popover>
  );
}

export const fieldLabel = (field: string) => field.replace(/^param\./, "").replace(/^dataset$/, "data set");
