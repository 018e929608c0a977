// One element in, one element out, nothing to broadcast: unary kernels, sums of several tensors, choice. Bound by
// memory, except for the few with a polynomial in them.

constexpr size_t kGrain = 1 << 14;  // elements that are worth a thread of their own

// f(at, lanes) for every whole vector of begin…end, then for the rest.
template <typename F>
static inline __attribute__((always_inline)) void forLanes(size_t begin, size_t end, F f) {
  size_t i = begin;
#pragma GCC unroll 4
  for (; i + L <= end; i += L) f(i, L);
  if (i < end) f(i, static_cast<int>(end - i));
}

template <typename F>
static void mapElements(size_t size, const float* x, float* y, F f) {
  parallelRanges(size, kGrain, [&](size_t begin, size_t end, int) {
    forLanes(begin, end, [&](size_t at, int lanes) { storeLanes(y + at, f(loadLanes(x + at, lanes)), lanes); });
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
    case UnaryOp::gelu: return mapElements(size, x, y, [](Vec v) { return gelu(v); });
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

// t where the condition is 1, else e; an element is 4 bytes or 1.
template <typename T>
static void selectAs(size_t size, const uint8_t* condition, const T* t, const T* e, T* out) {
  parallelRanges(size, kGrain, [&](size_t begin, size_t end, int) {
    for (size_t i = begin; i < end; i++) out[i] = condition[i] == 1 ? t[i] : e[i];
  });
}
static void select(size_t size, size_t elementBytes, const uint8_t* condition, const void* t, const void* e, void* out) {
  if (elementBytes == 4) selectAs(size, condition, static_cast<const uint32_t*>(t), static_cast<const uint32_t*>(e), static_cast<uint32_t*>(out));
  else selectAs(size, condition, static_cast<const uint8_t*>(t), static_cast<const uint8_t*>(e), static_cast<uint8_t*>(out));
}

static void logicalNot(size_t size, const uint8_t* x, uint8_t* y) {
  parallelRanges(size, kGrain, [&](size_t begin, size_t end, int) {
    for (size_t i = begin; i < end; i++) y[i] = x[i] == 0;
  });
}
