// Strided copies, padding, one-hot rows, resizing.
#include <algorithm>
#include <numeric>

#include "check.h"

namespace convkit {
namespace {

// A transpose of random axes into a larger array, out of a larger one.
template <typename T>
void testCopy(const Kernels& k, Random& r, Checks& checks) {
  StridedCopy s{};
  s.rank = r.between(1, 4);
  std::vector<int> order(s.rank);
  std::iota(order.begin(), order.end(), 0);
  for (int i = s.rank - 1; i > 0; i--) std::swap(order[i], order[r.between(0, i)]);
  const size_t slackSource = r.chance(0.5) ? 0 : r.between(1, 3), slackTarget = r.chance(0.5) ? 0 : r.between(1, 3);
  for (int i = 0; i < s.rank; i++) s.size[i] = r.chance(0.2) ? r.between(30, 70) : r.between(2, 12);
  size_t stride = 1;
  for (int i = s.rank - 1; i >= 0; i--) {
    s.sourceStride[order[i]] = stride;
    stride *= s.size[order[i]] + (i == s.rank - 1 ? slackSource : 0);
  }
  const size_t sourceSize = stride;
  stride = 1;
  for (int i = s.rank - 1; i >= 0; i--) {
    s.targetStride[i] = stride;
    stride *= s.size[i] + (i == s.rank - 1 ? slackTarget : 0);
  }
  const size_t targetSize = stride;
  Guarded<T> source(sourceSize), target(targetSize);
  for (size_t i = 0; i < sourceSize; i++) source[i] = static_cast<T>(r.bits() % 251);
  std::vector<T> expected(targetSize, 77);
  std::copy(expected.begin(), expected.end(), target.data());
  size_t index[StridedCopy::kMostAxes] = {}, total = 1;
  for (int i = 0; i < s.rank; i++) total *= s.size[i];
  for (size_t n = 0; n < total; n++) {
    size_t from = 0, to = 0;
    for (int i = 0; i < s.rank; i++) from += index[i] * s.sourceStride[i], to += index[i] * s.targetStride[i];
    expected[to] = source[from];
    for (int i = s.rank - 1; i >= 0 && ++index[i] == s.size[i]; i--) index[i] = 0;
  }
  checks.context = format("copyStrided of %zu bytes, rank %d sizes %zu %zu %zu %zu slack %zu %zu", sizeof(T), s.rank, s.size[0], s.size[1], s.size[2], s.size[3], slackSource, slackTarget);
  k.copyStrided(s, sizeof(T), source.data(), target.data());
  checks.equal(target, expected);
}

template <typename T>
void testPad(const Kernels& k, Random& r, Checks& checks) {
  PadShape s{};
  s.rank = r.between(1, 4);
  size_t sourceSize = 1, targetSize = 1;
  for (int i = 0; i < s.rank; i++) {
    s.size[i] = r.between(1, i == s.rank - 1 ? 40 : 6);
    s.before[i] = r.between(0, 3);
    s.targetSize[i] = s.size[i] + s.before[i] + r.between(0, 3);
    sourceSize *= s.size[i];
    targetSize *= s.targetSize[i];
  }
  Guarded<T> source(sourceSize), target(targetSize);
  for (size_t i = 0; i < sourceSize; i++) source[i] = static_cast<T>(r.bits() % 251);
  const T value = 9;
  std::vector<T> expected(targetSize, value);
  for (size_t i = 0; i < sourceSize; i++) {
    size_t rest = i, to = 0, stride = 1;
    for (int axis = s.rank - 1; axis >= 0; axis--) {
      to += (rest % s.size[axis] + s.before[axis]) * stride;
      rest /= s.size[axis];
      stride *= s.targetSize[axis];
    }
    expected[to] = source[i];
  }
  checks.context = format("pad of %zu bytes, rank %d", sizeof(T), s.rank);
  k.pad(s, sizeof(T), &value, source.data(), target.data());
  checks.equal(target, expected);
}

void testOneHot(const Kernels& k, Random& r, Checks& checks) {
  const size_t size = r.between(1, 50), depth = r.between(1, 40);
  Ints indices(size), target(size * depth);
  std::vector<int32_t> expected(size * depth, 5);
  for (size_t i = 0; i < size; i++) {
    indices[i] = r.between(-2, static_cast<int>(depth) + 1);
    if (indices[i] >= 0 && indices[i] < static_cast<int>(depth)) expected[i * depth + indices[i]] = 7;
  }
  checks.context = format("oneHot %zu of %zu", size, depth);
  k.oneHot(size, depth, 7, 5, indices.data(), reinterpret_cast<uint32_t*>(target.data()));
  checks.equal(target, expected);
}

void testResize(const Kernels& k, Random& r, Checks& checks) {
  ResizeShape s{r.between(1, 3), r.between(1, 9), r.between(1, 9), r.channels(), r.between(1, 14), r.between(1, 14), r.chance(0.3), false};
  s.halfPixelCenters = !s.alignCorners && r.chance(0.5);
  struct Pair {
    int low, high;
    double weight;
  };
  auto place = [&](int position, int outSize, int inSize) {
    const bool corners = s.alignCorners && outSize > 1;
    const double ratio = static_cast<double>(inSize - corners) / (outSize - corners);
    const double at = std::max(0.0, s.halfPixelCenters ? ratio * (position + 0.5) - 0.5 : ratio * position);
    const int low = static_cast<int>(std::floor(at));
    return Pair{low, std::min(static_cast<int>(std::ceil(at)), inSize - 1), at - low};
  };
  const size_t channels = s.channels;
  const Floats x = r.floats(static_cast<size_t>(s.batch) * s.inH * s.inW * channels), dy = r.floats(static_cast<size_t>(s.batch) * s.outH * s.outW * channels);
  std::vector<double> y(dy.size()), dx(x.size());
  for (int n = 0; n < s.batch; n++)
    for (int i = 0; i < s.outH; i++)
      for (int j = 0; j < s.outW; j++) {
        const Pair row = place(i, s.outH, s.inH), column = place(j, s.outW, s.inW);
        const size_t out = ((static_cast<size_t>(n) * s.outH + i) * s.outW + j) * channels;
        for (int corner = 0; corner < 4; corner++) {
          const int inRow = corner / 2 ? row.high : row.low, inColumn = corner % 2 ? column.high : column.low;
          const double weight = (corner / 2 ? row.weight : 1 - row.weight) * (corner % 2 ? column.weight : 1 - column.weight);
          const size_t in = ((static_cast<size_t>(n) * s.inH + inRow) * s.inW + inColumn) * channels;
          for (size_t c = 0; c < channels; c++) {
            y[out + c] += weight * x[in + c];
            dx[in + c] += weight * dy[out + c];
          }
        }
      }
  checks.context = format("resize [%d,%d,%d,%d] to %d,%d corners %d centers %d", s.batch, s.inH, s.inW, s.channels, s.outH, s.outW, s.alignCorners, s.halfPixelCenters);
  Floats out(y.size()), gradient(dx.size());
  checks.that("memory", k.resizeBilinear(s, x.data(), out.data()));
  checks.close(out, y, 1e-5, 1e-5);
  checks.that("memory", k.resizeBilinearGrad(s, dy.data(), gradient.data()));
  checks.close(gradient, dx, 1e-4, 1e-5);
}

}  // namespace

void testLayout(const Kernels& k, Random& r, Checks& checks) {
  for (int i = 0; i < 120; i++) testCopy<uint32_t>(k, r, checks);
  for (int i = 0; i < 60; i++) testCopy<uint8_t>(k, r, checks);
  for (int i = 0; i < 60; i++) testPad<uint32_t>(k, r, checks);
  for (int i = 0; i < 30; i++) testPad<uint8_t>(k, r, checks);
  for (int i = 0; i < 30; i++) testOneHot(k, r, checks);
  for (int i = 0; i < 80; i++) testResize(k, r, checks);
}

}  // namespace convkit
