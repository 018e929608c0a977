// Convolutions in bfloat16 by the dot products of AVX512-BF16; for all else such a CPU runs the kernels of avx512.
#include <immintrin.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../kernels.h"
#include "../thread-pool.h"

#define CK_LANES 16
namespace convkit {
namespace avx512bf16 {
#include "../simd.h"
#include "../kernels/activation.h"
#include "../kernels/bf16-plane.h"
#include "../kernels/bf16-block-dot.h"
#include "../kernels/bf16-conv2d.h"
#include "../kernels/bf16-conv2d-backprop-filter.h"
}  // namespace avx512bf16
extern const Bf16Kernels kAvx512Bf16Kernels;
const Bf16Kernels kAvx512Bf16Kernels = {"avx512-bf16", avx512bf16::fits, avx512bf16::conv2d, avx512bf16::conv2dBackpropInput, avx512bf16::conv2dBackpropFilter};
}  // namespace convkit
