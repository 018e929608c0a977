"""The process of the PyTorch peer: pytorch-step.py <reference|airbench94> <contiguous|channels-last> <f32|bf16> <batch size> <threads>.

bf16 is PyTorch's own mixed precision: autocast of the forward pass, weights and updates in float32. The protocol is that of peer.ts, the network and the step those of reference-net.ts and training-programs.ts.
"""

import json
import os
import sys
import time


def say(message):
    print(json.dumps(message), flush=True)


try:
    import torch
except ImportError as error:
    say({"unavailable": f"{sys.executable} has no PyTorch: {error}"})
    sys.exit(0)


def create_reference_net():
    layers, channels = [], 3
    for filters in (32, 64, 128):
        for _ in range(2):
            layers += [
                torch.nn.Conv2d(channels, filters, 3, padding=1, bias=False),
                torch.nn.BatchNorm2d(filters),
                torch.nn.ReLU(inplace=True),
            ]
            channels = filters
        layers.append(torch.nn.MaxPool2d(2))
    return torch.nn.Sequential(*layers, torch.nn.Flatten(), torch.nn.Linear(4 * 4 * channels, 10))


def peak_rss_bytes():
    try:
        import resource
    except ImportError:  # Windows
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def create_reference(images):
    model = create_reference_net()
    return model, torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, nesterov=True), 0.0


def create_airbench(images):
    """As the recipe for CIFAR-10 trains it, without its lookahead."""
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "recipes"))
    from networks import Airbench
    from optimizers import create_optimizers

    model = Airbench(3, 10, epsilon=1e-12, muon=False)
    model.whiten_from(images)
    settings = {"name": "sgd", "learningRate": 0.01, "normBiasFactor": 64, "momentum": 0.85, "weightDecay": 0.0013}
    return model, create_optimizers(model, settings)[0], 0.2


def main(network, layout, precision, batch_size, threads):
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    memory_format = torch.channels_last if layout == "channels-last" else torch.contiguous_format
    images = torch.randn(batch_size, 3, 32, 32)
    model, optimizer, smoothing = create_airbench(images) if network == "airbench94" else create_reference(images)
    model = model.to(memory_format=memory_format).train()
    images = images.to(memory_format=memory_format)
    labels = torch.randint(10, (batch_size,))

    say({"label": f"PyTorch {torch.__version__}, Python {sys.version.split()[0]}, {layout}, {precision}"})
    for line in sys.stdin:
        steps = int(line.split()[1])
        started_at = time.perf_counter()
        for _ in range(steps):
            optimizer.zero_grad(set_to_none=True)
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bf16"):
                loss = torch.nn.functional.cross_entropy(model(images), labels, label_smoothing=smoothing)
            loss.backward()
            optimizer.step()
            loss.item()
        say({"seconds": time.perf_counter() - started_at, "peakRssBytes": peak_rss_bytes()})


main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
