"""The peer of the GPU benchmark: PyTorch on the same GPU, the same networks, parts of the shape of gpu-report.ts.

pytorch-gpu.py [--device cuda] [--json FILE] [--seconds 1] [--total-seconds 60] [--batches 512,1024] [--convolution-batch 512]
               [--matrices 1024,2048,4096]

Needs nothing but PyTorch, 1.13 or later. Convolutions are channels-last, as tfjs's are.
"""

import argparse
import contextlib
import datetime
import json
import statistics
import sys
import time

import torch
from torch import nn

LEAST_ROUNDS = 5
ROUNDS_PER_MEASUREMENT = 10
MODES = ("f32", "TF32", "bf16")


def reference_net():
    layers, channels = [], 3
    for filters in (32, 64, 128):
        for _ in range(2):
            layers += [
                nn.Conv2d(channels, filters, 3, padding=1, bias=False),
                nn.BatchNorm2d(filters),
                nn.ReLU(inplace=True),
            ]
            channels = filters
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(4 * 4 * channels, 10))


class Scale(nn.Module):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def forward(self, x):
        return x * self.factor


def airbench94():
    """packages/models/src/airbench94.ts without sample pictures: the first layer is trained."""

    def norm(filters):
        layer = nn.BatchNorm2d(filters, eps=1e-12, momentum=0.4)
        layer.weight.requires_grad = False
        return layer

    layers, channels = [nn.Conv2d(3, 24, 2), nn.GELU()], 24
    for filters in (64, 256, 256):
        layers += [nn.Conv2d(channels, filters, 3, padding=1, bias=False), nn.MaxPool2d(2), norm(filters), nn.GELU()]
        layers += [nn.Conv2d(filters, filters, 3, padding=1, bias=False), norm(filters), nn.GELU()]
        channels = filters
    return nn.Sequential(*layers, nn.MaxPool2d(3), nn.Flatten(), nn.Linear(channels, 10, bias=False), Scale(1 / 9))


class Residual(nn.Module):
    def __init__(self, channels, filters, strides):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, filters, 3, stride=strides, padding=1, bias=False),
            nn.BatchNorm2d(filters),
            nn.ReLU(inplace=True),
            nn.Conv2d(filters, filters, 3, padding=1, bias=False),
            nn.BatchNorm2d(filters),
        )
        self.shortcut = nn.Sequential()
        if strides != 1:
            self.shortcut = nn.Sequential(
                nn.Conv2d(channels, filters, 1, stride=strides, bias=False), nn.BatchNorm2d(filters)
            )

    def forward(self, x):
        return torch.relu(self.body(x) + self.shortcut(x))


def resnet18():
    """packages/models/src/resnet.ts."""
    layers = [nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True)]
    layers.append(nn.MaxPool2d(3, stride=2, padding=1))
    channels = 64
    for filters in (64, 128, 256, 512):
        for block in range(2):
            layers.append(Residual(channels, filters, 2 if filters > 64 and block == 0 else 1))
            channels = filters
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10))


NETWORKS = {"reference-net": reference_net, "airbench94": airbench94, "resnet18": resnet18}


def multiplication(size, mode, device):
    dtype = torch.bfloat16 if mode == "bf16" else torch.float32
    a, b = (torch.rand(size, size, device=device).sub(0.5).to(dtype) for _ in range(2))
    return lambda: a @ b


def convolution(channels, size, batch_size, kind, mode, device):
    """3x3 of stride 1, channels-last: a pass of it, or one of its gradients alone."""
    dtype = torch.bfloat16 if mode == "bf16" else torch.float32

    def pixels():
        values = torch.rand(batch_size, channels, size, size, device=device).sub(0.5).to(dtype)
        return values.to(memory_format=torch.channels_last)

    x, dy = pixels(), pixels()
    weight = torch.rand(channels, channels, 3, 3, device=device).sub(0.5).to(dtype).to(memory_format=torch.channels_last)
    if kind == "forward":
        return lambda: nn.functional.conv2d(x, weight, padding=1)
    wanted = [kind == "input gradient", kind == "filter gradient", False]

    def gradient():
        found = torch.ops.aten.convolution_backward(
            dy, x, weight, None, [1, 1], [1, 1], [1, 1], False, [0, 0], 1, wanted
        )
        return next(each for each in found if each is not None)

    return gradient


def training_step(name, batch_size, mode, device):
    torch.manual_seed(0)
    model = NETWORKS[name]().to(device=device, memory_format=torch.channels_last).train()
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.SGD(parameters, lr=0.01, momentum=0.9, nesterov=True)
    images = torch.randn(batch_size, 3, 32, 32).to(device=device, memory_format=torch.channels_last)
    labels = torch.randint(10, (batch_size,)).to(device)

    def step():
        optimizer.zero_grad(set_to_none=True)
        bf16 = torch.autocast(device, dtype=torch.bfloat16) if mode == "bf16" else contextlib.nullcontext()
        with bf16:
            loss = nn.functional.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        return loss.detach()

    return step


def measure(call, seconds):
    """Rounds of calls, each ended by reading one number back, as measure-calls.ts."""

    def run_round(calls):
        started_at = time.perf_counter()
        for _ in range(calls):
            result = call()
        result.flatten()[0].item()
        return (time.perf_counter() - started_at) * 1000 / calls

    for _ in range(3):
        first_ms = run_round(1)
    calls = min(200, max(1, round(seconds * 1000 / ROUNDS_PER_MEASUREMENT / first_ms)))
    ends_at, rounds = time.perf_counter() + seconds, []
    while len(rounds) < LEAST_ROUNDS or time.perf_counter() < ends_at:
        rounds.append(run_round(calls))
    return statistics.median(rounds), {"rounds": len(rounds), "callsPerRound": calls}


def set_mode(mode):
    torch.backends.cuda.matmul.allow_tf32 = mode == "TF32"
    torch.backends.cudnn.allow_tf32 = mode == "TF32"


def numbers(text):
    return [int(part) for part in text.split(",")]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--json")
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--total-seconds", type=float, default=60)
    parser.add_argument("--batches", type=numbers, default=[512, 1024])
    parser.add_argument("--convolution-batch", type=int, default=512)
    parser.add_argument("--matrices", type=numbers, default=[1024, 2048, 4096])
    options = parser.parse_args()
    device = options.device
    modes = MODES if device == "cuda" else ("f32", "bf16")
    torch.backends.cudnn.benchmark = True
    ends_at = time.perf_counter() + options.total_seconds
    description = torch.cuda.get_device_name() if device == "cuda" else f"CPU, {torch.get_num_threads()} threads"
    report = {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(),
        "backend": "PyTorch",
        "versions": {"python": sys.version.split()[0], "torch": torch.__version__, "cuda": str(torch.version.cuda)},
        "adapter": {"description": description},
        "parts": {},
        "errors": [],
    }

    def run_part(part, cases):
        started_at, result = time.perf_counter(), {"seconds": 0, "rows": [], "errors": []}
        report["parts"][part] = result
        for name, mode, make_call, value_of_ms, unit in cases:
            if time.perf_counter() > ends_at:
                result["errors"].append(f"{name}: not begun: the time was used up")
                continue
            try:
                set_mode(mode)
                ms, details = measure(make_call(), options.seconds)
                row = {"name": name, "value": value_of_ms(ms), "unit": unit, "details": {"ms": ms, **details}}
                result["rows"].append(row)
                print(f"| {part} | {name} | {row['value']:.6g} {unit} | {ms:.4g} ms |", flush=True)
            except Exception as error:  # one that fails leaves the others theirs
                result["errors"].append(f"{name}: {error}")
        result["seconds"] = time.perf_counter() - started_at
        if options.json:
            with open(options.json, "w") as file:
                json.dump(report, file, indent=2)

    print(f"PyTorch {torch.__version__} on {description}.\n\n| part | what | value | besides |\n| --- | --- | --- | --- |")
    run_part(
        "gemm",
        [
            (
                f"{size}³, {mode}",
                mode,
                lambda size=size, mode=mode: multiplication(size, mode, device),
                lambda ms, size=size: 2 * size**3 / ms / 1e6,
                "GFLOP/s",
            )
            for size in options.matrices
            for mode in modes
        ],
    )
    run_part(
        "convolutions",
        [
            (
                f"3×3 {channels}→{channels} @{size}² batch {options.convolution_batch}, {kind}, {mode}",
                mode,
                lambda channels=channels, size=size, kind=kind, mode=mode: convolution(
                    channels, size, options.convolution_batch, kind, mode, device
                ),
                lambda ms, channels=channels, size=size: 2
                * options.convolution_batch
                * size**2
                * 9
                * channels**2
                / ms
                / 1e6,
                "GFLOP/s",
            )
            for channels, size in ((64, 32), (128, 16), (256, 8), (512, 4))
            for kind in ("forward", "input gradient", "filter gradient")
            for mode in modes
        ],
    )
    for network in NETWORKS:
        run_part(
            network,
            [
                (
                    f"batch {batch}, {mode}",
                    mode,
                    lambda batch=batch, mode=mode: training_step(network, batch, mode, device),
                    lambda ms, batch=batch: batch * 1000 / ms,
                    "images/s",
                )
                for batch in options.batches
                for mode in modes
            ],
        )
    errors = [f"{part}: {error}" for part, result in report["parts"].items() for error in result["errors"]]
    print("".join(f"\n- Error: {error}" for error in errors))
    return 1 if errors else 0


sys.exit(main())
