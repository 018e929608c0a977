// Two operands, either repeated along any axis. Adjacent axes along which both behave alike are one axis by the
// time they get here (mergeAxes), so the innermost one is a row of both, or a row of one and a single
// element of the other. Bound by memory.

// Row lengths up to here are worth repeating into one long row: [..., C] with [C].
constexpr size_t kShortRow = 256;
constexpr size_t kTileFloats = 1024;

// f(a, b, at, n): n results from `at` on, of operands that start at a and b and step by their last strides.
template <typename T, typename F>
static void forRows(const Broadcast& s, const T* a, const T* b, F f) {
  const int last = s.rank - 1;
  const size_t inner = s.size[last];
  parallelRanges(s.total, kGrain, [&](size_t begin, size_t end, int) {
    size_t index[Broadcast::kMostAxes], rest = begin / inner, column = begin % inner;
    const T *rowA = a, *rowB = b;
    for (int axis = last - 1; axis >= 0; axis--) {
      index[axis] = rest % s.size[axis];
      rest /= s.size[axis];
      rowA += index[axis] * s.strideA[axis];
      rowB += index[axis] * s.strideB[axis];
    }
    for (size_t at = begin; at < end; column = 0) {
      const size_t n = inner - column < end - at ? inner - column : end - at;
      f(rowA + column * s.strideA[last], rowB + column * s.strideB[last], at, n);
      at += n;
      for (int axis = last - 1; axis >= 0; axis--) {
        rowA += s.strideA[axis];
        rowB += s.strideB[axis];
        if (++index[axis] < s.size[axis]) break;
        rowA -= s.strideA[axis] * s.size[axis];
        rowB -= s.strideB[axis] * s.size[axis];
        index[axis] = 0;
      }
    }
  });
}


template <typename F>
static inline __attribute__((always_inline)) void zipRow(const float* a, bool rowOfA, const float* b, bool rowOfB, float* out, size_t n, F f) {
  if (rowOfA && rowOfB) {
    forLanes(0, n, [&](size_t i, int lanes) { storeLanes(out + i, f(loadLanes(a + i, lanes), loadLanes(b + i, lanes)), lanes); });
  } else if (rowOfA) {
    const Vec same = splat(*b);
    forLanes(0, n, [&](size_t i, int lanes) { storeLanes(out + i, f(loadLanes(a + i, lanes), same), lanes); });
  } else {
    const Vec same = splat(*a);
    forLanes(0, n, [&](size_t i, int lanes) { storeLanes(out + i, f(same, loadLanes(b + i, lanes)), lanes); });
  }
}
// Bytes out: here `f` takes single elements, since compilers narrow comparisons better than vector types let one say.
template <typename In, typename F>
static inline void zipRow(const In* __restrict a, bool rowOfA, const In* __restrict b, bool rowOfB, uint8_t* __restrict out, size_t n, F f) {
  if (rowOfA && rowOfB) {
    for (size_t i = 0; i < n; i++) out[i] = f(a[i], b[i]);
  } else if (rowOfA) {
    const In same = *b;
    for (size_t i = 0; i < n; i++) out[i] = f(a[i], same);
  } else {
    const In same = *a;
    for (size_t i = 0; i < n; i++) out[i] = f(same, b[i]);
  }
}

// One operand has a short row for every `size[last - 1]` rows of the other: fills `tile` with that row again and
// again, and goes through the long rows a tile at a time.
template <typename In, typename Out, typename F>
static bool zipTiled(const Broadcast& s, const In* a, const In* b, Out* out, F f) {
  const int last = s.rank - 1;
  const size_t inner = s.size[last];
  const bool repeatA = s.strideA[last - 1] == 0;
  const size_t tileLength = inner * (s.size[last - 1] < kTileFloats / inner ? s.size[last - 1] : kTileFloats / inner);
  Broadcast rows = s;
  rows.rank = last;
  rows.size[last - 1] = inner * s.size[last - 1];
  rows.strideA[last - 1] = rows.strideB[last - 1] = 1;
  bool enough = true;
  forRows(rows, a, b, [&](const In* rowA, const In* rowB, size_t at, size_t n) {
    In* tile = reinterpret_cast<In*>(threadScratch(0, kTileFloats));
    if (!tile) {
      enough = false;
      return;
    }
    const size_t column = at % rows.size[last - 1];
    // The repeated operand does not move along the row; forRows believes that it does.
    const In* repeated = (repeatA ? rowA : rowB) - column;
    for (size_t i = 0; i < tileLength; i += inner)
      for (size_t c = 0; c < inner; c++) tile[i + c] = repeated[c];
    for (size_t done = 0; done < n;) {
      const size_t from = (column + done) % tileLength;
      const size_t length = tileLength - from < n - done ? tileLength - from : n - done;
      zipRow(repeatA ? tile + from : rowA + done, true, repeatA ? rowB + done : tile + from, true, out + at + done, length, f);
      done += length;
    }
  });
  return enough;
}

template <typename In, typename Out, typename F>
static bool zip(const Broadcast& s, const In* a, const In* b, Out* out, F f) {
  const int last = s.rank - 1;
  const bool rowOfA = s.strideA[last] == 1, rowOfB = s.strideB[last] == 1;
  if (last > 0 && rowOfA && rowOfB && s.size[last] <= kShortRow && s.size[last - 1] >= 8 && (s.strideA[last - 1] == 0 || s.strideB[last - 1] == 0))
    return zipTiled(s, a, b, out, f);
  forRows(s, a, b, [&](const In* rowA, const In* rowB, size_t at, size_t n) { zipRow(rowA, rowOfA, rowB, rowOfB, out + at, n, f); });
  return true;
}

// Math.pow's two differences from C: a power of NaN is NaN, and so is (+-1) to an infinite power.
static Vec power(Vec base, Vec exponent) {
  Vec result;
  for (int i = 0; i < L; i++) {
    const double x = base[i], y = exponent[i];
    result[i] = y != y || ((x == 1 || x == -1) && __builtin_isinf(y)) ? __builtin_nanf("") : static_cast<float>(pow(x, y));
  }
  return result;
}

// The remainder with the divisor's sign, as tf.mod defines it.
static Vec modulo(Vec dividend, Vec divisor) {
  Vec result;
  for (int i = 0; i < L; i++) {
    const double x = dividend[i], y = divisor[i], rest = fmod(x, y);
    result[i] = static_cast<float>((x < 0 && y < 0) || (x >= 0 && y >= 0) ? rest : fmod(rest + y, y));
  }
  return result;
}

static Vec angle(Vec y, Vec x) {
  Vec result;
  for (int i = 0; i < L; i++) result[i] = static_cast<float>(atan2(static_cast<double>(y[i]), static_cast<double>(x[i])));
  return result;
}

static bool binary(BinaryOp op, const Broadcast& s, const float* a, const float* b, float* out) {
  const Vec zero = {};
  switch (op) {
    case BinaryOp::add: return zip(s, a, b, out, [](Vec x, Vec y) { return x + y; });
    case BinaryOp::sub: return zip(s, a, b, out, [](Vec x, Vec y) { return x - y; });
    case BinaryOp::multiply: return zip(s, a, b, out, [](Vec x, Vec y) { return x * y; });
    case BinaryOp::realDiv: return zip(s, a, b, out, [](Vec x, Vec y) { return x / y; });
    case BinaryOp::maximum: return zip(s, a, b, out, [](Vec x, Vec y) { return maximum(x, y); });
    case BinaryOp::minimum: return zip(s, a, b, out, [](Vec x, Vec y) { return minimum(x, y); });
    case BinaryOp::squaredDifference: return zip(s, a, b, out, [](Vec x, Vec y) { return (x - y) * (x - y); });
    case BinaryOp::pow: return zip(s, a, b, out, [](Vec x, Vec y) { return power(x, y); });
    case BinaryOp::prelu: return zip(s, a, b, out, [=](Vec x, Vec slope) { return x < zero ? slope * x : x; });
    case BinaryOp::eluGrad: return zip(s, a, b, out, [=](Vec dy, Vec y) { return y >= zero ? dy : dy * (y + 1.0f); });
    case BinaryOp::mod: return zip(s, a, b, out, [](Vec x, Vec y) { return modulo(x, y); });
    case BinaryOp::atan2: return zip(s, a, b, out, [](Vec y, Vec x) { return angle(y, x); });
    case BinaryOp::geluGrad: return zip(s, a, b, out, [](Vec dy, Vec x) { return dy * geluSlope(x); });
  }
  return true;
}

// 1 where the comparison holds, else 0.
template <typename In>
static bool compareAs(CompareOp op, const Broadcast& s, const In* a, const In* b, uint8_t* out) {
  switch (op) {
    case CompareOp::equal: return zip(s, a, b, out, [](auto x, auto y) { return x == y; });
    case CompareOp::notEqual: return zip(s, a, b, out, [](auto x, auto y) { return x != y; });
    case CompareOp::less: return zip(s, a, b, out, [](auto x, auto y) { return x < y; });
    case CompareOp::lessEqual: return zip(s, a, b, out, [](auto x, auto y) { return x <= y; });
    case CompareOp::greater: return zip(s, a, b, out, [](auto x, auto y) { return x > y; });
    case CompareOp::greaterEqual: return zip(s, a, b, out, [](auto x, auto y) { return x >= y; });
  }
  return true;
}
static bool compare(CompareOp op, const Broadcast& s, const float* a, const float* b, uint8_t* out) { return compareAs(op, s, a, b, out); }
static bool compareInts(CompareOp op, const Broadcast& s, const int32_t* a, const int32_t* b, uint8_t* out) { return compareAs(op, s, a, b, out); }

// JavaScript's a && b.
static bool logicalAnd(const Broadcast& s, const uint8_t* a, const uint8_t* b, uint8_t* out) {
  return zip(s, a, b, out, [](uint8_t x, uint8_t y) { return x ? y : x; });
}
// JavaScript's a || b.
static bool logicalOr(const Broadcast& s, const uint8_t* a, const uint8_t* b, uint8_t* out) {
  return zip(s, a, b, out, [](uint8_t x, uint8_t y) { return x ? x : y; });
}
