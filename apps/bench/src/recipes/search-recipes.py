"""Tries training settings on validation pictures, on a GPU, so that a recipe can be chosen before it is run on the CPU.

search-recipes.py prepare records|idx|folders ...   makes DATA/<data set>.npz, see prepare.py
search-recipes.py train DATA RESULTS [--attempts FILE] [--only TEXT] [--seconds N] [--processes N] [--pictures N]
search-recipes.py summarize RESULTS                 Markdown tables of what `train` wrote

It mirrors what `convkit train` does with packages/schema/src/recipes.ts: the networks airbench94 and torchvision's
resnet18, their optimizers, augmentation and test-time augmentation. A run takes seconds there that takes minutes on a
CPU, but no figure of it is one of convkit's: it says which of two settings is better, no more. It never sees a test
set.

DATA holds an .npz file per data set with arrays x, uint8 [N, height, width, channels]; y, uint8 [N], the classes; and
val, int16 [N], the fold of each picture: fold 0 is validated on and all others are trained on, or fold n in turn n of
cross-validation.

recipe-attempts.json holds everything that was tried: `bases`, and `attempts` that say what they change of one. Every seed of an attempt is a run, every run a line of JSON in RESULTS; first seeds come first, so that a search
that is cut short has tried everything once. Needs PyTorch 1.13 or later, torchvision for resnet18, Pillow for
`prepare folders`.
"""

import argparse
import json
import pathlib
import queue
import statistics
import time

import prepare

ATTEMPTS = pathlib.Path(__file__).with_name("recipe-attempts.json")
COLUMNS = {
    "accuracy": "accuracy, %",
    "ttaAccuracy": "with TTA, %",
    "loss": "loss",
    "balancedAccuracy": "balanced accuracy, %",
}


def on_base(base, attempt):
    merged = {**base, **attempt}
    for key in ("network", "optimizer"):
        merged[key] = {**base[key], **attempt.get(key, {})}
    return merged


def read_runs(path, only):
    """All (attempt, seed), the first seeds of all attempts first."""
    content = json.loads(path.read_text())
    attempts = [on_base(content["bases"][attempt["base"]], attempt) for attempt in content["attempts"]]
    chosen = [attempt for attempt in attempts if only in f"{attempt['dataset']}: {attempt['name']}"]
    return sorted(
        ((attempt, seed) for attempt in chosen for seed in range(attempt["seeds"])), key=lambda run: run[1]
    )


def work(runs, options, ends_at):
    """Takes runs until there are none or the time is over; a run that has begun is finished."""
    from training import train_attempt

    while time.time() < ends_at:
        try:
            attempt, seed = runs.get(timeout=1)
        except queue.Empty:
            return
        result = {"dataset": attempt["dataset"], "name": attempt["name"], "seed": seed}
        try:
            result.update(train_attempt(attempt, seed, options.data, options.pictures))
        except Exception as error:  # Of one setting; the others go on.
            result["error"] = repr(error)[:300]
        with options.results.open("a") as file:
            file.write(json.dumps(result) + "\n")


def train(options):
    ends_at = time.time() + options.seconds
    runs = read_runs(options.attempts, options.only)
    if options.processes == 1:
        waiting = queue.Queue()
    else:
        import torch.multiprocessing

        context = torch.multiprocessing.get_context("spawn")
        waiting = context.Queue()
    for run in runs:
        waiting.put(run)
    if options.processes == 1:
        work(waiting, options, ends_at)
    else:
        workers = [
            context.Process(target=work, args=(waiting, options, ends_at)) for _ in range(options.processes)
        ]
        for worker in workers:
            worker.start()
        waiting.cancel_join_thread()  # What was not begun when the time was over is dropped.
        for worker in workers:
            worker.join()
    summarize(options)


def mean_and_deviation(key, values):
    """Deviation of the sample, n − 1."""
    scale, digits = (1, 3) if key.lower().endswith("loss") else (100, 2)
    scaled = [value * scale for value in values]
    if len(scaled) == 1:
        return f"{scaled[0]:.{digits}f}"
    return f"{statistics.mean(scaled):.{digits}f} ± {statistics.stdev(scaled):.{digits}f}"


def rows_of(name, results):
    """A row of the plain weights, and one of the averaged ones where there are some."""
    for prefix, suffix in (("", ""), ("averaged", ", averaged weights")):
        row = {"setting": name + suffix, "n": str(len(results))}
        for key, title in COLUMNS.items():
            full = prefix + key[0].upper() + key[1:] if prefix else key
            values = [result[full] for result in results if full in result]
            if values:
                row[title] = mean_and_deviation(full, values)
        if len(row) > 2:
            yield row


def summarize(options):
    """Prints a table for each data set, the best with test-time augmentation first."""
    results = [json.loads(line) for line in options.results.read_text().splitlines()]
    for result in results:
        if "error" in result:
            print(f"Error: {result['dataset']}: {result['name']}, seed {result['seed']}: {result['error']}")
    done = [result for result in results if "error" not in result]
    for dataset in dict.fromkeys(result["dataset"] for result in done):
        by_name = {}
        for result in done:
            if result["dataset"] == dataset:
                by_name.setdefault(result["name"], []).append(result)
        rows = [row for name, same in by_name.items() for row in rows_of(name, same)]
        rows.sort(key=lambda row: float(row[COLUMNS["ttaAccuracy"]].split()[0]), reverse=True)
        titles = list(dict.fromkeys(title for row in rows for title in row))
        print(f"\n{dataset}\n\n| {' | '.join(titles)} |\n|{' --- |' * len(titles)}")
        for row in rows:
            print(f"| {' | '.join(row.get(title, '') for title in titles)} |")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    prepare.add_command(commands)
    training = commands.add_parser("train")
    training.add_argument("data", type=pathlib.Path)
    training.add_argument("results", type=pathlib.Path, help="JSON lines, added to what is there")
    training.add_argument("--attempts", type=pathlib.Path, default=ATTEMPTS)
    training.add_argument("--only", default="", help="a part of '<data set>: <name>'")
    training.add_argument("--seconds", type=float, default=float("inf"), help="no run begins after them")
    training.add_argument("--processes", type=int, default=1, help="side by side on the one GPU")
    training.add_argument("--pictures", type=int, help="only so many for each of both parts, to try the program")
    training.set_defaults(run=train)
    summary = commands.add_parser("summarize")
    summary.add_argument("results", type=pathlib.Path)
    summary.set_defaults(run=summarize)
    return parser.parse_args()


if __name__ == "__main__":
    arguments = parse_arguments()
    arguments.run(arguments)
