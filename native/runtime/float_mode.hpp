// Round to nearest and keep denormals, whatever the calling thread had set; its mode comes back at the end.
#pragma once

#if defined(__x86_64__)
#include <xmmintrin.h>
#elif defined(__aarch64__)
#include <cstdint>
#else
#include <cfenv>
#endif

namespace denim {

class FloatMode {
   public:
#if defined(__x86_64__)
    FloatMode() : saved_(_mm_getcsr()) { _mm_setcsr(0x1f80); }
    ~FloatMode() { _mm_setcsr(saved_); }
#elif defined(__aarch64__)
    // Zero says all of it, and writing costs more than looking.
    FloatMode() {
        asm volatile("mrs %0, fpcr" : "=r"(saved_));
        if (saved_ != 0) set(0);
    }
    ~FloatMode() {
        if (saved_ != 0) set(saved_);
    }
#else
    FloatMode() {
        std::fegetenv(&saved_);
        std::fesetenv(FE_DFL_ENV);
    }
    ~FloatMode() { std::fesetenv(&saved_); }
#endif
    FloatMode(const FloatMode&) = delete;
    FloatMode& operator=(const FloatMode&) = delete;

   private:
#if defined(__x86_64__)
    unsigned saved_;
#elif defined(__aarch64__)
    static void set(uint64_t mode) { asm volatile("msr fpcr, %0" : : "r"(mode) : "memory"); }

    uint64_t saved_;
#else
    std::fenv_t saved_;
#endif
};

}  // namespace denim
