// Norms that parameters are brought to after each step.
#pragma once

#include <memory>
#include <vector>

#include "plan/arena.hpp"
#include "plan/spec.hpp"

namespace denim::DENIM_PRECISION {

// Column sums added up one after the other: the written order, whoever made them.
inline double total(const double* sums, long n) {
    double sum = 0;
    for (long j = 0; j < n; ++j) sum += sums[j];
    return sum;
}

// Where a parameter lies: rows [row0, row0 + rows) of packed panels of `block_rows` rows and n columns; or, where that is
// 0, row by row. The pointers are those of the plan's memory, which is there later.
struct Place {
    Real* const* numbers;
    long block_rows, row0, rows, n;
    Real* const* transposed;  // kept in step; or null
    double* const* column_sums;
};

class NormConstraints {
   public:
    explicit NormConstraints(const KernelTable& table) : table_(table) {}

    // Other constraints than those of norms are left out.
    void add(Arena& arena, const ConstraintSpec& constraint, const Place& place);
    bool empty() const { return entries_.empty(); }
    // This thread's share of the sums of squares, each one chain, and, when all threads are done with that, of the scaling.
    void sum(int thread, int threads) const;
    void scale(int thread, int threads) const;

   private:
    struct Entry {
        ConstraintSpec constraint;
        Place place;
        Real* row_factors = nullptr;
    };

    // visit(first number, first column, from row to row, columns) for each of a thread's share of panels.
    template <class Visit>
    void panels(const Place& place, int thread, int threads, Visit visit) const;

    const KernelTable& table_;
    std::vector<std::unique_ptr<Entry>> entries_;
};

}  // namespace denim::DENIM_PRECISION
