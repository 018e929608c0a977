/** What the environment says to the build; node-gyp reads the same. */
export const { CC, CXX, CFLAGS, CXXFLAGS, PYTHON, npm_config_python, CI } = process.env;
