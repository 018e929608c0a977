/** What the environment says to the build; node-gyp reads the same. */
export const { CC, CXX, CFLAGS, CXXFLAGS, PYTHON, CI } = process.env;
