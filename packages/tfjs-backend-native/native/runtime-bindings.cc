// Threads, instruction sets, addresses and the benchmark's yardstick.
#include <atomic>

#include "bindings.h"
#include "call.h"
#include "kernels.h"
#include "thread-pool.h"

namespace convkit {
namespace {

napi_value getThreadCount(napi_env env, napi_callback_info info) {
  napi_value result;
  napi_create_int32(env, threadCount(), &result);
  return result;
}

napi_value setThreadCountBinding(napi_env env, napi_callback_info info) {
  Call call(env, info);
  const double count = call.number(0);
  if (!call.failed()) setThreadCount(count < 1 ? 1 : count > 256 ? 256 : static_cast<int>(count));
  return call.done();
}

// Of Kernels or Bf16Kernels.
template <typename Table>
napi_value namesOf(napi_env env, const Table* const* tables, int count) {
  napi_value result, name;
  napi_create_array(env, &result);
  for (int i = 0; i < count; i++) {
    napi_create_string_utf8(env, tables[i]->name, NAPI_AUTO_LENGTH, &name);
    napi_set_element(env, result, i, name);
  }
  return result;
}

napi_value availableIsas(napi_env env, napi_callback_info info) {
  const Kernels* tables[4];
  return namesOf(env, tables, availableKernels(tables, 4));
}

napi_value isaName(napi_env env, napi_callback_info info) {
  napi_value result;
  napi_create_string_utf8(env, kernels().name, NAPI_AUTO_LENGTH, &result);
  return result;
}

// selectIsa(name): false if this CPU or this build has not got it.
napi_value selectIsa(napi_env env, napi_callback_info info) {
  Call call(env, info);
  char name[32] = {};
  call.text(0, name, sizeof name);
  napi_value result = nullptr;
  if (!call.failed()) napi_get_boolean(env, selectKernels(name), &result);
  call.done();
  return result;
}

// Names of the kernels that compute in bfloat16, best first.
napi_value bf16Units(napi_env env, napi_callback_info info) {
  const Bf16Kernels* tables[2];
  return namesOf(env, tables, availableBf16Kernels(tables, 2));
}

// bf16Unit(): the name of those in use, null while convolutions are computed in float32.
napi_value bf16Unit(napi_env env, napi_callback_info info) {
  const Bf16Kernels* unit = bf16Kernels();
  napi_value result;
  if (unit) napi_create_string_utf8(env, unit->name, NAPI_AUTO_LENGTH, &result);
  else napi_get_null(env, &result);
  return result;
}

// selectBf16Unit(name | null): false if this CPU, this build or the instruction set in use has not got it.
napi_value selectBf16Unit(napi_env env, napi_callback_info info) {
  Call call(env, info);
  const bool none = call.absent(0);
  char name[32] = {};
  if (!none) call.text(0, name, sizeof name);
  napi_value result = nullptr;
  if (!call.failed()) napi_get_boolean(env, selectBf16Kernels(none ? nullptr : name), &result);
  call.done();
  return result;
}

// isFirstLoad(): true once in a process, for whoever asks first. Worker threads load the addon again, and must not
// undo what the program has set since.
napi_value isFirstLoad(napi_env env, napi_callback_info info) {
  static std::atomic<bool> asked{false};
  napi_value result;
  napi_get_boolean(env, !asked.exchange(true), &result);
  return result;
}

// addressOf(array): the address of its first byte modulo 64.
napi_value addressOf(napi_env env, napi_callback_info info) {
  Call call(env, info);
  const void* data = call.anyArray(0);
  napi_value result = nullptr;
  if (!call.failed()) napi_create_double(env, static_cast<double>(reinterpret_cast<uintptr_t>(data) % 64), &result);
  call.done();
  return result;
}

// fmaPeak(milliseconds): GFLOP/s.
napi_value fmaPeak(napi_env env, napi_callback_info info) {
  Call call(env, info);
  const double milliseconds = call.number(0);
  napi_value result = nullptr;
  if (!call.failed()) napi_create_double(env, kernels().fmaPeak(milliseconds > 10000 ? 10000 : milliseconds), &result);
  call.done();
  return result;
}

}  // namespace

void exportRuntime(napi_env env, napi_value exports) {
  const Binding bindings[] = {
      {"isFirstLoad", isFirstLoad},
      {"addressOf", addressOf},
      {"isaName", isaName},
      {"availableIsas", availableIsas},
      {"selectIsa", selectIsa},
      {"bf16Units", bf16Units},
      {"bf16Unit", bf16Unit},
      {"selectBf16Unit", selectBf16Unit},
      {"getThreadCount", getThreadCount},
      {"setThreadCount", setThreadCountBinding},
      {"fmaPeak", fmaPeak},
  };
  exportBindings(env, exports, bindings, sizeof bindings / sizeof *bindings);
}

}  // namespace convkit
