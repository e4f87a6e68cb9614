// Just enough to test with: CHECK counts failures and says where; the exit status is the count.
#pragma once

#include <cstdio>
#include <cstring>
#include <random>
#include <vector>

#include "runtime/isa.hpp"

using denim::DENIM_PRECISION::Real;

inline int failures = 0;

#if defined(DENIM_EMULATED)
constexpr bool kEmulated = true;  // slow: tests do less of the same
#else
constexpr bool kEmulated = false;
#endif

constexpr size_t many(size_t n) { return kEmulated ? n / 16 : n; }

#define CHECK(condition, ...)                                    \
    do {                                                         \
        if (!(condition)) {                                      \
            if (++failures <= 20) {                              \
                std::printf("%s:%d: %s: ", __FILE__, __LINE__, #condition); \
                std::printf(__VA_ARGS__);                        \
                std::printf("\n");                               \
            }                                                    \
        }                                                        \
    } while (0)

inline int finish(const char* name) {
    std::printf("%s: %s\n", name, failures ? "FAILED" : "passed");
    return failures ? 1 : 0;
}

inline std::vector<Real> uniform(size_t n, Real low, Real high, unsigned seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<Real> draw(low, high);
    std::vector<Real> x(n);
    for (auto& v : x) v = draw(random);
    return x;
}

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}
