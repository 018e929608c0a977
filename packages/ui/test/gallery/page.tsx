/** Every component on one page, with state where it needs some: for the tests in a browser, and for the eye. */
import { useState } from "react";
import { createRoot } from "react-dom/client";
import {
  Badge,
  Button,
  Card,
  Checkbox,
  ConfirmDialog,
  CopyButton,
  Dialog,
  DiffTable,
  DropdownMenu,
  EmptyState,
  ErrorState,
  Field,
  formatDuration,
  Icon,
  IconButton,
  Input,
  JsonTree,
  Kbd,
  KeyValueList,
  LogView,
  PictureGrid,
  Popover,
  ProgressBar,
  SearchField,
  Segmented,
  Select,
  Skeleton,
  Slider,
  StatusBadge,
  Switch,
  Tabs,
  TextArea,
  ToastProvider,
  Tooltip,
  useToast,
  type LogLine,
} from "../../src/index.js";
import { CurveSections } from "./curve-sections.js";
import { MatrixSections } from "./matrix-sections.js";
import { cifarLabels, sampleConfig, samplePicture } from "./sample-data.js";
import { Section } from "./section.js";
import { TableSections } from "./table-sections.js";

function Controls() {
  const [query, setQuery] = useState("val_accuracy > 0.9");
  const [smoothing, setSmoothing] = useState(0.6);
  const [axis, setAxis] = useState<"step" | "epoch" | "time">("epoch");
  const [engine, setEngine] = useState<"native" | "webgpu" | "cpu">("native");
  const [on, setOn] = useState(true);
  const [tab, setTab] = useState("curves");
  const [dialog, setDialog] = useState(false);
  const [confirm, setConfirm] = useState(false);
  const toast = useToast();
  return (
    <Card title="Controls" detail="primitives">
      <div className="flex flex-col gap-5">
        <div className="flex flex-wrap items-center gap-2">
          <Button variant="primary">New run</Button>
          <Button>Compare</Button>
          <Button variant="ghost">Cancel</Button>
          <Button variant="danger" onClick={() => setConfirm(true)}>
            Delete
          </Button>
          <Button busy>Saving</Button>
          <Button disabled>Archive</Button>
          <Button onClick={() => setDialog(true)}>Open dialog</Button>
          <Button
            onClick={() =>
              toast({
                title: "3 runs deleted",
                description: "1.23 GB came back",
                tone: "good",
                action: { label: "Undo", onSelect: () => {} },
              })
            }
          >
            Show toast
          </Button>
          <IconButton label="Download">
            <Icon name="download" />
          </IconButton>
          <DropdownMenu
            trigger={
              <IconButton label="More" tooltip={false}>
                <Icon name="more" />
              </IconButton>
            }
            items={[
              { label: "Run again with changes", onSelect: () => {}, shortcut: "R" },
              { label: "Archive", onSelect: () => {} },
              { kind: "separator" },
              { label: "Delete", danger: true, onSelect: () => {} },
            ]}
          />
          <Popover label="Filters" trigger={<Button>Filters</Button>}>
            <p className="text-sm">Status, model, tags.</p>
          </Popover>
          <Tooltip content="Validation accuracy at the best epoch">
            <Button variant="ghost">Hover me</Button>
          </Tooltip>
          <CopyButton text="run-1" label="Copy run id" />
          <Kbd>/</Kbd>
        </div>
        <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
          <SearchField label="Search runs" value={query} onValueChange={setQuery} placeholder="Search runs" />
          <Select
            label="Engine"
            value={engine}
            onValueChange={setEngine}
            options={[
              { value: "native", label: "native" },
              { value: "webgpu", label: "webgpu" },
              { value: "cpu", label: "cpu" },
            ]}
          />
          <Segmented
            label="x axis"
            value={axis}
            onValueChange={setAxis}
            options={[
              { value: "step", label: "Step" },
              { value: "epoch", label: "Epoch" },
              { value: "time", label: "Time" },
            ]}
          />
          <Slider
            label="Smoothing"
            value={smoothing}
            onValueChange={setSmoothing}
            min={0}
            max={0.99}
            step={0.01}
            format={(value) => value.toFixed(2)}
          />
          <div className="flex gap-5">
            <Switch label="Show raw" checked={on} onCheckedChange={setOn} />
            <Checkbox label="Archived" checked={on} onCheckedChange={setOn} />
          </div>
          <ProgressBar label="resnet9" value={0.42} remainingMs={754_000} />
          <Field label="Learning rate" help="Of the whole batch; falls to 0 at the end.">
            {(control) => <Input {...control} mono defaultValue="0.05" />}
          </Field>
          <Field label="Epochs" error="Expected a whole number of at least 1. Received: 0.">
            {(control) => <Input {...control} mono defaultValue="0" />}
          </Field>
          <Field label="Note">
            {(control) => <TextArea {...control} rows={2} defaultValue="Longer warm-up." />}
          </Field>
        </div>
        <div className="flex flex-wrap gap-2">
          {(["queued", "running", "completed", "stopped", "interrupted", "failed", "lost"] as const).map(
            (status) => (
              <StatusBadge key={status} status={status} />
            ),
          )}
          <Badge tone="accent">champion</Badge>
          <Badge>cifar10</Badge>
        </div>
        <Tabs
          label="Run"
          value={tab}
          onValueChange={setTab}
          items={[
            { value: "curves", label: "Curves", content: <p className="text-sm text-ink-2">Ten metrics.</p> },
            { value: "config", label: "Config", content: <p className="text-sm">Config</p> },
            {
              value: "pictures",
              label: "Pictures",
              badge: "1,204",
              content: <p className="text-sm">Pictures</p>,
            },
          ]}
        />
      </div>
      <Dialog
        open={dialog}
        onOpenChange={setDialog}
        title="Save this view"
        description="Its filters, columns and sort."
        footer={<Button variant="primary">Save</Button>}
      >
        <Field label="Name">{(control) => <Input {...control} defaultValue="Best of resnet9" />}</Field>
      </Dialog>
      <ConfirmDialog
        open={confirm}
        onOpenChange={setConfirm}
        title="Delete 3 runs?"
        description="Their curves, pictures and 1.23 GB of checkpoints are lost."
        confirmLabel="Delete 3 runs"
        typedConfirmation="delete"
        danger
        onConfirm={() => setConfirm(false)}
      />
    </Card>
  );
}

const lines: LogLine[] = Array.from({ length: 5000 }, (_, index) => ({
  id: String(index),
  timeMs: 1_780_000_000_000 + index * 730,
  level: index % 97 === 40 ? "error" : index % 31 === 7 ? "warn" : index % 5 === 0 ? "debug" : "info",
  text:
    index % 97 === 40
      ? "Loss became NaN in step 1,204; the run goes on"
      : `epoch ${Math.floor(index / 40)} step ${index} loss ${(2 / (index + 1)).toFixed(4)}`,
}));

const pictures = Array.from({ length: 10_000 }, (_, index) => ({
  id: `picture-${index}`,
  src: index === 5 ? null : index === 7 ? "data:image/png;base64,broken" : samplePicture(index % 200),
  label: cifarLabels[index % 10] ?? "",
  prediction: cifarLabels[index % 3 === 0 ? (index + 2) % 10 : index % 10] ?? "",
  probability: 0.5 + (index % 50) / 101,
}));

function Facts() {
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <Card title="Facts">
        <KeyValueList
          items={[
            { key: "model", label: "Model", value: "resnet9" },
            { key: "duration", label: "Duration", value: formatDuration(4_320_000), mono: true },
            { key: "hash", label: "Data set", value: "cifar10 · 6d1a8c04ef", mono: true },
          ]}
        />
      </Card>
      <Card title="Config">
        <JsonTree label="config" value={sampleConfig} />
      </Card>
      <Card title="Config diff" flush className="lg:col-span-2">
        <DiffTable
          label="Configs"
          columns={[
            { id: "a", header: "resnet9-s0", config: sampleConfig },
            {
              id: "b",
              header: "resnet9-s1",
              config: {
                ...sampleConfig,
                seed: 2,
                optimizer: { ...sampleConfig.optimizer, learningRate: 0.1 },
              },
            },
            { id: "c", header: "resnet20-s0", config: { ...sampleConfig, model: { name: "resnet20" } } },
          ]}
        />
      </Card>
      <Card title="Log" flush className="lg:col-span-2">
        <LogView label="Log" lines={lines} height={220} follow />
      </Card>
      <Card>
        <EmptyState
          title="No runs yet"
          description="Train one with `convkit train`, or start it here."
          action={<Button variant="primary">New run</Button>}
        />
      </Card>
      <Card>
        <ErrorState
          message="Expected an answer within 10 s. Received: none. Is the server still running?"
          onRetry={() => {}}
        />
      </Card>
      <Card title="Coming">
        <div className="flex flex-col gap-2" aria-busy="true">
          <Skeleton className="w-2/3" />
          <Skeleton className="w-1/2" />
        </div>
      </Card>
    </div>
  );
}

function Gallery() {
  const [opened, setOpened] = useState("");
  return (
    <ToastProvider>
      <main className="mx-auto flex max-w-7xl flex-col gap-4 p-4">
        <h1 className="text-xl font-semibold tracking-tight">Gallery</h1>
        <Section id="controls">
          <Controls />
        </Section>
        <CurveSections />
        <TableSections />
        <MatrixSections />
        <Section id="pictures">
          <Card title="Worst mistakes" detail="10,000 pictures">
            <PictureGrid
              label="Mistakes"
              pictures={pictures}
              onOpen={({ id }) => setOpened(id)}
              maxHeight="420px"
            />
            <output data-testid="opened-picture">{opened}</output>
          </Card>
        </Section>
        <Section id="facts">
          <Facts />
        </Section>
      </main>
    </ToastProvider>
  );
}

const root = document.getElementById("root");
if (root) createRoot(root).render(<Gallery />);
