// One allocation for everything a plan needs: reserve() all of it, then allocate() once.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

#include "kernels/table.hpp"

namespace denim {

class Arena {
   public:
    using Memory = std::unique_ptr<char[], void (*)(void*)>;

    template <class T>
    void reserve(T** pointer, long count) {
        wanted_.push_back({reinterpret_cast<char**>(pointer), size_});
        // A gap, so that neighbouring buffers do not fight for the same cache sets.
        size_ += static_cast<size_t>(round_up(std::max(count, 1L) * static_cast<long>(sizeof(T)), 64)) + 64;
    }

    // Fills with `poison` and points every reserved pointer at its place.
    Memory allocate(int poison) {
        char* memory = static_cast<char*>(std::aligned_alloc(64, std::max<size_t>(size_, 64)));
        if (!memory) throw std::bad_alloc();
        std::memset(memory, poison, size_);
        for (const auto& [pointer, at] : wanted_) *pointer = memory + at;
        return {memory, std::free};
    }

    size_t bytes() const { return size_; }

   private:
    std::vector<std::pair<char**, size_t>> wanted_;
    size_t size_ = 0;
};

}  // namespace denim
