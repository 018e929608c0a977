// Convolutions, plain and depthwise, with their gradients, against sums over taps.
#include "check.h"

namespace convkit {
namespace {

ConvShape randomShape(Random& r) {
  ConvShape s{};
  s.batch = r.between(1, 4);
  s.inH = r.between(1, 12);
  s.inW = r.between(1, 12);
  s.inC = r.channels();
  s.filterH = r.between(1, 5);
  s.filterW = r.between(1, 5);
  s.strideH = r.between(1, 3);
  s.strideW = r.between(1, 3);
  s.dilationH = r.chance(0.7) ? 1 : r.between(2, 3);
  s.dilationW = r.chance(0.7) ? 1 : r.between(2, 3);
  s.padTop = r.between(0, 3);
  s.padLeft = r.between(0, 3);
  // Below and to the right the output may reach into padding, or leave some of the input out.
  s.outH = r.between(1, (s.inH + s.padTop + 2) / s.strideH + 1);
  s.outW = r.between(1, (s.inW + s.padLeft + 2) / s.strideW + 1);
  s.outC = r.channels();
  if (r.chance(0.3)) s.filterH = s.filterW = s.strideH = s.strideW = s.dilationH = s.dilationW = 1, s.padTop = s.padLeft = 0, s.outH = s.inH, s.outW = s.inW;
  return s;
}

std::string describe(const char* name, const ConvShape& s) {
  return format("%s [%d,%d,%d,%d] filter [%d,%d,%d] out [%d,%d] stride %d,%d dilation %d,%d pad %d,%d", name, s.batch, s.inH, s.inW, s.inC, s.filterH,
                s.filterW, s.outC, s.outH, s.outW, s.strideH, s.strideW, s.dilationH, s.dilationW, s.padTop, s.padLeft);
}

// f(input pixel, output pixel, tap) for every pair that a tap connects.
template <typename F>
void forTaps(const ConvShape& s, F f) {
  for (int n = 0; n < s.batch; n++)
    for (int y = 0; y < s.outH; y++)
      for (int x = 0; x < s.outW; x++)
        for (int ky = 0; ky < s.filterH; ky++)
          for (int kx = 0; kx < s.filterW; kx++) {
            const int row = y * s.strideH + ky * s.dilationH - s.padTop, column = x * s.strideW + kx * s.dilationW - s.padLeft;
            if (row < 0 || row >= s.inH || column < 0 || column >= s.inW) continue;
            f((static_cast<size_t>(n) * s.inH + row) * s.inW + column, (static_cast<size_t>(n) * s.outH + y) * s.outW + x, static_cast<size_t>(ky) * s.filterW + kx);
          }
}

double activated(double v, Activation activation, double alpha) {
  switch (activation) {
    case kLinear: return v;
    case kRelu: return v > 0 ? v : 0;
    case kRelu6: return v < 0 ? 0 : v > 6 ? 6 : v;
    case kLeakyRelu: return v < 0 ? v * alpha : v;
    case kElu: return v < 0 ? std::expm1(v) : v;
    case kSigmoid: return 1 / (1 + std::exp(-v));
  }
  return v;
}

// Float sums of numbers of about 1.
constexpr double kSum = 1e-4;

// `compute(out)` fills an array of that size, and says whether there was memory for it.
template <typename Compute>
void checkKernel(Checks& checks, const std::string& context, const std::vector<double>& expected, Compute compute) {
  checks.context = context;
  Floats out(expected.size());
  checks.that("memory", compute(out.data()));
  checks.close(out, expected, kSum, kSum);
}

// What is multiplied in place of `values`: the nearest bfloat16, ties to even, if the kernel rounds.
Floats operands(const Floats& values, bool rounds) {
  Floats result(values.size());
  for (size_t i = 0; i < values.size(); i++) {
    uint32_t bits;
    std::memcpy(&bits, &values[i], sizeof bits);
    if (rounds) bits = (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000;
    std::memcpy(&result[i], &bits, sizeof bits);
  }
  return result;
}

// `Table` is Kernels or Bf16Kernels, whose operands are rounded before they are multiplied.
template <typename Table>
void testConvolution(const Table& k, const ConvShape& s, bool rounds, Random& r, Checks& checks) {
  const size_t inPixels = static_cast<size_t>(s.batch) * s.inH * s.inW, outPixels = static_cast<size_t>(s.batch) * s.outH * s.outW;
  const size_t taps = static_cast<size_t>(s.filterH) * s.filterW, inC = s.inC, outC = s.outC;
  const Floats x = r.floats(inPixels * inC), filter = r.floats(taps * inC * outC), dy = r.floats(outPixels * outC), bias = r.floats(outC);
  const Floats xUsed = operands(x, rounds), filterUsed = operands(filter, rounds), dyUsed = operands(dy, rounds);
  const auto activation = static_cast<Activation>(r.between(kLinear, kSigmoid));
  const bool biased = r.chance(0.5);
  std::vector<double> y(outPixels * outC), dx(inPixels * inC), dw(taps * inC * outC);
  for (size_t j = 0; j < y.size(); j++) y[j] = biased ? bias[j % outC] : 0;
  forTaps(s, [&](size_t in, size_t out, size_t tap) {
    for (size_t c = 0; c < inC; c++)
      for (size_t o = 0; o < outC; o++) {
        const double w = filterUsed[(tap * inC + c) * outC + o], g = dyUsed[out * outC + o], v = xUsed[in * inC + c];
        y[out * outC + o] += v * w;
        dx[in * inC + c] += g * w;
        dw[(tap * inC + c) * outC + o] += g * v;
      }
  });
  for (double& v : y) v = activated(v, activation, 0.2);

  checkKernel(checks, describe("conv2d", s), y, [&](float* out) { return k.conv2d(s, x.data(), filter.data(), biased ? bias.data() : nullptr, out, activation, 0.2f); });
  checkKernel(checks, describe("conv2dBackpropInput", s), dx, [&](float* out) { return k.conv2dBackpropInput(s, dy.data(), filter.data(), out); });
  checkKernel(checks, describe("conv2dBackpropFilter", s), dw, [&](float* out) { return k.conv2dBackpropFilter(s, x.data(), dy.data(), out); });
}

}  // namespace

void testConvolutions(const Kernels& k, Random& r, Checks& checks) {
  for (int i = 0; i < 60; i++) testConvolution(k, randomShape(r), false, r, checks);
}

void testBf16Convolutions(const Bf16Kernels& k, Random& r, Checks& checks) {
  for (int i = 0; i < 60;) {
    ConvShape s = randomShape(r);
    s.strideH = s.strideW = s.dilationH = s.dilationW = 1;
    if (r.chance(0.7)) s.outH = s.inH + 2 * s.padTop - s.filterH + 1, s.outW = s.inW + 2 * s.padLeft - s.filterW + 1;
    if (s.outH < 1 || s.outW < 1 || !k.fits(s)) continue;
    testConvolution(k, s, true, r, checks);
    i++;
  }
  // More pixels than one group of pictures, and more than one cache, in the filter gradient.
  for (ConvShape s : {ConvShape{3, 40, 40, 96, 3, 3, 40, 40, 33, 1, 1, 1, 1, 1, 1}, ConvShape{40, 8, 8, 40, 3, 3, 8, 8, 64, 1, 1, 1, 1, 1, 1}, ConvShape{1, 90, 90, 64, 1, 1, 90, 90, 16, 1, 1, 1, 1, 0, 0}})
    testConvolution(k, s, true, r, checks);
  checks.context = "shapes that bfloat16 does not take";
  const ConvShape plain{2, 8, 8, 32, 3, 3, 8, 8, 32, 1, 1, 1, 1, 1, 1};
  checks.that("takes a plain one", k.fits(plain));
  ConvShape strided = plain, dilated = plain, shallow = plain, far = plain;
  strided.strideW = 2;
  dilated.dilationH = 2;
  shallow.inC = 3;
  far.padTop = 3;
  for (const ConvShape& s : {strided, dilated, shallow, far}) checks.that("refused", !k.fits(s));
}

void testDepthwise(const Kernels& k, Random& r, Checks& checks) {
  for (int i = 0; i < 80; i++) {
    ConvShape s = randomShape(r);
    const int multiplier = r.chance(0.6) ? 1 : r.between(2, 3);
    s.outC = s.inC * multiplier;
    const size_t inPixels = static_cast<size_t>(s.batch) * s.inH * s.inW, outPixels = static_cast<size_t>(s.batch) * s.outH * s.outW;
    const size_t taps = static_cast<size_t>(s.filterH) * s.filterW, inC = s.inC, outC = s.outC;
    const Floats x = r.floats(inPixels * inC), filter = r.floats(taps * outC), dy = r.floats(outPixels * outC), bias = r.floats(outC);
    const auto activation = static_cast<Activation>(r.between(kLinear, kSigmoid));
    const bool biased = r.chance(0.5);
    std::vector<double> y(outPixels * outC), dx(inPixels * inC), dw(taps * outC);
    for (size_t j = 0; j < y.size(); j++) y[j] = biased ? bias[j % outC] : 0;
    forTaps(s, [&](size_t in, size_t out, size_t tap) {
      for (size_t o = 0; o < outC; o++) {
        const size_t c = o / multiplier;
        y[out * outC + o] += static_cast<double>(x[in * inC + c]) * filter[tap * outC + o];
        dx[in * inC + c] += static_cast<double>(dy[out * outC + o]) * filter[tap * outC + o];
        dw[tap * outC + o] += static_cast<double>(dy[out * outC + o]) * x[in * inC + c];
      }
    });
    for (double& v : y) v = activated(v, activation, 0.2);

    checkKernel(checks, describe("depthwiseConv2d", s), y, [&](float* out) { return k.depthwiseConv2d(s, x.data(), filter.data(), biased ? bias.data() : nullptr, out, activation, 0.2f); });
    checkKernel(checks, describe("depthwiseConv2dBackpropInput", s), dx, [&](float* out) { return k.depthwiseConv2dBackpropInput(s, dy.data(), filter.data(), out); });
    checkKernel(checks, describe("depthwiseConv2dBackpropFilter", s), dw, [&](float* out) { return k.depthwiseConv2dBackpropFilter(s, x.data(), dy.data(), out); });
  }
}

}  // namespace convkit
