"""The process of the torchvision peer of `bench transforms`: torchvision-transforms.py <folder>.

The folder holds cases.json, a list of {name, arguments, from: [height, width]}, and pictures-<height>x<width>.bin, uint8
[count, height, width, 3]. The protocol is that of peer.ts; `go <pictures> <case> tensor|pil` does a case to so many
pictures, one after the other, on one thread.
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


def made(name, arguments, kind):
    build = getattr(transforms, name)
    known = inspect.signature(build).parameters
    transform = build(
        **{
            key: ENUMS[key](value) if key in ENUMS else value
            for key, value in arguments.items()
            if key in known
        }
    )
    if name != "Normalize":
        return transform
    if kind == "pil":
        return transforms.Compose([transforms.ToTensor(), transform])
    return transforms.Compose([transforms.ConvertImageDtype(torch.float32), transform])


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
        cases = json.load(file)
    sources = {size: pictures(folder, *size) for size in {tuple(case["from"]) for case in cases}}
    say({"label": f"torchvision {torchvision.__version__} ({version}), Pillow {PIL.__version__}"})
    for line in sys.stdin:
        _, count, index, kind = line.split()
        case = cases[int(index)]
        transform = made(case["name"], case["arguments"], kind)
        source = itertools.cycle(sources[tuple(case["from"])][kind])
        started_at = time.perf_counter()
        for picture in itertools.islice(source, int(count)):
            transform(picture)
        say({"seconds": time.perf_counter() - started_at, "peakRssBytes": 0})


main(*sys.argv[1:])
