// Sum, Mean, Max, ArgMax, softmax; poolings and their gradients.
#include "check.h"

namespace convkit {
namespace {

void testReduction(const Kernels& k, const ReduceShape& s, Random& r, Checks& checks) {
  Floats x = r.floats(s.outer * s.reduced * s.inner);
  if (r.chance(0.3))
    for (size_t i = 0; i < x.size(); i++)
      if (r.chance(0.02)) x[i] = r.chance(0.5) ? NAN : 3.0f;
  const size_t results = s.outer * s.inner;
  std::vector<double> sums(results), means(results), maxima(results);
  std::vector<int32_t> places(results);
  for (size_t i = 0; i < results; i++) {
    auto at = [&](size_t j) { return static_cast<double>(x[(i / s.inner * s.reduced + j) * s.inner + i % s.inner]); };
    double most = -INFINITY, first = at(0);
    for (size_t j = 0; j < s.reduced; j++) {
      const double v = at(j);
      sums[i] += v;
      most = most != most || v != v ? NAN : v > most ? v : most;
      if (v > first) first = v, places[i] = static_cast<int32_t>(j);
    }
    means[i] = sums[i] / static_cast<double>(s.reduced);
    maxima[i] = most;
  }
  checks.context = format("reduce [%zu, %zu, %zu]", s.outer, s.reduced, s.inner);
  Floats y(results);
  Ints indices(results);
  checks.that("memory", k.reduce(ReduceOp::sum, s, x.data(), y.data()));
  checks.close(y, sums, 1e-5 * std::sqrt(static_cast<double>(s.reduced)), 1e-6);
  checks.that("memory", k.reduce(ReduceOp::mean, s, x.data(), y.data()));
  checks.close(y, means, 1e-6, 1e-6);
  checks.that("memory", k.reduce(ReduceOp::max, s, x.data(), y.data()));
  checks.close(y, maxima, 0, 0);
  k.argMax(s, x.data(), indices.data());
  checks.equal(indices, places);
}

void testSoftmax(const Kernels& k, Random& r, Checks& checks) {
  const size_t rows = r.between(1, 40), columns = r.between(1, 120);
  Floats x = r.floats(rows * columns), y(rows * columns);
  for (size_t i = 0; i < x.size(); i++) {
    x[i] *= 20;
    if (r.chance(0.01)) x[i] = r.chance(0.3) ? NAN : r.chance(0.3) ? INFINITY : -INFINITY;
  }
  std::vector<double> plain(x.size()), logarithms(x.size());
  for (size_t i = 0; i < rows; i++) {
    double most = -INFINITY, total = 0;
    for (size_t j = 0; j < columns; j++) {
      const double v = x[i * columns + j];
      most = most != most || v != v ? NAN : v > most ? v : most;
    }
    for (size_t j = 0; j < columns; j++) total += std::exp(x[i * columns + j] - most);
    for (size_t j = 0; j < columns; j++) {
      plain[i * columns + j] = std::exp(x[i * columns + j] - most) / total;
      logarithms[i * columns + j] = x[i * columns + j] - most - std::log(total);
    }
  }
  checks.context = format("softmax [%zu, %zu]", rows, columns);
  k.softmax(rows, columns, x.data(), y.data(), false);
  checks.close(y, plain, 1e-6, 1e-5);
  k.softmax(rows, columns, x.data(), y.data(), true);
  checks.close(y, logarithms, 1e-5, 1e-5);
}

void testPool(const Kernels& k, Random& r, Checks& checks) {
  PoolShape s{};
  s.batch = r.between(1, 3);
  s.inH = r.between(1, 14);
  s.inW = r.between(1, 14);
  s.channels = r.channels();
  s.filterH = r.between(1, 4);
  s.filterW = r.between(1, 4);
  s.strideH = r.chance(0.5) ? s.filterH : r.between(1, 3);
  s.strideW = r.chance(0.5) ? s.filterW : r.between(1, 3);
  s.padTop = r.chance(0.5) ? 0 : r.between(-1, 2);
  s.padLeft = r.chance(0.5) ? 0 : r.between(-1, 2);
  s.outH = r.between(1, (s.inH + 2) / s.strideH + 1);
  s.outW = r.between(1, (s.inW + 2) / s.strideW + 1);
  const size_t inSize = static_cast<size_t>(s.batch) * s.inH * s.inW * s.channels, outSize = static_cast<size_t>(s.batch) * s.outH * s.outW * s.channels;
  Floats x = r.floats(inSize);
  const Floats dy = r.floats(outSize);
  // Few values, so that maxima are not unique.
  for (size_t i = 0; i < inSize; i++) x[i] = r.chance(0.02) ? NAN : r.chance(0.02) ? -INFINITY : std::round(x[i] * 3);
  std::vector<double> most(outSize, -INFINITY), average(outSize), maxGrad(inSize), averageGrad(inSize);
  for (int n = 0; n < s.batch; n++)
    for (int y = 0; y < s.outH; y++)
      for (int z = 0; z < s.outW; z++)
        for (int c = 0; c < s.channels; c++) {
          const size_t out = ((static_cast<size_t>(n) * s.outH + y) * s.outW + z) * s.channels + c;
          size_t place = SIZE_MAX;
          double total = 0, count = 0;
          for (int i = y * s.strideH - s.padTop; i < y * s.strideH - s.padTop + s.filterH; i++)
            for (int j = z * s.strideW - s.padLeft; j < z * s.strideW - s.padLeft + s.filterW; j++) {
              if (i < 0 || i >= s.inH || j < 0 || j >= s.inW) continue;
              const size_t in = ((static_cast<size_t>(n) * s.inH + i) * s.inW + j) * s.channels + c;
              if (x[in] > most[out]) most[out] = x[in], place = in;
              total += x[in];
              count++;
              averageGrad[in] += dy[out] / (s.filterH * s.filterW);
            }
          average[out] = total / count;
          if (place != SIZE_MAX) maxGrad[place] += dy[out];
        }
  checks.context = format("pool [%d,%d,%d,%d] filter %d,%d out %d,%d stride %d,%d pad %d,%d", s.batch, s.inH, s.inW, s.channels, s.filterH, s.filterW, s.outH,
                          s.outW, s.strideH, s.strideW, s.padTop, s.padLeft);
  Floats y(outSize), dx(inSize);
  k.maxPool(s, x.data(), y.data());
  checks.close(y, most, 0, 0);
  k.avgPool(s, x.data(), y.data());
  checks.close(y, average, 1e-6, 1e-6);
  k.maxPoolGrad(s, dy.data(), x.data(), dx.data());
  checks.close(dx, maxGrad, 1e-5, 1e-6);
  k.avgPoolGrad(s, dy.data(), dx.data());
  checks.close(dx, averageGrad, 1e-5, 1e-6);
}

}  // namespace

void testReductions(const Kernels& k, Random& r, Checks& checks) {
  for (int i = 0; i < 60; i++) testReduction(k, {static_cast<size_t>(r.between(1, 9)), static_cast<size_t>(r.between(1, 90)), static_cast<size_t>(r.channels())}, r, checks);
  for (int i = 0; i < 20; i++) testReduction(k, {static_cast<size_t>(r.between(1, 50)), static_cast<size_t>(r.between(1, 300)), 1}, r, checks);
  // Long enough to be cut into chunks, and wide enough for several blocks of columns.
  const ReduceShape large[] = {{1, 300001, 1}, {3, 70000, 1}, {1, 40000, 3}, {1, 5003, 32}, {2, 129, 1100}, {1, 3, 20011}};
  for (const ReduceShape& s : large) testReduction(k, s, r, checks);
  for (int i = 0; i < 40; i++) testSoftmax(k, r, checks);
}

void testPooling(const Kernels& k, Random& r, Checks& checks) {
  for (int i = 0; i < 120; i++) testPool(k, r, checks);
}

}  // namespace convkit
