// Time for the benchmark's yardstick, kept out of the per-instruction-set code.
#pragma once
namespace convkit {
double nowMilliseconds();
}
