"""The networks of search-recipes.py: airbench94 as in packages/models/src/airbench.ts, and resnet18 for small photos.

Jordan 2024, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU", https://arxiv.org/abs/2404.00498, and
https://github.com/KellerJordan/cifar10-airbench (legacy/airbench94.py; airbench94_muon.py for `airbench94-muon`).
Differ from them: number and width of the groups are free, and the last pooling covers whatever is left of the picture.
"""

import torch
from torch import nn
from torch.nn import functional

WHITENING_EPSILON = 5e-4


class Group(nn.Module):
    """conv → max-pool 2 → norm → GELU, then conv → norm → GELU; `residual` is over the last convolution."""

    def __init__(self, channels, filters, depth, residual, epsilon):
        super().__init__()
        self.residual = residual
        self.convolutions = nn.ModuleList(
            nn.Conv2d(filters if k else channels, filters, 3, padding="same", bias=False) for k in range(depth)
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(filters, eps=epsilon, momentum=0.4) for _ in range(depth))
        for norm in self.norms:
            norm.weight.requires_grad = False

    def forward(self, x):
        x = functional.max_pool2d(self.convolutions[0](x), 2)
        x = shortcut = functional.gelu(self.norms[0](x))
        for k in range(1, len(self.convolutions)):
            x = self.norms[k](self.convolutions[k](x))
            if self.residual and k == len(self.convolutions) - 1:
                x = x + shortcut
            x = functional.gelu(x)
        return x


class Airbench(nn.Module):
    """`muon`: smaller logits of a head that starts larger, and a whitening bias that does not start at zero."""

    def __init__(self, channels, classes, epsilon, muon, filters=(64, 256, 256), depth=2, residual=False):
        super().__init__()
        self.muon = muon
        self.logit_scale = 1 / 256 if muon else 1 / 9
        whitened = 2 * 4 * channels
        self.whiten = nn.Conv2d(channels, whitened, 2)
        self.whiten.weight.requires_grad = False
        self.groups = nn.ModuleList(
            Group(before, after, depth, residual, epsilon) for before, after in zip((whitened, *filters), filters)
        )
        self.head = nn.Linear(filters[-1], classes, bias=False)
        for group in self.groups:
            for convolution in group.convolutions:
                nn.init.dirac_(convolution.weight.data[: convolution.in_channels])
        if muon:
            self.head.weight.data.mul_(1 / self.head.weight.data.std())

    def whiten_from(self, images):
        """The first layer decorrelates the 2×2 patches of `images`, and hands on both signs of each component."""
        channels = images.shape[1]
        patches = images.unfold(2, 2, 1).unfold(3, 2, 1).permute(0, 2, 3, 1, 4, 5).reshape(-1, channels * 4)
        eigenvalues, eigenvectors = torch.linalg.eigh((patches.T @ patches) / len(patches))
        components = eigenvectors.T.flip(0).reshape(-1, channels, 2, 2)
        kernel = components / torch.sqrt(eigenvalues.flip(0).view(-1, 1, 1, 1) + WHITENING_EPSILON)
        self.whiten.weight.data[:] = torch.cat([kernel, -kernel])
        if not self.muon:
            self.whiten.bias.data.zero_()

    def forward(self, x, learn_whitening_bias=True):
        bias = self.whiten.bias if learn_whitening_bias else self.whiten.bias.detach()
        x = functional.gelu(functional.conv2d(x, self.whiten.weight, bias))
        for group in self.groups:
            x = group(x)
        return self.head(x.amax((2, 3))) * self.logit_scale


class SmallPhotoResnet18(nn.Module):
    """torchvision's, with a 3×3 convolution of stride 2 for its stem and no pooling after it."""

    def __init__(self, channels, classes):
        super().__init__()
        import torchvision

        self.net = torchvision.models.resnet18(num_classes=classes)
        self.net.conv1 = nn.Conv2d(channels, 64, 3, 2, 1, bias=False)
        self.net.maxpool = nn.Identity()

    def whiten_from(self, images):
        pass

    def forward(self, x, learn_whitening_bias=True):
        return self.net(x)


def create_network(attempt, channels, classes):
    options = dict(attempt["network"])
    name = options.pop("name")
    if name == "resnet18":
        return SmallPhotoResnet18(channels, classes)
    # CIFAR-10's is as published. Grey pictures with black borders have channels of almost no variance.
    epsilon = 1e-12 if attempt["dataset"] == "cifar10" else 1e-5
    return Airbench(channels, classes, epsilon, muon=name == "airbench94-muon", **options)
