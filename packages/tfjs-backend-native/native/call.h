// Reading a JavaScript call's arguments. The first thing wrong is kept and thrown by `result`; until then
// readers return harmless values, so a binding checks once, after it has read everything.
#pragma once
#include <node_api.h>

#include <cstdint>
#include <cstdio>
#include <cstring>

namespace convkit {

// No tensor has more. Compared with products of sizes in double, which do not wrap around.
constexpr size_t kMostElements = size_t{1} << 32;

// A typed array of one of the types that tensors have.
struct Elements {
  napi_typedarray_type type;
  size_t bytes;  // of one element
  void* data;
};

class Call {
 public:
  static constexpr int kMost = 20;

  Call(napi_env env, napi_callback_info info) : env_(env) {
    napi_get_cb_info(env, info, &count_, arguments_, nullptr, nullptr);
    if (count_ > kMost) count_ = kMost;
  }

  napi_env env() const { return env_; }
  bool failed() const { return message_[0] != 0; }
  void fail(const char* message) {
    if (!failed()) std::snprintf(message_, sizeof message_, "%s", message);
  }

  // How many elements the typed array has; 0 if it is none.
  size_t elements(size_t index) {
    size_t length = 0;
    if (index >= count_ || napi_get_typedarray_info(env_, arguments_[index], nullptr, &length, nullptr, nullptr, nullptr) != napi_ok) return 0;
    return length;
  }
  // A Float32Array, Int32Array or Uint8Array of at least `least` elements.
  Elements anyElements(size_t index, size_t least) {
    Elements result{};
    if (index >= count_ || napi_get_typedarray_info(env_, arguments_[index], &result.type, nullptr, nullptr, nullptr, nullptr) != napi_ok ||
        (result.type != napi_float32_array && result.type != napi_int32_array && result.type != napi_uint8_array)) {
      mismatch(index, "a Float32Array, Int32Array or Uint8Array", least);
      return result;
    }
    result.bytes = result.type == napi_uint8_array ? 1 : 4;
    result.data = typed(index, result.type, least);
    return result;
  }

  // A Float32Array of at least `least` elements.
  float* floats(size_t index, size_t least) { return static_cast<float*>(typed(index, napi_float32_array, least)); }
  int32_t* ints(size_t index, size_t least) { return static_cast<int32_t*>(typed(index, napi_int32_array, least)); }
  uint8_t* bytes(size_t index, size_t least) { return static_cast<uint8_t*>(typed(index, napi_uint8_array, least)); }
  // The same, or nullptr for null and undefined.
  float* floatsOrNull(size_t index, size_t least) { return absent(index) ? nullptr : floats(index, least); }

  bool absent(size_t index) {
    if (index >= count_) return true;
    napi_valuetype type;
    return napi_typeof(env_, arguments_[index], &type) != napi_ok || type == napi_null || type == napi_undefined;
  }
  double number(size_t index) {
    double value = 0;
    if (index >= count_ || napi_get_value_double(env_, arguments_[index], &value) != napi_ok) mismatch(index, "a number", 0);
    return value;
  }
  // The first byte of any typed array.
  const void* anyArray(size_t index) {
    napi_typedarray_type type;
    size_t length = 0;
    void* data = nullptr;
    if (index >= count_ || napi_get_typedarray_info(env_, arguments_[index], &type, &length, &data, nullptr, nullptr) != napi_ok) mismatch(index, "a typed array", 0);
    return data;
  }
  // Shape and option integers; zeros once the call has failed.
  const int32_t* params(size_t index, size_t least) {
    static const int32_t kZeros[32] = {};
    const int32_t* values = ints(index, least);
    if (failed() || !values) return kZeros;
    return values;
  }
  size_t text(size_t index, char* buffer, size_t size) {
    size_t length = 0;
    if (index >= count_ || napi_get_value_string_utf8(env_, arguments_[index], buffer, size, &length) != napi_ok) mismatch(index, "a string", 0);
    return length;
  }

  // Throws what went wrong, if anything did.
  napi_value done(bool enoughMemory = true) {
    if (failed()) napi_throw_range_error(env_, nullptr, message_);
    else if (!enoughMemory) napi_throw_error(env_, "ERR_OUT_OF_MEMORY", "Expected memory for a kernel's scratch buffers. Received: none from the system. Use a smaller batch or smaller images, or dispose of tensors earlier (tf.tidy).");
    return nullptr;
  }

 private:
  void* typed(size_t index, napi_typedarray_type wanted, size_t least) {
    napi_typedarray_type type;
    size_t length = 0;
    void* data = nullptr;
    const char* name = wanted == napi_float32_array ? "a Float32Array" : wanted == napi_int32_array ? "an Int32Array" : "a Uint8Array";
    if (index >= count_ || napi_get_typedarray_info(env_, arguments_[index], &type, &length, &data, nullptr, nullptr) != napi_ok || type != wanted) {
      mismatch(index, name, least);
      return nullptr;
    }
    if (length < least) {
      if (!failed()) std::snprintf(message_, sizeof message_, "Expected argument %zu to hold at least %zu elements. Received: %zu.", index, least, length);
      return nullptr;
    }
    return data;
  }
  void mismatch(size_t index, const char* expected, size_t least) {
    if (!failed()) std::snprintf(message_, sizeof message_, "Expected argument %zu to be %s%s. Received: %s.", index, expected, least ? " of the tensor's size" : "", index < count_ ? "another type" : "nothing");
  }

  napi_env env_;
  napi_value arguments_[kMost];
  size_t count_ = kMost;
  char message_[160] = {};
};

}  // namespace convkit
