#include "plan/constraints.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace denim::DENIM_PRECISION {

namespace {

constexpr size_t kMostColumns = 64;  // of any set's panels

// What weights of this sum of squares are multiplied by.
Real factor(const ConstraintSpec& c, double squares) {
    const double norm = std::sqrt(squares);
    const double bounded = std::min(std::max(norm, c.minimum), c.maximum);
    return static_cast<Real>((c.rate * bounded + (1 - c.rate) * norm) / (c.epsilon + norm));
}

}  // namespace

void NormConstraints::add(Arena& arena, const ConstraintSpec& constraint, const Place& place) {
    if (!constraint.of_norms()) return;
    entries_.push_back(std::make_unique<Entry>(Entry{constraint, place}));
    if (constraint.kind == ConstraintKind::row_norms) arena.reserve(&entries_.back()->row_factors, place.rows);
}

void NormConstraints::sum(int thread, int threads) const {
    for (const auto& entry : entries_) {
        const Place& place = entry->place;
        if (entry->constraint.kind != ConstraintKind::row_norms) {
            each_panel(place, table_, thread, threads, [&](const Real* at, long first, long stride, long used) {
                table_.column_sums({at, at, stride, place.rows, {}}, *place.column_sums + first, 0, used);
            });
            continue;
        }
        for (long i = place.rows * thread / threads; i < place.rows * (thread + 1) / threads; ++i) {
            double squares = 0;
            each_panel(place, table_, 0, 1, [&](const Real* at, long, long stride, long used) {
                for (const Real* w = at + i * stride; w < at + i * stride + used; ++w)
                    squares += static_cast<double>(*w) * static_cast<double>(*w);
            });
            entry->row_factors[i] = factor(entry->constraint, squares);
        }
    }
}

void NormConstraints::scale(int thread, int threads) const {
    for (const auto& entry : entries_) {
        const ConstraintSpec& c = entry->constraint;
        const Place& place = entry->place;
        const Real of_all = c.kind == ConstraintKind::norm ? factor(c, total(*place.column_sums, place.n)) : 0;
        Real* transposed = place.transposed ? *place.transposed : nullptr;
        each_panel(place, table_, thread, threads, [&](Real* at, long first, long stride, long used) {
            std::array<Real, kMostColumns> by_column;
            for (long j = 0; j < used; ++j)
                by_column[static_cast<size_t>(j)] =
                    c.kind == ConstraintKind::column_norms ? factor(c, (*place.column_sums)[first + j]) : of_all;
            for (long i = 0; i < place.rows; ++i) {
                const auto [to_at, width] = transposed_place(place, table_, i, first);
                Real* to = transposed ? transposed + to_at : nullptr;
                for (long j = 0; j < used; ++j) {
                    Real& w = at[i * stride + j];
                    w *= c.kind == ConstraintKind::row_norms ? entry->row_factors[i] : by_column[static_cast<size_t>(j)];
                    if (to) to[j * width] = w;
                }
            }
        });
    }
}

}  // namespace denim::DENIM_PRECISION
