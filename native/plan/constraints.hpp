// Norms that parameters are brought to after each step.
#pragma once

#include <algorithm>
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

// visit(first number, first column, from row to row, columns) for each of a thread's share of panels.
template <class Visit>
void each_panel(const Place& place, const KernelTable& table, int thread, int threads, Visit visit) {
    const long count = panels_of(place.n, table.panel);
    for (long p = count * thread / threads; p < count * (thread + 1) / threads; ++p) {
        const long first = p * table.panel, width = panel_width(place.n, table.panel, table.tail, p);
        const long used = std::min<long>(width, place.n - first);
        if (place.block_rows > 0)
            visit(*place.numbers + first * place.block_rows + place.row0 * width, first, width, used);
        else
            visit(*place.numbers + first, first, place.n, used);
    }
}

// Where row i of a column has its number in the transposed panels, and how far it is from there to the next column's.
struct TransposedPlace {
    long at, step;
};

inline TransposedPlace transposed_place(const Place& place, const KernelTable& table, long i, long column) {
    const long q = i / table.panel, width = panel_width(place.rows, table.panel, table.tail, q);
    return {q * table.panel * place.n + column * width + i % table.panel, width};
}

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

    const KernelTable& table_;
    std::vector<std::unique_ptr<Entry>> entries_;
};

}  // namespace denim::DENIM_PRECISION
