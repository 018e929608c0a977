#include "axes.h"

namespace convkit {
namespace {

struct Axis {
  size_t size, a, b;  // a, b: strides
};

// Leaves out axes of one element and joins neighbours that both operands walk through in one go; innermost last.
int mergeAxes(const Axis* axes, int rank, Axis* merged) {
  int count = 0;
  for (int i = 0; i < rank; i++) {
    if (axes[i].size == 1) continue;
    Axis* outer = count > 0 ? &merged[count - 1] : nullptr;
    if (outer && outer->a == axes[i].a * axes[i].size && outer->b == axes[i].b * axes[i].size) *outer = {outer->size * axes[i].size, axes[i].a, axes[i].b};
    else merged[count++] = axes[i];
  }
  if (count == 0) merged[count++] = {1, 1, 1};
  return count;
}

}  // namespace

Broadcast readBroadcast(Call& call, size_t index, size_t from, size_t* sizeA, size_t* sizeB) {
  Broadcast result{1, 1, {1}, {1}, {1}};
  *sizeA = *sizeB = 1;
  const int rank = call.params(index, from + 1)[from];
  if (call.failed()) return result;
  if (rank < 0 || rank > Broadcast::kMostAxes) {
    call.fail("Expected tensors of at most 8 axes.");
    return result;
  }
  const int32_t *a = call.params(index, from + 1 + 2 * rank) + from + 1, *b = a + rank;
  if (call.failed()) return result;
  Axis axes[Broadcast::kMostAxes], merged[Broadcast::kMostAxes];
  size_t total = 1;
  for (int i = rank - 1; i >= 0; i--) {
    if (a[i] < 1 || b[i] < 1 || (a[i] != b[i] && a[i] != 1 && b[i] != 1)) call.fail("Expected two shapes that broadcast, without empty axes.");
    if (call.failed()) return result;
    axes[i] = {static_cast<size_t>(a[i] > b[i] ? a[i] : b[i]), a[i] == 1 ? 0 : *sizeA, b[i] == 1 ? 0 : *sizeB};
    *sizeA *= static_cast<size_t>(a[i]);
    *sizeB *= static_cast<size_t>(b[i]);
    total *= axes[i].size;
    if (total > kMostElements) call.fail("Expected fewer than 2^32 elements.");
  }
  result.rank = mergeAxes(axes, rank, merged);
  result.total = total;
  for (int i = 0; i < result.rank; i++) {
    result.size[i] = merged[i].size;
    result.strideA[i] = merged[i].a;
    result.strideB[i] = merged[i].b;
  }
  return result;
}

PlacedCopy readCopy(Call& call, size_t index) {
  PlacedCopy result{{1, {1}, {1}, {1}}, 0, 0, 1, 1};
  const int rank = call.params(index, 1)[0];
  if (call.failed()) return result;
  if (rank < 0 || rank > StridedCopy::kMostAxes) {
    call.fail("Expected tensors of at most 8 axes.");
    return result;
  }
  const int32_t *offsets = call.params(index, 3 + 3 * rank) + 1, *sizes = offsets + 2, *sourceStrides = sizes + rank, *targetStrides = sourceStrides + rank;
  if (call.failed()) return result;
  if (offsets[0] < 0 || offsets[1] < 0) call.fail("Expected offsets of at least 0.");
  Axis axes[StridedCopy::kMostAxes], merged[StridedCopy::kMostAxes];
  size_t total = 1, lastSource = offsets[0], lastTarget = offsets[1];
  for (int i = 0; i < rank && !call.failed(); i++) {
    if (sizes[i] < 1 || sourceStrides[i] < 0 || targetStrides[i] < 1) call.fail("Expected sizes and target strides of at least 1, source strides of at least 0.");
    if (call.failed()) return result;
    axes[i] = {static_cast<size_t>(sizes[i]), static_cast<size_t>(sourceStrides[i]), static_cast<size_t>(targetStrides[i])};
    total *= axes[i].size;
    lastSource += (axes[i].size - 1) * axes[i].a;
    lastTarget += (axes[i].size - 1) * axes[i].b;
    if (total > kMostElements || lastSource > kMostElements || lastTarget > kMostElements) call.fail("Expected fewer than 2^32 elements.");
  }
  if (call.failed()) return result;
  result.copy.rank = mergeAxes(axes, rank, merged);
  for (int i = 0; i < result.copy.rank; i++) {
    result.copy.size[i] = merged[i].size;
    result.copy.sourceStride[i] = merged[i].a;
    result.copy.targetStride[i] = merged[i].b;
  }
  result.sourceOffset = offsets[0];
  result.targetOffset = offsets[1];
  result.sourceLength = lastSource + 1;
  result.targetLength = lastTarget + 1;
  return result;
}

PadShape readPad(Call& call, size_t index, size_t* sourceLength, size_t* targetLength) {
  PadShape result{1, {1}, {0}, {1}};
  *sourceLength = *targetLength = 1;
  const int rank = call.params(index, 1)[0];
  if (call.failed()) return result;
  if (rank < 0 || rank > PadShape::kMostAxes) {
    call.fail("Expected tensors of at most 8 axes.");
    return result;
  }
  const int32_t *sizes = call.params(index, 1 + 3 * rank) + 1, *before = sizes + rank, *after = before + rank;
  int count = 0;
  for (int i = 0; i < rank && !call.failed(); i++) {
    if (sizes[i] < 1 || before[i] < 0 || after[i] < 0) call.fail("Expected sizes of at least 1 and padding of at least 0.");
    if (call.failed()) return result;
    const size_t size = sizes[i], front = before[i], whole = size + front + after[i];
    *sourceLength *= size;
    *targetLength *= whole;
    if (*targetLength > kMostElements) call.fail("Expected fewer than 2^32 elements.");
    if (count > 0 && whole == size) {  // an axis that is whole is part of the one before it
      result.size[count - 1] *= size;
      result.before[count - 1] *= size;
      result.targetSize[count - 1] *= size;
    } else {
      result.size[count] = size;
      result.before[count] = front;
      result.targetSize[count++] = whole;
    }
  }
  result.rank = count > 0 ? count : 1;
  return result;
}

}  // namespace convkit
