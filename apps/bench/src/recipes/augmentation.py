"""What search-recipes.py does to training pictures, in batches on the device: the transforms of packages/transforms
on pictures that are normalised already, so that 0 is the mean.
"""

import math

import numpy
import torch
from torch.nn import functional


class Augmentation:
    """
    Flips and crops are drawn for an epoch, as the published airbench94 does, everything else for a batch.

    @param settings of an attempt: flip, affine, translate, jitter, erase, in this order; any may be missing.
    @param count of the training pictures.
    @param size [height, width] that they get.
    """

    def __init__(self, settings, count, size, generator):
        self.settings, self.count, self.size, self.generator = settings, count, size, generator
        self.device = generator.device
        self.flipped_at_first = self.chance(count) < 0.5
        self.flipped = self.offsets = None

    def chance(self, *shape):
        return torch.rand(*shape, device=self.device, generator=self.generator)

    def begin_epoch(self, epoch):
        padding, flip = self.settings.get("translate"), self.settings.get("flip")
        if padding:
            self.offsets = torch.randint(
                0, 2 * padding + 1, (self.count, 2), device=self.device, generator=self.generator
            )
        if flip == "alternating":
            self.flipped = self.flipped_at_first ^ bool(epoch % 2)
        elif flip == "random":
            self.flipped = self.chance(self.count) < 0.5

    def apply(self, images, indices):
        """images float32 [N, C, height, width], the pictures of these indices → float32 [N, C, *size]."""
        if self.flipped is not None:
            images = torch.where(self.flipped[indices][:, None, None, None], images.flip(-1), images)
        if "affine" in self.settings:
            images = self.affine(images, **self.settings["affine"])
        if self.offsets is not None:
            padded = functional.pad(images, (self.settings["translate"],) * 4, "reflect")
            images = crop(padded, self.offsets[indices], self.size)
        if "jitter" in self.settings:
            images = self.jitter(images, **self.settings["jitter"])
        if "erase" in self.settings:
            images = self.erase(images, **self.settings["erase"])
        return images.contiguous(memory_format=torch.channels_last)

    def affine(self, images, degrees=0, scale=0, translate=0, shear=0, areas=None, padding="reflection"):
        """
        Bilinear, about the middle, brought to `size` on the way.

        @param scale of the logarithm. @param translate of half the picture.
        @param areas the least and greatest share of the picture that is kept, RandomResizedCrop's `scale`.
        """
        count = len(images)

        def within(low, high):
            return self.chance(count) * (high - low) + low

        angle = within(-degrees, degrees) * math.pi / 180
        if areas:
            area = within(*areas)
            ratio = torch.exp(within(-math.log(4 / 3), math.log(4 / 3)))
            scale_x, scale_y = (area * ratio).sqrt().clamp(max=1), (area / ratio).sqrt().clamp(max=1)
            shift_x, shift_y = within(-1, 1) * (1 - scale_x), within(-1, 1) * (1 - scale_y)
        else:
            scale_x = scale_y = torch.exp(within(-scale, scale)) if scale else torch.ones(count, device=self.device)
            shift_x, shift_y = within(-translate, translate), within(-translate, translate)
        matrix = torch.zeros(count, 2, 3, device=self.device)
        matrix[:, 0, 0], matrix[:, 0, 1] = angle.cos() * scale_x, -angle.sin() * scale_y
        matrix[:, 1, 0], matrix[:, 1, 1] = angle.sin() * scale_x, angle.cos() * scale_y
        if shear:
            matrix[:, 0, 1] += within(-shear, shear)
        matrix[:, 0, 2], matrix[:, 1, 2] = shift_x, shift_y
        grid = functional.affine_grid(matrix, (count, images.shape[1], *self.size), align_corners=False)
        return functional.grid_sample(images, grid, padding_mode=padding, align_corners=False)

    def jitter(self, images, brightness=0, contrast=0, saturation=0):
        """Brightness is added, contrast and saturation scale about the mean of the picture and of the pixel."""

        def around_zero(most):
            return (self.chance(len(images), 1, 1, 1) * 2 - 1) * most

        if brightness:
            images = images + around_zero(brightness)
        if contrast:
            mean = images.mean((1, 2, 3), keepdim=True)
            images = (images - mean) * (1 + around_zero(contrast)) + mean
        if saturation:
            mean = images.mean(1, keepdim=True)
            images = (images - mean) * (1 + around_zero(saturation)) + mean
        return images

    def erase(self, images, side, probability):
        """A square of an odd side around any pixel, cut off at the edges, becomes 0."""
        height, width = self.size

        def one_for_each(below):
            return torch.randint(0, below, (len(images), 1, 1, 1), device=self.device, generator=self.generator)

        center_y, center_x = one_for_each(height), one_for_each(width)
        y = torch.arange(height, device=self.device).view(1, 1, height, 1)
        x = torch.arange(width, device=self.device).view(1, 1, 1, width)
        inside = ((y - center_y).abs() * 2 < side) & ((x - center_x).abs() * 2 < side)
        if probability < 1:
            inside &= self.chance(len(images), 1, 1, 1) < probability
        return images.masked_fill(inside, 0)


def crop(images, offsets, size):
    rows = (offsets[:, 0:1] + torch.arange(size[0], device=images.device))[:, :, None]
    columns = (offsets[:, 1:2] + torch.arange(size[1], device=images.device))[:, None, :]
    which = torch.arange(len(images), device=images.device)[:, None, None]
    return images.permute(0, 2, 3, 1)[which, rows, columns].permute(0, 3, 1, 2)


class Mixing:
    """
    MixUp (Zhang et al. 2017, https://arxiv.org/abs/1710.09412) and CutMix (Yun et al. 2019,
    https://arxiv.org/abs/1905.04899) with the picture before in the batch; `alternate` does them by turns.
    """

    def __init__(self, settings, seed, total_steps):
        self.alternate = settings["kind"] == "alternate"
        self.alpha = settings["alpha"]
        self.last_step = total_steps * (1 - settings["restFraction"])
        self.random = numpy.random.RandomState(seed)

    def apply(self, images, step):
        """@returns the mixed pictures, and the share of their own labels."""
        if step >= self.last_step:
            return images, 1.0
        share = float(self.random.beta(self.alpha, self.alpha))
        others = images.roll(1, 0)
        if self.alternate and step % 2 == 0:
            return share * images + (1 - share) * others, share
        height, width = images.shape[2:]
        half_y, half_x = int(height * math.sqrt(1 - share)) // 2, int(width * math.sqrt(1 - share)) // 2
        center_y, center_x = self.random.randint(height), self.random.randint(width)
        top, bottom = max(center_y - half_y, 0), min(center_y + half_y, height)
        left, right = max(center_x - half_x, 0), min(center_x + half_x, width)
        images = images.clone()
        images[:, :, top:bottom, left:right] = others[:, :, top:bottom, left:right]
        return images, 1 - (bottom - top) * (right - left) / (height * width)
