#include "clock.h"

#include <chrono>

namespace convkit {
double nowMilliseconds() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
}  // namespace convkit
