// The kernels that exist once per instruction set, as plain functions over raw memory. Shapes and buffer
// lengths are checked by the caller (*-bindings.cc); a kernel returns false when memory for its scratch ran out.
#pragma once
#include <cstddef>
#include <cstdint>

namespace convkit {

enum Activation { kLinear = 0, kRelu = 1, kRelu6 = 2, kLeakyRelu = 3, kElu = 4, kSigmoid = 5 };

// NHWC input, HWIO filter, NHWC output.
struct ConvShape {
  int batch, inH, inW, inC, filterH, filterW, outH, outW, outC;
  int strideH, strideW, dilationH, dilationW, padTop, padLeft;
};

// The numbers are those of src/op-codes.ts.
enum class UnaryOp : int32_t { relu, relu6, step, leakyRelu, elu, sigmoid, tanh, erf, exp, log, sqrt, rsqrt, square, neg, abs, reciprocal, gelu };
enum class BinaryOp : int32_t { add, sub, multiply, realDiv, maximum, minimum, squaredDifference, pow, prelu, eluGrad, mod, atan2, geluGrad };
// What batch normalisation hands its result through.
enum class NormActivation : int32_t { linear, relu, gelu };
enum class CompareOp : int32_t { equal, notEqual, less, lessEqual, greater, greaterEqual };
enum class ReduceOp : int32_t { sum, mean, max };

// Two operands and the elements they give, innermost axis last. A stride of 0 repeats an operand along that axis.
// Made by mergeAxes (axes.h): no two adjacent axes could be one, the last strides are 0 or 1 and not both 0.
struct Broadcast {
  static constexpr int kMostAxes = 8;
  int rank;
  size_t total;
  size_t size[kMostAxes], strideA[kMostAxes], strideB[kMostAxes];
};

// Elements to move and where they lie; made by mergeAxes as well.
struct StridedCopy {
  static constexpr int kMostAxes = 8;
  int rank;
  size_t size[kMostAxes], sourceStride[kMostAxes], targetStride[kMostAxes];
};

// A tensor inside a larger one. Made by readPad (axes.h).
struct PadShape {
  static constexpr int kMostAxes = 8;
  int rank;
  size_t size[kMostAxes], before[kMostAxes], targetSize[kMostAxes];
};

// x [outer, reduced, inner], reduced over its middle axis.
struct ReduceShape {
  size_t outer, reduced, inner;
};

// NHWC.
struct PoolShape {
  int batch, inH, inW, channels, filterH, filterW, outH, outW;
  int strideH, strideW, padTop, padLeft;
};

// [batch, inH, inW, channels] to [batch, outH, outW, channels].
struct ResizeShape {
  int batch, inH, inW, channels, outH, outW;
  bool alignCorners, halfPixelCenters;
};

struct SgdOptions {
  float learningRate, momentum, weightDecay;
  bool nesterov, coupled;
};

// correction: 1 - beta^step.
struct AdamWOptions {
  float learningRate, beta1, oneMinusBeta1, beta2, oneMinusBeta2, epsilon, weightDecay, correction1, correction2;
};

struct RmsPropOptions {
  float learningRate, smoothing, oneMinusSmoothing, momentum, epsilon, weightDecay;
};

struct LionOptions {
  float learningRate, beta1, oneMinusBeta1, beta2, oneMinusBeta2, weightDecay;
};

// Convolutions whose operands are rounded to bfloat16 and whose sums are float32: a product with 8 bits of each operand, at
// several times the speed. `fits` says which shapes they take.
struct Bf16Kernels {
  const char* name;
  bool (*fits)(const ConvShape&);
  bool (*conv2d)(const ConvShape&, const float* x, const float* filter, const float* bias, float* y, Activation, float alpha);
  bool (*conv2dBackpropInput)(const ConvShape&, const float* dy, const float* filter, float* dx);
  bool (*conv2dBackpropFilter)(const ConvShape&, const float* x, const float* dy, float* dw);
};

struct Kernels {
  const char* name;

  bool (*conv2d)(const ConvShape&, const float* x, const float* filter, const float* bias, float* y, Activation, float alpha);
  bool (*conv2dBackpropInput)(const ConvShape&, const float* dy, const float* filter, float* dx);
  bool (*conv2dBackpropFilter)(const ConvShape&, const float* x, const float* dy, float* dw);
  // a [m,k] or, transposed, [k,m]; b [k,n] or [n,k]; out [m,n].
  bool (*matMul)(size_t m, size_t k, size_t n, const float* a, bool transposeA, const float* b, bool transposeB,
                 const float* bias, float* out, Activation, float alpha);

  bool (*batchNormTraining)(size_t rows, size_t channels, const float* x, const float* scale, const float* offset, float epsilon,
                            NormActivation, float* y, float* mean, float* variance);
  bool (*batchNormTrainingGrad)(size_t rows, size_t channels, const float* dy, const float* x, const float* mean,
                                const float* variance, const float* scale, const float* offset, float epsilon, NormActivation,
                                float* dx, float* dscale, float* doffset);
  // x [rows * 2, outW * 2, channels]; y [rows, outW, channels]; rows of windows of all images.
  bool (*batchNormReluMaxPool)(size_t rows, size_t outW, size_t channels, const float* x, const float* scale, const float* offset,
                               float epsilon, float* y, float* mean, float* variance);
  bool (*batchNormReluMaxPoolGrad)(size_t rows, size_t outW, size_t channels, const float* dy, const float* x, const float* mean,
                                   const float* variance, const float* scale, const float* offset, float epsilon, float* dx,
                                   float* dscale, float* doffset);
  bool (*batchNormInference)(size_t rows, size_t channels, const float* x, const float* mean, const float* variance,
                             const float* scale, const float* offset, float epsilon, float* y);

  // outC = inC * M; filter [filterH, filterW, inC, M].
  bool (*depthwiseConv2d)(const ConvShape&, const float* x, const float* filter, const float* bias, float* y, Activation, float alpha);
  bool (*depthwiseConv2dBackpropInput)(const ConvShape&, const float* dy, const float* filter, float* dx);
  bool (*depthwiseConv2dBackpropFilter)(const ConvShape&, const float* x, const float* dy, float* dw);

  void (*unary)(UnaryOp, size_t size, const float* x, float* y, float alpha);
  bool (*binary)(BinaryOp, const Broadcast&, const float* a, const float* b, float* out);
  bool (*compare)(CompareOp, const Broadcast&, const float* a, const float* b, uint8_t* out);
  bool (*compareInts)(CompareOp, const Broadcast&, const int32_t* a, const int32_t* b, uint8_t* out);
  bool (*logicalAnd)(const Broadcast&, const uint8_t* a, const uint8_t* b, uint8_t* out);
  bool (*logicalOr)(const Broadcast&, const uint8_t* a, const uint8_t* b, uint8_t* out);
  void (*addN)(size_t count, const float* const* inputs, size_t size, float* sum);

  void (*select)(size_t size, size_t elementBytes, const uint8_t* condition, const void* t, const void* e, void* out);
  void (*logicalNot)(size_t size, const uint8_t* x, uint8_t* y);
  void (*floatToInt)(size_t size, const float* x, int32_t* y);
  void (*floatToBool)(size_t size, const float* x, uint8_t* y);
  void (*intToFloat)(size_t size, const int32_t* x, float* y);
  void (*intToBool)(size_t size, const int32_t* x, uint8_t* y);
  void (*boolToFloat)(size_t size, const uint8_t* x, float* y);
  void (*boolToInt)(size_t size, const uint8_t* x, int32_t* y);

  bool (*reduce)(ReduceOp, const ReduceShape&, const float* x, float* y);
  void (*argMax)(const ReduceShape&, const float* x, int32_t* y);
  void (*softmax)(size_t rows, size_t columns, const float* x, float* y, bool logarithmic);

  void (*maxPool)(const PoolShape&, const float* x, float* y);
  void (*avgPool)(const PoolShape&, const float* x, float* y);
  void (*maxPoolGrad)(const PoolShape&, const float* dy, const float* x, float* dx);
  void (*avgPoolGrad)(const PoolShape&, const float* dy, float* dx);

  void (*sgdUpdate)(const SgdOptions&, size_t size, const float* param, const float* grad, const float* velocity, float* newParam,
                    float* newVelocity);
  void (*adamWUpdate)(const AdamWOptions&, size_t size, const float* param, const float* grad, const float* first,
                      const float* second, float* newParam, float* newFirst, float* newSecond);
  void (*rmsPropUpdate)(const RmsPropOptions&, size_t size, const float* param, const float* grad, const float* meanSquare,
                        const float* velocity, float* newParam, float* newMeanSquare, float* newVelocity);
  void (*lionUpdate)(const LionOptions&, size_t size, const float* param, const float* grad, const float* average, float* newParam,
                     float* newAverage);
  void (*dropout)(size_t size, uint64_t threshold, float scale, uint32_t seed, const float* x, float* y);

  void (*copyStrided)(const StridedCopy&, size_t elementBytes, const void* source, void* target);
  void (*pad)(const PadShape&, size_t elementBytes, const void* value, const void* source, void* target);
  void (*oneHot)(size_t size, size_t depth, uint32_t on, uint32_t off, const int32_t* indices, uint32_t* target);

  bool (*resizeBilinear)(const ResizeShape&, const float* x, float* y);
  bool (*resizeBilinearGrad)(const ResizeShape&, const float* dy, float* dx);

  // GFLOP/s of independent fused multiply-adds in registers on all threads, for `milliseconds`.
  double (*fmaPeak)(double milliseconds);
};

// Best first; only those this CPU runs.
int availableKernels(const Kernels** table, int most);
const Kernels& kernels();
// false if this CPU cannot run it.
bool selectKernels(const char* name);

// Best first; only those that this CPU and the instruction set in use run.
int availableBf16Kernels(const Bf16Kernels** table, int most);
// nullptr while convolutions are computed in float32, as they are at first.
const Bf16Kernels* bf16Kernels();
// nullptr for float32. false if this CPU cannot run them, or not beside the instruction set in use.
bool selectBf16Kernels(const char* name);

}  // namespace convkit
