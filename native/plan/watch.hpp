// Whether a step is given up, which is asked between the parts of its work. One thread of the run asks who may want it,
// the others hear of it.
#pragma once

#include <atomic>
#include <functional>

namespace denim {

struct Watch {
    std::atomic<bool>* over = nullptr;  // none: a step is finished in any case
    const std::function<bool()>* wanted = nullptr;

    bool given_up() const {
        if (!over) return false;
        if (wanted && (*wanted)()) over->store(true, std::memory_order_relaxed);
        return over->load(std::memory_order_relaxed);
    }
};

}  // namespace denim
