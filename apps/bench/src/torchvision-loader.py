"""The process of the torchvision peer: torchvision-loader.py photos <folder> <edge> <most> | small <count>.

The protocol is that of peer.ts; a step is an epoch of a DataLoader with two workers, started anew as in training.
"""

import json
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
    from torchvision import transforms
except ImportError as error:
    say({"unavailable": f"{sys.executable} has no torchvision: {error}"})
    sys.exit(0)


def photos(folder, edge, most):
    to_tensor = transforms.Compose([transforms.Resize((edge, edge)), transforms.ToTensor()])
    pictures = torchvision.datasets.ImageFolder(folder, to_tensor)
    return torch.utils.data.Subset(pictures, range(min(most, len(pictures))))


class Small(torch.utils.data.Dataset):
    """As torchvision's CIFAR10: an array, of which each picture is made a PIL image first."""

    def __init__(self, count):
        self.pixels = numpy.random.default_rng(0).integers(0, 256, (count, 32, 32, 3), dtype=numpy.uint8)
        self.transform = transforms.Compose(
            [
                transforms.RandomCrop(32, padding=4),
                transforms.RandomHorizontalFlip(),
                transforms.ToTensor(),
                transforms.Normalize((0.49, 0.48, 0.45), (0.25, 0.24, 0.26)),
                transforms.RandomErasing(),
            ]
        )

    def __len__(self):
        return len(self.pixels)

    def __getitem__(self, index):
        return self.transform(Image.fromarray(self.pixels[index])), index % 10


def main(kind, *args):
    dataset = photos(args[0], int(args[1]), int(args[2])) if kind == "photos" else Small(int(args[0]))
    loader = torch.utils.data.DataLoader(
        dataset, batch_size=32 if kind == "photos" else 128, shuffle=True, num_workers=2
    )
    say({"label": f"torchvision {torchvision.__version__}, Pillow {PIL.__version__}"})
    for line in sys.stdin:
        started_at = time.perf_counter()
        for _ in range(int(line.split()[1])):
            for _batch in loader:
                pass
        # Memory is not compared: most of it is the workers'.
        say({"seconds": time.perf_counter() - started_at, "peakRssBytes": 0})


main(*sys.argv[1:])
