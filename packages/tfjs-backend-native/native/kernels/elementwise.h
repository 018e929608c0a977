// One element in, one element out, nothing to broadcast: unary kernels, casts, sums of several tensors, choice.
// Bound by memory, except for the few with a polynomial in them.

constexpr size_t kGrain = 1 << 14;  // elements that are worth a thread of their own

typedef uint8_t VecByte __attribute__((vector_size(CK_LANES)));

// f(at, lanes) for every whole vector of begin…end, then for the rest.
template <typename F>
static inline __attribute__((always_inline)) void forLanes(size_t begin, size_t end, F f) {
  size_t i = begin;
#pragma GCC unroll 4
  for (; i + L <= end; i += L) f(i, L);
  if (i < end) f(i, static_cast<int>(end - i));
}

static inline __attribute__((always_inline)) VecInt loadLanes(const int32_t* p, int lanes) {
  return (VecInt)loadLanes(reinterpret_cast<const float*>(p), lanes);
}
static inline __attribute__((always_inline)) VecInt loadLanes(const uint8_t* p, int lanes) {
  VecByte bytes = {};
  if (lanes >= L) memcpy(&bytes, p, L);
  else memcpy(&bytes, p, lanes);
  return __builtin_convertvector(bytes, VecInt);
}
static inline __attribute__((always_inline)) void storeLanes(int32_t* p, VecInt v, int lanes) { storeLanes(reinterpret_cast<float*>(p), (Vec)v, lanes); }
// The low byte of each lane.
static inline __attribute__((always_inline)) void storeLanes(uint8_t* p, VecInt v, int lanes) {
  const VecByte bytes = __builtin_convertvector(v, VecByte);
  if (lanes >= L) memcpy(p, &bytes, L);
  else memcpy(p, &bytes, lanes);
}

template <typename In, typename Out, typename F>
static void mapElements(size_t size, const In* x, Out* y, F f) {
  parallelRanges(size, kGrain, [&](size_t begin, size_t end, int) {
    forLanes(begin, end, [&](size_t at, int lanes) __attribute__((always_inline)) { storeLanes(y + at, f(loadLanes(x + at, lanes)), lanes); });
  });
}

// `alpha` is the slope of leakyRelu and the value of step where x <= 0.
static void unary(UnaryOp op, size_t size, const float* x, float* y, float alpha) {
  const Vec zero = {}, one = splat(1.0f), six = splat(6.0f), other = splat(alpha);
  switch (op) {
    case UnaryOp::relu: return mapElements(size, x, y, [=](Vec v) { return maximum(v, zero); });
    case UnaryOp::relu6: return mapElements(size, x, y, [=](Vec v) { return minimum(maximum(v, zero), six); });
    case UnaryOp::step: return mapElements(size, x, y, [=](Vec v) { return v > zero ? one : v != v ? v : other; });
    case UnaryOp::leakyRelu: return mapElements(size, x, y, [=](Vec v) { return v < zero ? v * other : v; });
    case UnaryOp::elu: return mapElements(size, x, y, [=](Vec v) { return v >= zero ? v : expMinusOne(v); });
    case UnaryOp::sigmoid: return mapElements(size, x, y, [](Vec v) { return logistic(v); });
    case UnaryOp::tanh: return mapElements(size, x, y, [](Vec v) { return hyperbolicTangent(v); });
    case UnaryOp::erf: return mapElements(size, x, y, [](Vec v) { return errorFunction(v); });
    case UnaryOp::exp: return mapElements(size, x, y, [](Vec v) { return expVec(v); });
    case UnaryOp::log: return mapElements(size, x, y, [](Vec v) { return logarithm(v); });
    case UnaryOp::sqrt: return mapElements(size, x, y, [](Vec v) { return squareRoot(v); });
    case UnaryOp::rsqrt: return mapElements(size, x, y, [](Vec v) { return 1.0f / squareRoot(v); });
    case UnaryOp::square: return mapElements(size, x, y, [](Vec v) { return v * v; });
    case UnaryOp::neg: return mapElements(size, x, y, [](Vec v) { return -v; });
    case UnaryOp::abs: return mapElements(size, x, y, [](Vec v) { return absolute(v); });
    case UnaryOp::reciprocal: return mapElements(size, x, y, [](Vec v) { return 1.0f / v; });
  }
}

// Added up in the order of `inputs`.
static void addN(size_t count, const float* const* inputs, size_t size, float* sum) {
  parallelRanges(size, kGrain, [&](size_t begin, size_t end, int) {
    forLanes(begin, end, [&](size_t at, int lanes) {
      Vec total = loadLanes(inputs[0] + at, lanes);
      for (size_t i = 1; i < count; i++) total += loadLanes(inputs[i] + at, lanes);
      storeLanes(sum + at, total, lanes);
    });
  });
}
