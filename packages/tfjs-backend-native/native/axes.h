// Shapes as JavaScript sends them, made into what the kernels loop over.
#pragma once
#include "call.h"
#include "kernels.h"

namespace convkit {

// params[from…]: rank, then the sizes of a, then those of b, right-aligned and filled up with 1. The result's
// number of elements is `total`; those of a and b are returned through the pointers. Fails on sizes that do not
// broadcast, and on empty operands.
Broadcast readBroadcast(Call& call, size_t index, size_t from, size_t* sizeA, size_t* sizeB);

// params[from…]: rank, source offset, target offset, then the sizes, then the source's and the target's strides.
// The least lengths of both arrays are returned through the pointers; offsets apply before the first element.
struct PlacedCopy {
  StridedCopy copy;
  size_t sourceOffset, targetOffset, sourceLength, targetLength;
};
PlacedCopy readCopy(Call& call, size_t index);

// params: rank, then the sizes of the inner tensor, then for each axis how much is added before, then after.
PadShape readPad(Call& call, size_t index, size_t* sourceLength, size_t* targetLength);

}  // namespace convkit
