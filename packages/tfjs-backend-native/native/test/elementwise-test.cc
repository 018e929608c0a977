// Unary kernels with their largest errors, binary kernels and comparisons over random broadcasts, casts, choice.
#include <algorithm>

#include "check.h"

namespace convkit {
namespace {

// Distance between neighbouring floats at `exact`.
double ulp(double exact) {
  int exponent;
  std::frexp(std::fabs(exact), &exponent);
  return std::ldexp(1.0, std::max(exponent - 24, -149));
}

struct UnaryCase {
  UnaryOp op;
  const char* name;
  double (*exact)(double);
  double mostUlp;  // what kernels/vector-math.h states
};

const UnaryCase kUnaryCases[] = {
    {UnaryOp::relu, "relu", [](double x) { return x > 0 ? x : x != x ? x : 0; }, 0},
    {UnaryOp::relu6, "relu6", [](double x) { return x > 6 ? 6 : x > 0 ? x : x != x ? x : 0; }, 0},
    {UnaryOp::step, "step", [](double x) { return x > 0 ? 1 : x != x ? x : 0.25; }, 0},
    {UnaryOp::leakyRelu, "leakyRelu", [](double x) { return x < 0 ? x * 0.25 : x; }, 0.5},
    {UnaryOp::elu, "elu", [](double x) { return x < 0 ? std::expm1(x) : x; }, 1.6},
    {UnaryOp::sigmoid, "sigmoid", [](double x) { return 1 / (1 + std::exp(-x)); }, 2.5},
    {UnaryOp::tanh, "tanh", [](double x) { return std::tanh(x); }, 2.5},
    {UnaryOp::erf, "erf", [](double x) { return std::erf(x); }, 1.2},
    {UnaryOp::exp, "exp", [](double x) { return std::exp(x); }, 1.1},
    {UnaryOp::log, "log", [](double x) { return std::log(x); }, 0.9},
    {UnaryOp::sqrt, "sqrt", [](double x) { return std::sqrt(x); }, 0.5},
    {UnaryOp::rsqrt, "rsqrt", [](double x) { return 1 / std::sqrt(x); }, 1.5},
    {UnaryOp::square, "square", [](double x) { return x * x; }, 0.5},
    {UnaryOp::neg, "neg", [](double x) { return -x; }, 0},
    {UnaryOp::abs, "abs", [](double x) { return std::fabs(x); }, 0},
    {UnaryOp::reciprocal, "reciprocal", [](double x) { return 1 / x; }, 0.5},
};

// Every 2^15 or so of all bit patterns: denormals, infinities and many kinds of NaN among them.
void testUnary(const Kernels& k, Checks& checks) {
  constexpr uint32_t kStep = 32771;
  std::vector<float> inputs = {0.0f, -0.0f, INFINITY, -INFINITY, NAN, 1e-45f, -1e-45f, 88.7228f, 88.73f, -87.34f, -103.97f, -104.0f, 3.4028235e38f};
  for (uint64_t bits = 0; bits < 1ull << 32; bits += kStep) {
    const auto low = static_cast<uint32_t>(bits);
    float value;
    std::memcpy(&value, &low, sizeof value);
    inputs.push_back(value);
  }
  Floats x(inputs.size()), y(inputs.size());
  std::copy(inputs.begin(), inputs.end(), x.data());
  for (const UnaryCase& c : kUnaryCases) {
    checks.context = c.name;
    k.unary(c.op, x.size(), x.data(), y.data(), 0.25f);
    checks.that("written outside", y.intact());
    for (size_t i = 0; i < x.size(); i++) {
      const double exact = c.exact(x[i]);
      const auto rounded = static_cast<float>(exact);
      const double actual = y[i];
      const bool overflow = std::isinf(rounded) || std::isinf(actual);
      const bool same = exact != exact ? actual != actual : overflow ? actual == static_cast<double>(rounded) : std::fabs(actual - exact) <= c.mostUlp * ulp(exact) * 1.0000001;
      if (!same) checks.report("value", i, actual, exact);
    }
    checks.passed++;
  }
  // Every length up to two vectors and beyond.
  for (size_t size = 0; size < 70; size++) {
    Floats source(size), result(size);
    std::vector<double> expected(size);
    for (size_t i = 0; i < size; i++) expected[i] = std::fabs(source[i] = static_cast<float>(i) - 30.5f);
    checks.context = format("abs of %zu", size);
    k.unary(UnaryOp::abs, size, source.data(), result.data(), 0);
    checks.close(result, expected, 0, 0);
  }
}

struct Operands {
  Broadcast shape;
  std::vector<size_t> placeA, placeB;  // of each result
  size_t sizeA, sizeB;
};

// A shape as mergeAxes makes it: no axis of 1, last strides 0 or 1 and not both 0, neighbours of different kinds.
Operands randomBroadcast(Random& r) {
  Operands o{};
  Broadcast& s = o.shape;
  s.rank = r.between(1, 4);
  s.total = o.sizeA = o.sizeB = 1;
  int previous = -1;
  for (int axis = s.rank - 1; axis >= 0; axis--) {
    int kind;  // 0: both, 1: a alone, 2: b alone
    do kind = r.between(0, 2);
    while (kind == previous);
    previous = kind;
    s.size[axis] = axis == s.rank - 1 ? r.between(2, 70) : r.between(2, 12);
    s.strideA[axis] = kind == 2 ? 0 : o.sizeA;
    s.strideB[axis] = kind == 1 ? 0 : o.sizeB;
    if (kind != 2) o.sizeA *= s.size[axis];
    if (kind != 1) o.sizeB *= s.size[axis];
    s.total *= s.size[axis];
  }
  for (size_t i = 0; i < s.total; i++) {
    size_t rest = i, a = 0, b = 0;
    for (int axis = s.rank - 1; axis >= 0; axis--) {
      a += rest % s.size[axis] * s.strideA[axis];
      b += rest % s.size[axis] * s.strideB[axis];
      rest /= s.size[axis];
    }
    o.placeA.push_back(a);
    o.placeB.push_back(b);
  }
  return o;
}

// By absolute error: below 0, gelu and its slope fall to 0 by cancellation.
void testGelu(const Kernels& k, Checks& checks) {
  constexpr size_t kCount = 4801;
  Floats x(kCount), dy(kCount), y(kCount), dx(kCount);
  std::vector<double> gelu(kCount), slope(kCount);
  for (size_t i = 0; i < kCount; i++) {
    const double at = x[i] = (static_cast<float>(i) - 2400) / 200;
    const double below = 0.5 * std::erfc(-at / std::sqrt(2.0));
    dy[i] = i % 2 ? -2.0f : 1.0f;
    gelu[i] = at * below;
    slope[i] = dy[i] * (below + at * std::exp(-at * at / 2) / std::sqrt(2 * 3.14159265358979323846));
  }
  checks.context = "gelu";
  k.unary(UnaryOp::gelu, kCount, x.data(), y.data(), 0);
  checks.close(y, gelu, 4e-7, 2e-7);
  checks.context = "geluGrad";
  Broadcast shape{};
  shape.rank = 1;
  shape.total = shape.size[0] = kCount;
  shape.strideA[0] = shape.strideB[0] = 1;
  checks.that("memory", k.binary(BinaryOp::geluGrad, shape, dy.data(), x.data(), dx.data()));
  checks.close(dx, slope, 6e-7, 3e-7);
}

struct BinaryCase {
  BinaryOp op;
  const char* name;
  double (*exact)(double, double);
};

double jsPow(double x, double y) { return y != y || (std::fabs(x) == 1 && std::isinf(y)) ? NAN : std::pow(x, y); }

double jsMod(double x, double y) { return (x < 0 && y < 0) || (x >= 0 && y >= 0) ? std::fmod(x, y) : std::fmod(std::fmod(x, y) + y, y); }

const BinaryCase kBinaryCases[] = {
    {BinaryOp::add, "add", [](double a, double b) { return a + b; }},
    {BinaryOp::sub, "sub", [](double a, double b) { return a - b; }},
    {BinaryOp::multiply, "multiply", [](double a, double b) { return a * b; }},
    {BinaryOp::realDiv, "realDiv", [](double a, double b) { return a / b; }},
    {BinaryOp::maximum, "maximum", [](double a, double b) { return a != a || b != b ? NAN : a > b ? a : b; }},
    {BinaryOp::minimum, "minimum", [](double a, double b) { return a != a || b != b ? NAN : a < b ? a : b; }},
    {BinaryOp::squaredDifference, "squaredDifference", [](double a, double b) { return (a - b) * (a - b); }},
    {BinaryOp::pow, "pow", jsPow},
    {BinaryOp::prelu, "prelu", [](double x, double slope) { return x < 0 ? slope * x : x; }},
    {BinaryOp::eluGrad, "eluGrad", [](double dy, double y) { return y >= 0 ? dy : dy * (y + 1); }},
    {BinaryOp::mod, "mod", jsMod},
    {BinaryOp::atan2, "atan2", [](double y, double x) { return std::atan2(y, x); }},
};

void testBinary(const Kernels& k, Random& r, Checks& checks) {
  static const float kOdd[] = {NAN, INFINITY, -INFINITY, 0.0f, 1.0f, -1.0f};
  for (int i = 0; i < 150; i++) {
    const Operands o = randomBroadcast(r);
    Floats a = r.floats(o.sizeA), b = r.floats(o.sizeB);
    for (size_t j = 0; j < o.sizeA; j++)
      if (r.chance(0.05)) a[j] = kOdd[r.between(0, 5)];
    for (size_t j = 0; j < o.sizeB; j++)
      if (r.chance(0.05)) b[j] = kOdd[r.between(0, 5)];
    const std::string shape = format("rank %d sizes %zu %zu %zu %zu a %zu b %zu", o.shape.rank, o.shape.size[0], o.shape.size[1], o.shape.size[2], o.shape.size[3], o.sizeA, o.sizeB);
    std::vector<double> expected(o.shape.total);
    Floats out(o.shape.total);
    for (const BinaryCase& c : kBinaryCases) {
      checks.context = c.name + (" " + shape);
      for (size_t j = 0; j < expected.size(); j++) expected[j] = c.exact(a[o.placeA[j]], b[o.placeB[j]]);
      checks.that("memory", k.binary(c.op, o.shape, a.data(), b.data(), out.data()));
      checks.close(out, expected, 1e-7, 1e-6);
    }
    Bytes truth(o.shape.total);
    Ints intA(o.sizeA), intB(o.sizeB);
    for (size_t j = 0; j < o.sizeA; j++) intA[j] = r.between(-2, 2);
    for (size_t j = 0; j < o.sizeB; j++) intB[j] = r.between(-2, 2);
    for (size_t j = 0; j < o.sizeA; j++) a[j] = r.chance(0.1) ? NAN : static_cast<float>(intA[j]);
    for (size_t j = 0; j < o.sizeB; j++) b[j] = r.chance(0.1) ? NAN : static_cast<float>(intB[j]);
    for (int op = 0; op < 6; op++) {
      auto holds = [&](double x, double y) {
        switch (static_cast<CompareOp>(op)) {
          case CompareOp::equal: return x == y;
          case CompareOp::notEqual: return x != y;
          case CompareOp::less: return x < y;
          case CompareOp::lessEqual: return x <= y;
          case CompareOp::greater: return x > y;
          case CompareOp::greaterEqual: return x >= y;
        }
        return false;
      };
      checks.context = format("compare %d ", op) + shape;
      for (size_t j = 0; j < expected.size(); j++) expected[j] = holds(a[o.placeA[j]], b[o.placeB[j]]);
      checks.that("memory", k.compare(static_cast<CompareOp>(op), o.shape, a.data(), b.data(), truth.data()));
      checks.close(truth, expected, 0, 0);
      for (size_t j = 0; j < expected.size(); j++) expected[j] = holds(intA[o.placeA[j]], intB[o.placeB[j]]);
      checks.that("memory", k.compareInts(static_cast<CompareOp>(op), o.shape, intA.data(), intB.data(), truth.data()));
      checks.close(truth, expected, 0, 0);
    }
    Bytes boolA(o.sizeA), boolB(o.sizeB);
    for (size_t j = 0; j < o.sizeA; j++) boolA[j] = static_cast<uint8_t>(r.between(0, 1));
    for (size_t j = 0; j < o.sizeB; j++) boolB[j] = static_cast<uint8_t>(r.between(0, 1));
    checks.context = "logicalAnd " + shape;
    for (size_t j = 0; j < expected.size(); j++) expected[j] = boolA[o.placeA[j]] && boolB[o.placeB[j]];
    checks.that("memory", k.logicalAnd(o.shape, boolA.data(), boolB.data(), truth.data()));
    checks.close(truth, expected, 0, 0);
    checks.context = "logicalOr " + shape;
    for (size_t j = 0; j < expected.size(); j++) expected[j] = boolA[o.placeA[j]] || boolB[o.placeB[j]];
    checks.that("memory", k.logicalOr(o.shape, boolA.data(), boolB.data(), truth.data()));
    checks.close(truth, expected, 0, 0);
  }
}

void testChoiceAndCasts(const Kernels& k, Random& r, Checks& checks) {
  for (size_t size : {1, 7, 16, 33, 1000, 40000}) {
    const Floats t = r.floats(size), e = r.floats(size);
    Bytes condition(size), byteOut(size), byteE(size);
    Floats out(size);
    std::vector<double> expected(size), expectedBytes(size), negated(size);
    for (size_t i = 0; i < size; i++) {
      condition[i] = static_cast<uint8_t>(r.between(0, 1));
      byteE[i] = static_cast<uint8_t>(r.between(0, 255));
      expected[i] = condition[i] ? t[i] : e[i];
      expectedBytes[i] = condition[i] ? 1 : byteE[i];
      negated[i] = !condition[i];
    }
    checks.context = format("select %zu", size);
    k.select(size, 4, condition.data(), t.data(), e.data(), out.data());
    checks.close(out, expected, 0, 0);
    k.select(size, 1, condition.data(), condition.data(), byteE.data(), byteOut.data());
    checks.close(byteOut, expectedBytes, 0, 0);
    checks.context = format("logicalNot %zu", size);
    k.logicalNot(size, condition.data(), byteOut.data());
    checks.close(byteOut, negated, 0, 0);

    static const float kHard[] = {NAN, INFINITY, -INFINITY, 2147483648.0f, -2147483648.0f, 4294967296.0f, 4294968320.0f, -6442450944.0f, 1e30f, 0.9f, -0.9f, -0.0f, 16777216.0f};
    static const int32_t kHardInts[] = {0, 0, 0, INT32_MIN, INT32_MIN, 0, 1024, INT32_MIN, 0, 0, 0, 0, 16777216};
    Floats x(size);
    Ints ints(size);
    std::vector<double> truncated(size), nonZero(size), asFloat(size);
    for (size_t i = 0; i < size; i++) {
      const int hard = r.between(0, 12);
      const bool odd = r.chance(size > 1000 ? 0.0005 : 0.1);
      x[i] = odd ? kHard[hard] : r.unit() * 1000;
      truncated[i] = odd ? kHardInts[hard] : static_cast<int32_t>(x[i]);
      nonZero[i] = x[i] != 0;
    }
    checks.context = format("casts of %zu", size);
    k.floatToInt(size, x.data(), ints.data());
    checks.close(ints, truncated, 0, 0);
    k.floatToBool(size, x.data(), byteOut.data());
    checks.close(byteOut, nonZero, 0, 0);
    for (size_t i = 0; i < size; i++) {
      asFloat[i] = static_cast<float>(ints[i] = r.between(-2, 2));
      nonZero[i] = ints[i] != 0;
    }
    k.intToFloat(size, ints.data(), out.data());
    checks.close(out, asFloat, 0, 0);
    k.intToBool(size, ints.data(), byteOut.data());
    checks.close(byteOut, nonZero, 0, 0);
    k.boolToFloat(size, byteOut.data(), out.data());
    checks.close(out, nonZero, 0, 0);
    k.boolToInt(size, byteOut.data(), ints.data());
    checks.close(ints, nonZero, 0, 0);
  }
}

}  // namespace

void testElementwise(const Kernels& k, Random& r, Checks& checks) {
  testUnary(k, checks);
  testGelu(k, checks);
  testBinary(k, r, checks);
  testChoiceAndCasts(k, r, checks);
}

}  // namespace convkit
