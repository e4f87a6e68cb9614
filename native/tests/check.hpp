// Just enough to test with: CHECK counts failures and says where; the exit status is the count.
#pragma once

#include <cstdio>
#include <cstring>
#include <random>
#include <vector>

#include "runtime/isa.hpp"

inline int failures = 0;

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

inline std::vector<float> uniform(size_t n, float low, float high, unsigned seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> draw(low, high);
    std::vector<float> x(n);
    for (float& v : x) v = draw(random);
    return x;
}

inline bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}
