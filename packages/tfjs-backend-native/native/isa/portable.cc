// The kernels compiled for portable: 4 floats a vector.
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../clock.h"
#include "../kernels.h"
#include "../thread-pool.h"

#define CK_LANES 4
namespace convkit {
namespace portable {
#include "../kernels/all.h"
}  // namespace portable
extern const Kernels kPortableKernels = portable::table("portable");
}  // namespace convkit
