"""Makes the .npz files that search-recipes.py trains on out of training sets alone; its docstring has their layout.

prepare records OUT FILE... [--tracks CSV]     CIFAR-10's binary batches: a byte of label, 3,072 of planes of 32×32
prepare idx OUT IMAGES LABELS [--validation IMAGES LABELS]     MNIST's files, gzip
prepare folders OUT FOLDER --size N            photos in a folder per class, stretched to N×N

What is held out: 5,000 pictures; by --tracks a fifth of each class's tracks at a time, since pictures of one track are
near copies of each other (the CSV has a line per picture, with columns class and track); with --validation what it
names; of folders a fifth of each class at a time.
"""

import csv
import gzip
import pathlib

import numpy

HELD_OUT = 5000
FOLDS = 5
#: The fold of pictures that are never validated on.
NEVER = 9


def save(path, pictures, labels, folds):
    numpy.savez(path, x=pictures, y=labels.astype(numpy.uint8), val=folds.astype(numpy.int16))
    print(f"{path}: {pictures.shape}, by fold: {dict(zip(*numpy.unique(folds, return_counts=True)))}")


def hold_out(count):
    folds = numpy.full(count, NEVER)
    folds[numpy.random.RandomState(0).permutation(count)[:HELD_OUT]] = 0
    return folds


def folds_by_track(path, labels):
    with path.open() as file:
        tracks = [(int(row["class"]), row["track"]) for row in csv.DictReader(file)]
    if [label for label, _ in tracks] != labels.tolist():
        raise ValueError(f"Expected the classes of the records. Received: others in {path}. Give the CSV made with them.")
    random, folds = numpy.random.RandomState(0), {}
    for label in sorted(set(labels.tolist())):
        own = sorted({track for track in tracks if track[0] == label})
        for position, index in enumerate(random.permutation(len(own))):
            folds[own[index]] = (position + label) % FOLDS
    return numpy.array([folds[track] for track in tracks])


def prepare_records(options):
    records = numpy.concatenate([numpy.fromfile(file, numpy.uint8).reshape(-1, 3073) for file in options.files])
    labels, pictures = records[:, 0], records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    folds = folds_by_track(options.tracks, labels) if options.tracks else hold_out(len(labels))
    save(options.out, numpy.ascontiguousarray(pictures), labels, folds)


def read_idx(path):
    content = gzip.decompress(path.read_bytes())
    shape = numpy.frombuffer(content, ">u4", count=content[3], offset=4)
    return numpy.frombuffer(content, numpy.uint8, offset=4 + 4 * len(shape)).reshape(shape)


def prepare_idx(options):
    pictures, labels = read_idx(options.images), read_idx(options.labels)
    folds = hold_out(len(labels))
    if options.validation:
        images, classes = (read_idx(path) for path in options.validation)
        folds = numpy.repeat([NEVER, 0], [len(labels), len(classes)])
        pictures, labels = numpy.concatenate([pictures, images]), numpy.concatenate([labels, classes])
    save(options.out, pictures[..., None], labels, folds)


def prepare_folders(options):
    from PIL import Image

    pictures, labels = [], []
    classes = sorted(folder for folder in options.folder.iterdir() if folder.is_dir())
    for label, folder in enumerate(classes):
        for path in sorted(folder.glob("*.jpg")):
            picture = Image.open(path).convert("RGB").resize((options.size, options.size), Image.BILINEAR)
            pictures.append(numpy.asarray(picture))
            labels.append(label)
    labels = numpy.array(labels)
    order = numpy.random.RandomState(0).permutation(len(labels))
    folds = numpy.zeros(len(labels), int)
    for label in range(len(classes)):
        own = order[labels[order] == label]
        folds[own] = numpy.arange(len(own)) % FOLDS
    save(options.out, numpy.stack(pictures), labels, folds)


def add_command(commands):
    kinds = commands.add_parser("prepare", help=__doc__.splitlines()[0]).add_subparsers(required=True)

    def kind(name, run):
        parser = kinds.add_parser(name)
        parser.add_argument("out", type=pathlib.Path, help="DATA/<data set>.npz")
        parser.set_defaults(run=run)
        return parser

    records = kind("records", prepare_records)
    records.add_argument("files", type=pathlib.Path, nargs="+")
    records.add_argument("--tracks", type=pathlib.Path)
    idx = kind("idx", prepare_idx)
    idx.add_argument("images", type=pathlib.Path)
    idx.add_argument("labels", type=pathlib.Path)
    idx.add_argument("--validation", type=pathlib.Path, nargs=2)
    folders = kind("folders", prepare_folders)
    folders.add_argument("folder", type=pathlib.Path)
    folders.add_argument("--size", type=int, required=True)
