/** Pictures per second out of the data loader: small ones from memory, photos from files and from the caches. */
import { rm } from "node:fs/promises";
import { photosFolder } from "./env.js";
import type { LoadingGroup } from "./loader-turns.js";
import { makeLargePhotos, photos } from "./photos.js";
import { type BenchmarkResult, formatSpread, verdict } from "./report.js";
import { smallPictures } from "./small-pictures.js";
import { ratioSpread, spreadOf } from "./statistics.js";
import { measureTrainingWaits, type TrainingWaits } from "./training-waits.js";

export async function measureLoader(rounds: number): Promise<BenchmarkResult> {
  const rows: LoadingRow[] = [];
  const notes: string[] = [];
  const measure = async (group: LoadingGroup): Promise<void> => {
    rows.push(...(await takeLoadingTurns(group, rounds)));
    notes.push(...group.notes);
  };
  await measure(await smallPictures());
  let waits: TrainingWaits | null = null;
  const folder = photosFolder();
  if (folder === null) {
    notes.push("Photos: not measured: set CONVKIT_BENCH_PHOTOS to a folder of JPEGs in class folders.");
  } else {
    await measure(await photos(folder, { work: "photos", areLarge: false, mostByTorchvision: 400 }));
    const large = await makeLargePhotos(folder);
    try {
      await measure(
        await photos(large, {
          work: "12-megapixel photos",
          areLarge: true,
          mostByTorchvision: 8,
        }),
      );
    } finally {
      await rm(large, { recursive: true });
    }
    waits = await measureTrainingWaits(folder, rounds);
  }
  return {
    title: "Data loader",
    notes: [...notes, "Ratios are to the first of the same work. Nothing else runs in between."],
    columns: ["work", "by", "pictures/s", "ratio", "target"],
    rows: [
      ...rows.map(({ work, name, picturesPerSecond, ratio, target }) => [
        work,
        name,
        picturesPerSecond === null ? "not measured" : formatSpread(picturesPerSecond, 0),
        ratio === null ? "–" : formatSpread(ratio, 2),
        target === null ? "–" : `${target.text}: ${target.verdict}`,
      ]),
      ...(waits ? [waitsRow(waits)] : []),
    ],
    data: { rows, waits },
  };
}

const MOST_WAIT_PERCENT = 2;

function waitsRow({ work, waitPercent, picturesPerSecond }: TrainingWaits): string[] {
  return [
    work,
    "convkit: share of an epoch's time that steps wait for pictures, from the second on",
    formatSpread(picturesPerSecond, 0),
    `${formatSpread(waitPercent, 2)} %`,
    `< ${MOST_WAIT_PERCENT} %: ${waitPercent.median < MOST_WAIT_PERCENT ? "reached" : "not reached"}`,
  ];
}

type LoadingRow = Awaited<ReturnType<typeof takeLoadingTurns>>[number];

/** All take a turn untimed, then one a round; every other round goes the other way about. */
export async function takeLoadingTurns({ work, contestants, targets }: LoadingGroup, rounds: number) {
  const speeds = contestants.map(() => [] as number[]);
  const gone = new Set<number>();
  try {
    for (let round = 0; round <= rounds; round++) {
      const order = [...contestants.keys()];
      for (const i of round % 2 === 0 ? order : order.reverse()) {
        if (gone.has(i)) continue;
        const speed = await contestants[i]!.turn(round);
        if (speed === null) gone.add(i);
        else if (round > 0) speeds[i]!.push(speed);
      }
    }
  } finally {
    await Promise.all(contestants.map((contestant) => contestant.close()));
  }
  return contestants.map(({ name }, i) => {
    const isMeasured = !gone.has(i);
    const picturesPerSecond = isMeasured ? spreadOf(speeds[i]!) : null;
    const ratio = isMeasured && !gone.has(0) ? ratioSpread(speeds[i]!, speeds[0]!) : null;
    const target = targets[name];
    return {
      work,
      name,
      picturesPerSecond,
      ratio,
      target:
        target === undefined
          ? null
          : "ratio" in target
            ? { text: `≥ ${target.ratio}`, verdict: verdict(ratio?.median ?? null, target.ratio) }
            : {
                text: `≥ ${target.picturesPerSecond}/s`,
                verdict: verdict(picturesPerSecond?.median ?? null, target.picturesPerSecond),
              },
    };
  });
}
