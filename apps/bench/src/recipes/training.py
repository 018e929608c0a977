"""One run of search-recipes.py: from a file of pictures and the settings of an attempt to accuracies on its fold."""

import functools
import time

import numpy
import torch
from augmentation import Augmentation, Mixing
from networks import create_network
from optimizers import LearningRates, Lookahead, MovingAverage, create_optimizers
from torch.nn import functional

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
#: After them the whitening layer's bias stays as it is.
WHITENING_EPOCHS = 3
WHITENING_PICTURES = 5000
EVALUATION_BATCH = 1000


@functools.lru_cache(maxsize=None)
def load(path):
    if not path.exists():
        raise FileNotFoundError(
            f"Expected an .npz file with x, y and val. Received: nothing at {path}. Make it with `prepare`."
        )
    with numpy.load(path) as file:
        return tuple(torch.from_numpy(file[key]).to(DEVICE) for key in ("x", "y", "val"))


class Pictures:
    """Both parts on the device, normalised by the training part: float32 [N, C, height, width], labels int64 [N]."""

    def __init__(self, path, fold, size, most):
        bytes_, labels, folds = load(path)
        training, validation = (chosen.nonzero()[:most, 0] for chosen in (folds != fold, folds == fold))
        mean = bytes_[training].float().mean((0, 1, 2)) / 255
        deviation = bytes_[training].float().div(255).std((0, 1, 2))

        def normalised(indices):
            pictures = (bytes_[indices].float() / 255 - mean) / deviation
            return pictures.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)

        self.classes = int(labels.max()) + 1
        self.training, self.training_labels = normalised(training), labels[training].long()
        self.validation, self.validation_labels = normalised(validation), labels[validation].long()
        self.channels, *own_size = self.training.shape[1:]
        self.size = tuple(size or own_size)
        self.for_whitening = self.training[:WHITENING_PICTURES]
        if self.size != tuple(own_size):
            # Training pictures get their size from the affine transform, so these stand in for the whitening layer.
            self.validation = self.for_whitening = functional.interpolate(
                self.validation, self.size, mode="bilinear", antialias=True, align_corners=False
            )


def create_loss(attempt, pictures):
    """Of logits, labels, and the share of the labels' own pictures; the rest is of the pictures before them."""
    weight = None
    if attempt.get("balanced"):
        counts = torch.bincount(pictures.training_labels, minlength=pictures.classes).float()
        weight = len(pictures.training_labels) / pictures.classes / counts
    # Muon's rates for bias and head are for a summed loss, and Muon itself sees directions alone.
    summed = attempt["optimizer"]["name"] == "muon"
    cross_entropy = functools.partial(
        functional.cross_entropy, weight=weight, label_smoothing=attempt["labelSmoothing"]
    )

    def loss_of(logits, labels, share):
        loss = cross_entropy(logits, labels)
        if share < 1:
            loss = share * loss + (1 - share) * cross_entropy(logits, labels.roll(1, 0))
        return loss * len(labels) if summed else loss

    return loss_of


def autocast():
    return torch.autocast(DEVICE, torch.bfloat16)


def train_network(network, pictures, attempt, seed):
    """@returns the moving average of the weights, if the attempt keeps one, and the number of steps."""
    generator = torch.Generator(device=DEVICE)
    generator.manual_seed(seed + 1)
    count = len(pictures.training)
    batch_size = min(attempt["batchSize"], count)
    steps_per_epoch = count // batch_size
    total_steps = steps_per_epoch * attempt["epochs"]
    optimizers = create_optimizers(network, attempt["optimizer"])
    rates = LearningRates(optimizers, attempt["schedule"], total_steps, WHITENING_EPOCHS * steps_per_epoch)
    lookahead = Lookahead(network) if attempt.get("lookahead") else None
    average = MovingAverage(network, attempt["averageDecay"]) if "averageDecay" in attempt else None
    augmentation = Augmentation(attempt["augmentation"], count, pictures.size, generator)
    mixing = Mixing(attempt["mixing"], seed, total_steps) if "mixing" in attempt else None
    loss_of = create_loss(attempt, pictures)
    network.train()
    for step in range(total_steps):
        epoch, batch = divmod(step, steps_per_epoch)
        if batch == 0:
            order = torch.randperm(count, device=DEVICE, generator=generator)
            augmentation.begin_epoch(epoch)
        indices = order[batch * batch_size : (batch + 1) * batch_size]
        images = augmentation.apply(pictures.training[indices], indices)
        labels, share = pictures.training_labels[indices], 1.0
        if mixing:
            images, share = mixing.apply(images, step)
        rates.set(step)
        with autocast():
            logits = network(images, epoch < WHITENING_EPOCHS).float()
        loss_of(logits, labels, share).backward()
        for optimizer in optimizers:
            optimizer.step()
        network.zero_grad(set_to_none=True)
        with torch.no_grad():
            for slow in (lookahead, average):
                if slow:
                    slow.after_step(step + 1, total_steps)
    if lookahead:
        lookahead.install()
    return average, total_steps


@torch.no_grad()
def evaluate(network, pictures, mirrored):
    """
    Accuracy and loss plain, and accuracy over the mean of logits of the picture, half of it, and of the picture moved by a
    pixel to either side diagonally, a quarter each; every one together with its mirror image where those are learnt.
    """
    network.eval()
    images, labels = pictures.validation, pictures.validation_labels

    def logits_of(images):
        with autocast():
            return torch.cat([network(chunk).float() for chunk in images.split(EVALUATION_BATCH)])

    def with_mirror(images):
        logits = logits_of(images)
        return 0.5 * logits + 0.5 * logits_of(images.flip(-1)) if mirrored else logits

    def accuracy(logits):
        return (logits.argmax(1) == labels).float().mean().item()

    plain = logits_of(images)
    padded = functional.pad(images, (1,) * 4, "reflect")
    height, width = pictures.size
    augmented = (
        0.5 * with_mirror(images)
        + 0.25 * with_mirror(padded[:, :, 0:height, 0:width])
        + 0.25 * with_mirror(padded[:, :, 2 : 2 + height, 2 : 2 + width])
    )
    result = {
        "accuracy": accuracy(plain),
        "ttaAccuracy": accuracy(augmented),
        "loss": functional.cross_entropy(plain, labels).item(),
    }
    if pictures.classes == 2:
        recalls = [(plain.argmax(1)[labels == k] == k).float().mean().item() for k in range(2)]
        result["balancedAccuracy"] = sum(recalls) / 2
    return result


def train_attempt(attempt, seed, data, most_pictures=None):
    """@returns accuracies as fractions, mean cross-entropy in nats, steps, seconds with everything."""
    started_at = time.perf_counter()
    torch.manual_seed(seed)
    fold = seed if attempt.get("crossValidation") else 0
    pictures = Pictures(data / f"{attempt['dataset']}.npz", fold, attempt.get("size"), most_pictures)
    network = create_network(attempt, pictures.channels, pictures.classes)
    network = network.to(device=DEVICE, memory_format=torch.channels_last)
    network.whiten_from(pictures.for_whitening)
    average, steps = train_network(network, pictures, attempt, seed)
    mirrored = "flip" in attempt["augmentation"]
    result = {"fold": fold, **evaluate(network, pictures, mirrored)}
    if average:
        average.install()
        averaged = evaluate(network, pictures, mirrored)
        result.update({f"averaged{key[0].upper()}{key[1:]}": value for key, value in averaged.items()})
    return {**result, "steps": steps, "seconds": round(time.perf_counter() - started_at, 1)}
