// The kernels compiled for avx2: 8 floats a vector.
#include <immintrin.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../clock.h"
#include "../kernels.h"
#include "../thread-pool.h"

#define CK_LANES 8
namespace convkit {
namespace avx2 {
#include "../kernels/all.h"
}  // namespace avx2
extern const Kernels kAvx2Kernels = avx2::table("avx2");
}  // namespace convkit
