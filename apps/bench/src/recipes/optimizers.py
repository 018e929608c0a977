"""Optimizers, schedules and averages of weights of search-recipes.py, as in packages/trainer/src.

Muon: Jordan 2024, https://kellerjordan.github.io/posts/muon, as in airbench94_muon.py.
"""

import math

import torch


def orthogonalize(gradient, steps=3, epsilon=1e-7):
    """Brings the singular values of a matrix near to 1: a quintic Newton-Schulz iteration, in bf16."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = gradient.bfloat16()
    x = x / (x.norm() + epsilon)
    tall = x.size(0) > x.size(1)
    if tall:
        x = x.T
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if tall else x


class Muon(torch.optim.Optimizer):
    """Nesterov momentum, orthogonalized, on kernels that are held to the norm √filters."""

    def __init__(self, kernels, lr, momentum):
        super().__init__(kernels, {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for kernel in group["params"]:
                state = self.state[kernel]
                if "velocity" not in state:
                    state["velocity"] = torch.zeros_like(kernel.grad)
                velocity = state["velocity"]
                velocity.mul_(group["momentum"]).add_(kernel.grad)
                direction = kernel.grad.add(velocity, alpha=group["momentum"])
                update = orthogonalize(direction.reshape(len(direction), -1)).view(direction.shape)
                kernel.data.mul_(len(kernel.data) ** 0.5 / kernel.data.norm())
                kernel.data.add_(update.to(kernel.dtype), alpha=-group["lr"])


def sgd(groups, momentum):
    """Groups of (weights, learning rate, weight decay of the update): decay goes through rate and momentum."""
    return torch.optim.SGD(
        [{"params": weights, "lr": rate, "weight_decay": decay} for weights, rate, decay in groups],
        lr=0,
        momentum=momentum,
        nesterov=True,
    )


def create_optimizers(network, settings):
    named = [(name, weights) for name, weights in network.named_parameters() if weights.requires_grad]
    norm_biases = [weights for name, weights in named if "norms" in name]
    rate, decay, momentum = (settings[key] for key in ("learningRate", "weightDecay", "momentum"))
    if settings["name"] == "sgd":
        others = [weights for name, weights in named if "norms" not in name]
        factor = settings.get("normBiasFactor", 1)
        groups = [(norm_biases, rate * factor, decay / factor), (others, rate, decay)]
        return [sgd([group for group in groups if group[0]], momentum)]
    kernels = [weights for _, weights in named if weights.dim() == 4]
    bias_rate, head_rate = settings["biasLearningRate"], settings["headLearningRate"]
    groups = [
        ([network.whiten.bias], bias_rate, decay / bias_rate),
        (norm_biases, bias_rate, decay / bias_rate),
        ([network.head.weight], head_rate, decay / head_rate),
    ]
    return [sgd(groups, momentum), Muon(kernels, rate, settings["kernelMomentum"])]


class LearningRates:
    """Sets what the schedule says; with Muon the whitening bias has its own, which falls to zero over three epochs."""

    def __init__(self, optimizers, schedule, total_steps, whitening_steps):
        self.groups = [group for optimizer in optimizers for group in optimizer.param_groups]
        self.peaks = [group["lr"] for group in self.groups]
        self.schedule, self.total_steps = schedule, total_steps
        self.whitening_steps = whitening_steps if len(optimizers) > 1 else None

    def factor(self, step):
        start, end = self.schedule["start"], self.schedule["end"]
        peak = self.schedule["peak"] * self.total_steps
        cosine = self.schedule["shape"] == "cosine"
        if not cosine:
            peak = int(peak)
        if step < peak:
            return start + (1 - start) * step / max(peak, 1)
        progress = (step - peak) / max(1, self.total_steps - peak)
        return end + (1 - end) * (0.5 * (1 + math.cos(math.pi * progress)) if cosine else 1 - progress)

    def set(self, step):
        factor = self.factor(step)
        for group, peak in zip(self.groups, self.peaks):
            group["lr"] = peak * factor
        if self.whitening_steps is not None:
            self.groups[0]["lr"] = self.peaks[0] * max(0, 1 - step / self.whitening_steps)


def floating_state(network):
    """Weights and running statistics."""
    return {key: value for key, value in network.state_dict().items() if value.is_floating_point()}


class Average:
    """Slow weights beside the network's."""

    def __init__(self, network):
        self.network = network
        self.slow = {key: value.clone() for key, value in floating_state(network).items()}

    def approach(self, share_kept):
        for key, value in floating_state(self.network).items():
            self.slow[key].lerp_(value, 1 - share_kept)

    def install(self):
        for key, value in floating_state(self.network).items():
            value.copy_(self.slow[key])


class Lookahead(Average):
    """Every five steps the network goes on from its slow weights, which move less and less towards the end."""

    def after_step(self, step, total_steps):
        if step % 5 == 0:
            self.approach(0.95**5 * (step / total_steps) ** 3)
            self.install()


class MovingAverage(Average):
    """Beside the training, for judging alone."""

    def __init__(self, network, decay):
        super().__init__(network)
        self.decay = decay

    def after_step(self, step, total_steps):
        self.approach(min(self.decay, (1 + step) / (10 + step)))
