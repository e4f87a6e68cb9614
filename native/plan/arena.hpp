// One allocation for everything a plan needs: reserve() all of it, then allocate() once.
#pragma once

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

#include "kernels/table.hpp"

namespace denim::DENIM_PRECISION {

class Arena {
   public:
    using Memory = std::shared_ptr<void>;

    template <class T>
    void reserve(T** pointer, long count) {
        wanted_.push_back({reinterpret_cast<char**>(pointer), size_});
        // A gap, so that neighbouring buffers do not fight for the same cache sets.
        size_ += static_cast<size_t>(round_up(std::max(count, 1L) * static_cast<long>(sizeof(T)), 64)) + 64;
    }

    // Fills with `poison` and points every reserved pointer at its place.
    Memory allocate(int poison) {
        // Tiles walk down the rows of a batch, a page a row: huge pages keep the translations at hand.
        const size_t alignment = size_ >= kHugePage / 4 ? kHugePage : 64;
        // Much memory comes as zeros that the system makes when a page is first used: by the thread that uses it, and not
        // all of it before the first step.
        const size_t bytes = size_ + alignment;
        Memory block(std::calloc(bytes, 1), std::free);
        if (!block) throw std::bad_alloc();
        char* memory = static_cast<char*>(block.get()) + alignment - 1;
        memory -= reinterpret_cast<uintptr_t>(memory) % alignment;
#if defined(__linux__)
        if (alignment == kHugePage) madvise(memory, size_, MADV_HUGEPAGE);  // a wish: failing does no harm
#endif
        if (poison) std::memset(memory, poison, size_);
        for (const auto& [pointer, at] : wanted_) *pointer = memory + at;
        return block;
    }

   private:
    static constexpr size_t kHugePage = 2 << 20;

    std::vector<std::pair<char**, size_t>> wanted_;
    size_t size_ = 0;
};

}  // namespace denim::DENIM_PRECISION
