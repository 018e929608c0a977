# One addon, one object library per instruction set; which one runs is decided when the addon loads.
{
  "variables": {
    # Published packages leave the tests out.
    "has_tests": "<!(node -p \"Number(require('fs').existsSync('native/test'))\")",
    # Compilers before GCC 11 and clang 12 have no AMX. Where it is missing, bfloat16 is.
    "has_bf16": "<!(node native/has-bf16.mjs)",
    "kernel_cflags": ["-std=c++17", "-O3", "-fno-exceptions", "-fno-rtti", "-fno-math-errno", "-fno-trapping-math", "-ffp-contract=fast", "-fvisibility=hidden", "-fPIC", "-Wall", "-Wextra", "-Wno-unused-parameter", "-Wno-psabi"],
  },
  "target_defaults": {
    "cflags_cc": ["<@(kernel_cflags)"],
    "xcode_settings": {"OTHER_CPLUSPLUSFLAGS": ["<@(kernel_cflags)"], "MACOSX_DEPLOYMENT_TARGET": "11.0"},
  },
  "targets": [
    {
      "target_name": "kernels_portable",
      "type": "static_library",
      "sources": ["native/isa/portable.cc"],
    },
    {
      "target_name": "convkit_native",
      "sources": ["native/addon.cc", "native/convolution-bindings.cc", "native/depthwise-bindings.cc", "native/conv-shape.cc", "native/elementwise-bindings.cc", "native/reduction-bindings.cc", "native/layout-bindings.cc", "native/axes.cc", "native/runtime-bindings.cc", "native/clock.cc", "native/isa.cc", "native/cpu-quota.cc", "native/thread-pool.cc"],
      "include_dirs": ["<!(node -p \"require('path').relative('.', require('node-api-headers').include_dir)\")"],
      "defines": ["NAPI_VERSION=8"],
      "dependencies": ["kernels_portable"],
      "libraries": ["-lpthread"],
      "conditions": [
        ["target_arch=='x64'", {"dependencies": ["kernels_avx2", "kernels_avx512"]}],
        ["has_bf16==1", {"dependencies": ["kernels_amx", "kernels_avx512_bf16"], "defines": ["CK_BF16"]}],
        ["OS=='linux'", {"ldflags": ["-Wl,-s", "-Wl,-z,nodelete", "-static-libstdc++", "-static-libgcc"]}],
      ],
    },
  ],
  "conditions": [
    ["has_tests==1", {
      "targets": [
        {
          "target_name": "kernels_test",
          "type": "executable",
          "sources": ["native/test/kernels-test.cc", "native/test/convolution-test.cc", "native/test/product-test.cc", "native/test/elementwise-test.cc", "native/test/update-test.cc", "native/test/reduction-test.cc", "native/test/layout-test.cc", "native/test/host-test.cc", "native/clock.cc", "native/isa.cc", "native/cpu-quota.cc", "native/thread-pool.cc"],
          "dependencies": ["kernels_portable"],
          "libraries": ["-lpthread"],
          "conditions": [
            ["target_arch=='x64'", {"dependencies": ["kernels_avx2", "kernels_avx512"]}],
            ["has_bf16==1", {"dependencies": ["kernels_amx", "kernels_avx512_bf16"], "defines": ["CK_BF16"]}],
          ],
        },
      ],
    }],
    ["target_arch=='x64'", {
      "targets": [
        {
          "target_name": "kernels_avx2",
          "type": "static_library",
          "sources": ["native/isa/avx2.cc"],
          "cflags_cc": ["-mavx2", "-mfma"],
          "xcode_settings": {"OTHER_CPLUSPLUSFLAGS": ["-mavx2", "-mfma"]},
        },
        {
          "target_name": "kernels_avx512",
          "type": "static_library",
          "sources": ["native/isa/avx512.cc"],
          "cflags_cc": ["-mavx512f", "-mavx512dq", "-mavx512bw", "-mavx512vl", "-mfma", "-mprefer-vector-width=512"],
          "xcode_settings": {"OTHER_CPLUSPLUSFLAGS": ["-mavx512f", "-mavx512dq", "-mavx512bw", "-mavx512vl", "-mfma"]},
        },
      ],
    }],
    ["has_bf16==1", {
      "targets": [
        {
          "target_name": "kernels_avx512_bf16",
          "type": "static_library",
          "sources": ["native/isa/avx512-bf16.cc"],
          # GCC's own headers of AVX-512 are what it warns about: https://gcc.gnu.org/bugzilla/show_bug.cgi?id=105593
          "cflags_cc": ["-mavx512f", "-mavx512dq", "-mavx512bw", "-mavx512vl", "-mavx512bf16", "-mfma", "-mprefer-vector-width=512", "-Wno-uninitialized", "-Wno-maybe-uninitialized"],
        },
        {
          "target_name": "kernels_amx",
          "type": "static_library",
          "sources": ["native/isa/amx.cc"],
          "cflags_cc": ["-mavx512f", "-mavx512dq", "-mavx512bw", "-mavx512vl", "-mavx512bf16", "-mamx-tile", "-mamx-bf16", "-mfma", "-mprefer-vector-width=512", "-Wno-uninitialized", "-Wno-maybe-uninitialized"],
        },
      ],
    }],
  ],
}
