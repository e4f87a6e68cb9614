// Functions of the user's that make new parameters of the old ones, after each step.
#pragma once

#include <memory>
#include <vector>

#include "plan/constraints.hpp"
#include "plan/spec.hpp"

namespace denim::DENIM_PRECISION {

class Plan;

// Each function is a plan of its own, of nodes that know no samples. One thread runs it, for its sums have one order.
class Rewritings {
   public:
    explicit Rewritings(const KernelTable& table);
    ~Rewritings();

    // Other constraints than such functions are left out.
    void add(const ConstraintSpec& constraint, const Place& place);
    bool empty() const { return entries_.empty(); }
    // This thread's share of the functions.
    void run(int thread, int threads) const;

   private:
    struct Entry;

    const KernelTable& table_;
    std::vector<std::unique_ptr<Entry>> entries_;
};

}  // namespace denim::DENIM_PRECISION
