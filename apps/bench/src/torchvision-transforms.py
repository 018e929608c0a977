"""The process of the torchvision peer of `bench transforms`: torchvision-transforms.py <folder>.

The folder holds cases.json, {mean, std, cases: [{name, arguments, from: [height, width], end: bytes | float32}]}, and
pictures-<height>x<width>.bin, uint8 [count, height, width, 3]. The protocol is that of peer.ts; `go <pictures> <case>
tensor|pil` does a case to so many pictures, one after the other, on one thread.
"""

import inspect
import itertools
import json
import os
import sys
import time


def say(message):
    print(json.dumps(message), flush=True)


try:
    import numpy
    import PIL
    import torch
    import torchvision
    from PIL import Image
    from torchvision.transforms import AutoAugmentPolicy, InterpolationMode
except ImportError as error:
    say({"unavailable": f"{sys.executable} has no torchvision: {error}"})
    sys.exit(0)

try:
    from torchvision.transforms import v2 as transforms

    version = "transforms.v2"
except ImportError:
    from torchvision import transforms

    version = "transforms"

ENUMS = {"interpolation": InterpolationMode, "policy": AutoAugmentPolicy}


def named(name, arguments):
    build = getattr(transforms, name)
    known = inspect.signature(build).parameters
    return build(
        **{
            key: ENUMS[key](value) if key in ENUMS else value
            for key, value in arguments.items()
            if key in known
        }
    )


def made(case, kind, mean, std):
    steps = [] if case["name"] is None else [named(case["name"], case["arguments"])]
    if case["end"] == "float32":
        to_float = (
            transforms.ToTensor() if kind == "pil" else transforms.ConvertImageDtype(torch.float32)
        )
        steps += [to_float, transforms.Normalize(mean, std)]
    return transforms.Compose(steps)


def pictures(folder, height, width):
    pixels = numpy.fromfile(os.path.join(folder, f"pictures-{height}x{width}.bin"), dtype=numpy.uint8)
    pixels = pixels.reshape(-1, height, width, 3)
    return {
        "tensor": [torch.from_numpy(picture).permute(2, 0, 1).contiguous() for picture in pixels],
        "pil": [Image.fromarray(picture) for picture in pixels],
    }


def main(folder):
    torch.set_num_threads(1)
    with open(os.path.join(folder, "cases.json")) as file:
        told = json.load(file)
    cases = told["cases"]
    sources = {size: pictures(folder, *size) for size in {tuple(case["from"]) for case in cases}}
    say({"label": f"torchvision {torchvision.__version__} ({version}), Pillow {PIL.__version__}"})
    for line in sys.stdin:
        _, count, index, kind = line.split()
        case = cases[int(index)]
        transform = made(case, kind, told["mean"], told["std"])
        source = itertools.cycle(sources[tuple(case["from"])][kind])
        started_at = time.perf_counter()
        for picture in itertools.islice(source, int(count)):
            transform(picture)
        say({"seconds": time.perf_counter() - started_at, "peakRssBytes": 0})


main(*sys.argv[1:])
