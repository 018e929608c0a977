// Matrix products and batch normalisation.
#include "check.h"

namespace convkit {
namespace {

void testProduct(const Kernels& k, Random& r, Checks& checks) {
  const size_t m = r.between(1, 70), depth = r.between(1, 90), n = r.channels();
  const bool transposeA = r.chance(0.5), transposeB = r.chance(0.5), biased = r.chance(0.5);
  const Floats a = r.floats(m * depth), b = r.floats(depth * n), bias = r.floats(n);
  std::vector<double> expected(m * n);
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++) {
      double total = biased ? bias[j] : 0;
      for (size_t d = 0; d < depth; d++)
        total += static_cast<double>(transposeA ? a[d * m + i] : a[i * depth + d]) * (transposeB ? b[j * depth + d] : b[d * n + j]);
      expected[i * n + j] = total;
    }
  checks.context = format("matMul m %zu k %zu n %zu transposed %d %d", m, depth, n, transposeA, transposeB);
  Floats out(m * n);
  checks.that("memory", k.matMul(m, depth, n, a.data(), transposeA, b.data(), transposeB, biased ? bias.data() : nullptr, out.data(), kLinear, 0));
  checks.close(out, expected, 1e-4, 1e-4);
}

double normalCdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }
double geluSlope(double x) { return normalCdf(x) + x * std::exp(-x * x / 2) / std::sqrt(2 * 3.14159265358979323846); }

void testBatchNorm(const Kernels& k, Random& r, Checks& checks) {
  const size_t rows = r.between(4, 400), channels = r.channels();
  const NormActivation activation = static_cast<NormActivation>(r.between(0, 2));
  const bool relu = activation == NormActivation::relu, curved = activation == NormActivation::gelu, scaled = r.chance(0.7), shifted = r.chance(0.7);
  const float epsilon = 1e-3f;
  Floats x = r.floats(rows * channels), scale = r.floats(channels), offset = r.floats(channels);
  const Floats dy = r.floats(rows * channels);
  // Away from 0, where a rounding would decide which side of the ReLU a value is on.
  for (size_t c = 0; c < channels; c++) scale[c] += 2;
  std::vector<double> y(rows * channels), means(channels), variances(channels), dx(rows * channels), dscale(channels), doffset(channels), inference(rows * channels);
  for (size_t c = 0; c < channels; c++) {
    double total = 0, squares = 0;
    for (size_t i = 0; i < rows; i++) total += x[i * channels + c];
    const double mean = total / static_cast<double>(rows);
    for (size_t i = 0; i < rows; i++) squares += (x[i * channels + c] - mean) * (x[i * channels + c] - mean);
    const double variance = squares / static_cast<double>(rows), inverse = 1 / std::sqrt(variance + epsilon);
    const double factor = scaled ? scale[c] : 1, shift = shifted ? offset[c] : 0;
    means[c] = mean;
    variances[c] = variance;
    for (size_t i = 0; i < rows; i++) {
      const size_t at = i * channels + c;
      const double normal = (x[at] - mean) * inverse, before = normal * factor + shift;
      y[at] = relu && before < 0 ? 0 : curved ? before * normalCdf(before) : before;
      inference[at] = before;
      const double g = relu && !(before > 0) ? 0 : curved ? dy[at] * geluSlope(before) : dy[at];
      doffset[c] += g;
      dscale[c] += g * normal;
    }
    for (size_t i = 0; i < rows; i++) {
      const size_t at = i * channels + c;
      const double normal = (x[at] - mean) * inverse, before = normal * factor + shift;
      const double g = relu && !(before > 0) ? 0 : curved ? dy[at] * geluSlope(before) : dy[at];
      dx[at] = factor * inverse * (g - doffset[c] / static_cast<double>(rows) - normal * dscale[c] / static_cast<double>(rows));
    }
  }
  checks.context = format("batch norm rows %zu channels %zu activation %d scale %d offset %d", rows, channels, static_cast<int>(activation), scaled, shifted);
  const float *s = scaled ? scale.data() : nullptr, *o = shifted ? offset.data() : nullptr;
  Floats out(y.size()), mean(channels), variance(channels), dxOut(dx.size()), dscaleOut(channels), doffsetOut(channels), inferred(y.size());
  checks.that("memory", k.batchNormTraining(rows, channels, x.data(), s, o, epsilon, activation, out.data(), mean.data(), variance.data()));
  checks.close(out, y, 1e-4, 1e-4);
  checks.close(mean, means, 1e-6, 1e-5);
  checks.close(variance, variances, 1e-6, 1e-5);
  checks.that("memory", k.batchNormInference(rows, channels, x.data(), mean.data(), variance.data(), s, o, epsilon, inferred.data()));
  checks.close(inferred, inference, 1e-4, 1e-4);
  if (relu) {
    // Whether a value just at 0 passes is up to rounding: not such cases.
    for (size_t at = 0; at < y.size(); at++)
      if (std::fabs(inference[at]) < 1e-4) return;
  }
  checks.that("memory", k.batchNormTrainingGrad(rows, channels, dy.data(), x.data(), mean.data(), variance.data(), s, o, epsilon, activation, dxOut.data(),
                                                dscaleOut.data(), doffsetOut.data()));
  checks.close(dxOut, dx, 1e-4, 1e-3);
  checks.close(dscaleOut, dscale, 1e-3, 1e-3);
  checks.close(doffsetOut, doffset, 1e-3, 1e-3);
}

// One pass against the kernels that it stands for, one after the other.
void testPooledBatchNorm(const Kernels& k, Random& r, Checks& checks) {
  PoolShape s{};
  s.batch = r.between(1, 3);
  s.outH = r.between(1, 5);
  s.outW = r.between(1, 5);
  s.inH = s.outH * 2;
  s.inW = s.outW * 2;
  s.filterH = s.filterW = s.strideH = s.strideW = 2;
  s.channels = r.between(1, 70);
  const size_t channels = s.channels, windows = static_cast<size_t>(s.batch) * s.outH, pooled = windows * s.outW * channels, pixels = windows * s.outW * 4;
  const Floats x = r.floats(pixels * channels), scale = r.floats(channels), offset = r.floats(channels), dy = r.floats(pooled);
  const float *scales = r.chance(0.7) ? scale.data() : nullptr, *o = r.chance(0.7) ? offset.data() : nullptr;
  checks.context = format("batch norm, ReLU and max pool of %d, %d x %d x %zu, scale %d offset %d", s.batch, s.outH, s.outW, channels, scales != nullptr, o != nullptr);
  const float epsilon = 1e-3f;
  Floats whole(x.size()), y(pooled), mean(channels), variance(channels), through(x.size()), dx(x.size()), dscale(channels), doffset(channels);
  checks.that("memory", k.batchNormTraining(pixels, channels, x.data(), scales, o, epsilon, NormActivation::relu, whole.data(), mean.data(), variance.data()));
  k.maxPool(s, whole.data(), y.data());
  k.maxPoolGrad(s, dy.data(), whole.data(), through.data());
  checks.that("memory", k.batchNormTrainingGrad(pixels, channels, through.data(), x.data(), mean.data(), variance.data(), scales, o, epsilon,
                                                NormActivation::relu, dx.data(), dscale.data(), doffset.data()));
  Floats yOut(pooled), meanOut(channels), varianceOut(channels), dxOut(x.size()), dscaleOut(channels), doffsetOut(channels);
  checks.that("memory", k.batchNormReluMaxPool(windows, s.outW, channels, x.data(), scales, o, epsilon, yOut.data(), meanOut.data(), varianceOut.data()));
  checks.that("memory", k.batchNormReluMaxPoolGrad(windows, s.outW, channels, dy.data(), x.data(), mean.data(), variance.data(), scales, o, epsilon,
                                                   dxOut.data(), dscaleOut.data(), doffsetOut.data()));
  const auto close = [&](const Floats& got, const Floats& expected, double tolerance) {
    checks.close(got, std::vector<double>(expected.data(), expected.data() + expected.size()), tolerance, tolerance);
  };
  close(meanOut, mean, 0);
  close(varianceOut, variance, 0);
  close(yOut, y, 0);
  close(dxOut, dx, 1e-4);
  close(dscaleOut, dscale, 1e-4);
  close(doffsetOut, doffset, 1e-4);
}

}  // namespace

void testProductsAndNorms(const Kernels& k, Random& r, Checks& checks) {
  for (int i = 0; i < 60; i++) testProduct(k, r, checks);
  for (int i = 0; i < 40; i++) testBatchNorm(k, r, checks);
  for (int i = 0; i < 40; i++) testPooledBatchNorm(k, r, checks);
  checks.context = "fmaPeak";
  checks.that("positive", k.fmaPeak(1) > 0);
}

}  // namespace convkit
