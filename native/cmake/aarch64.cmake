# Builds for 64-bit ARM on another machine and runs the tests there under QEMU:
# cmake -S native -B build/neon -DCMAKE_TOOLCHAIN_FILE=cmake/aarch64.cmake -DDENIM_BUILD_TESTS=ON
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)

find_program(DENIM_QEMU NAMES qemu-aarch64-static qemu-aarch64 REQUIRED)
# Where Debian puts the C and C++ libraries that the programs are linked with.
set(CMAKE_CROSSCOMPILING_EMULATOR ${DENIM_QEMU} -L /usr/aarch64-linux-gnu)
