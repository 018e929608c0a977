// Moving elements without looking at them: transposes, slices, concatenation, padding, one-hot rows. An element is
// 4 bytes (float32, int32) or 1 (bool).

// target[column * targetStep + row] = source[row * sourceStep + column] for a square of kSide by kSide, through
// registers: 4 by 4 elements at a time, so that both sides are touched in whole cache lines.
constexpr size_t kSide = 16;
template <typename T>
static inline void transposeSquare(const T* source, size_t sourceStep, T* target, size_t targetStep) {
  typedef T Four __attribute__((vector_size(4 * sizeof(T))));
#if defined(__clang__)
#define CK_PICK(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define CK_PICK(a, b, ...) __builtin_shuffle(a, b, Four{__VA_ARGS__})
#endif
  for (size_t column = 0; column < kSide; column += 4)
#pragma GCC unroll 4
    for (size_t row = 0; row < kSide; row += 4) {
      Four in[4], half[4], out[4];
      for (int i = 0; i < 4; i++) memcpy(&in[i], source + (row + i) * sourceStep + column, sizeof(Four));
      half[0] = CK_PICK(in[0], in[2], 0, 4, 1, 5);
      half[1] = CK_PICK(in[1], in[3], 0, 4, 1, 5);
      half[2] = CK_PICK(in[0], in[2], 2, 6, 3, 7);
      half[3] = CK_PICK(in[1], in[3], 2, 6, 3, 7);
      out[0] = CK_PICK(half[0], half[1], 0, 4, 1, 5);
      out[1] = CK_PICK(half[0], half[1], 2, 6, 3, 7);
      out[2] = CK_PICK(half[2], half[3], 0, 4, 1, 5);
      out[3] = CK_PICK(half[2], half[3], 2, 6, 3, 7);
      for (int i = 0; i < 4; i++) memcpy(target + (column + i) * targetStep + row, &out[i], sizeof(Four));
    }
#undef CK_PICK
}

// Copies s.size elements from and to memory with strides of their own (mergeAxes has made adjacent axes that lie
// alike in both one). Contiguous rows go by memcpy. Where the innermost axis is not contiguous in the
// source, squares of it and of the axis that is are transposed.
template <typename T>
static void copyStridedAs(const StridedCopy& s, const T* source, T* target) {
  const int last = s.rank - 1;
  const size_t inner = s.size[last];
  int across = -1;  // the axis along which the source is contiguous
  if (s.sourceStride[last] != 1)
    for (int axis = 0; axis < last; axis++)
      if (s.sourceStride[axis] == 1) across = axis;
  const size_t squares = across >= 0 ? (s.size[across] + kSide - 1) / kSide : 1;
  size_t outer = 1;
  for (int axis = 0; axis < last; axis++) outer *= axis == across ? 1 : s.size[axis];
  // Long rows are cut: in a transpose so short that the pages of a piece stay in the TLB while all squares beside
  // it are visited, otherwise so that a single row can be shared out.
  const size_t cut = 1 + (inner - 1) / (across >= 0 ? 1024 : 4 * kGrain);
  const size_t work = inner / cut * (across >= 0 ? kSide : 1);
  parallelRanges(outer * cut * squares, kGrain / (work < kGrain ? work + 1 : kGrain), [&](size_t begin, size_t end, int) {
    for (size_t step = begin; step < end; step++) {
      const size_t square = step % squares * kSide, piece = step / squares % cut;
      const size_t from = inner * piece / cut, to = inner * (piece + 1) / cut;
      const T* in = source + from * s.sourceStride[last];
      T* out = target + from * s.targetStride[last];
      size_t side = 1;
      if (across >= 0) {
        side = s.size[across] - square < kSide ? s.size[across] - square : kSide;
        in += square;
        out += square * s.targetStride[across];
      }
      size_t rest = step / squares / cut;
      for (int axis = last - 1; axis >= 0; axis--) {
        if (axis == across) continue;
        in += rest % s.size[axis] * s.sourceStride[axis];
        out += rest % s.size[axis] * s.targetStride[axis];
        rest /= s.size[axis];
      }
      const size_t n = to - from;
      if (across >= 0) {
        const size_t inStep = s.sourceStride[last], outStep = s.targetStride[across], along = s.targetStride[last];
        size_t i = 0;
        for (; side == kSide && along == 1 && i + kSide <= n; i += kSide) transposeSquare(in + i * inStep, inStep, out + i, outStep);
        for (; i < n; i++)
          for (size_t k = 0; k < side; k++) out[k * outStep + i * along] = in[i * inStep + k];
      } else if (s.sourceStride[last] == 1 && s.targetStride[last] == 1) {
        memcpy(out, in, n * sizeof(T));
      } else {
        for (size_t i = 0; i < n; i++) out[i * s.targetStride[last]] = in[i * s.sourceStride[last]];
      }
    }
  });
}
static void copyStrided(const StridedCopy& s, size_t elementBytes, const void* source, void* target) {
  if (elementBytes == 4) copyStridedAs(s, static_cast<const uint32_t*>(source), static_cast<uint32_t*>(target));
  else copyStridedAs(s, static_cast<const uint8_t*>(source), static_cast<uint8_t*>(target));
}

// target, an array larger than source, is `value` wherever source is not; readPad has made the innermost axis as
// long as it can be.
template <typename T>
static void padAs(const PadShape& s, T value, const T* source, T* target) {
  const int last = s.rank - 1;
  size_t rows = 1;
  for (int axis = 0; axis < last; axis++) rows *= s.targetSize[axis];
  const size_t width = s.targetSize[last], inner = s.size[last], before = s.before[last];
  parallelRanges(rows, kGrain / (width < kGrain ? width + 1 : kGrain), [&](size_t begin, size_t end, int) {
    for (size_t row = begin; row < end; row++) {
      size_t rest = row, from = 0, stride = inner;
      bool inside = true;
      for (int axis = last - 1; axis >= 0; axis--) {
        const size_t at = rest % s.targetSize[axis] - s.before[axis];  // wraps around where there is padding before
        rest /= s.targetSize[axis];
        inside = inside && at < s.size[axis];
        from += at * stride;
        stride *= s.size[axis];
      }
      T* to = target + row * width;
      const size_t left = inside ? before : width;
      for (size_t i = 0; i < left; i++) to[i] = value;
      if (!inside) continue;
      memcpy(to + before, source + from, inner * sizeof(T));
      for (size_t i = before + inner; i < width; i++) to[i] = value;
    }
  });
}
static void pad(const PadShape& s, size_t elementBytes, const void* value, const void* source, void* target) {
  if (elementBytes == 4) padAs(s, *static_cast<const uint32_t*>(value), static_cast<const uint32_t*>(source), static_cast<uint32_t*>(target));
  else padAs(s, *static_cast<const uint8_t*>(value), static_cast<const uint8_t*>(source), static_cast<uint8_t*>(target));
}

// target [size, depth]: `on` at each row's index, `off` elsewhere; an index outside leaves its row off.
static void oneHot(size_t size, size_t depth, uint32_t on, uint32_t off, const int32_t* indices, uint32_t* target) {
  parallelRanges(size, kGrain / (depth < kGrain ? depth + 1 : kGrain), [&](size_t begin, size_t end, int) {
    for (size_t i = begin * depth; i < end * depth; i++) target[i] = off;
    for (size_t i = begin; i < end; i++)
      if (indices[i] >= 0 && static_cast<size_t>(indices[i]) < depth) target[i * depth + indices[i]] = on;
  });
}
