#include "plan/rewriting.hpp"

#include <algorithm>

#include "plan/plan.hpp"

namespace denim::DENIM_PRECISION {

struct Rewritings::Entry {
    Entry(const ProgramSpec& program, const KernelTable& table, const Place& where)
        : plan(program, table, Purpose::infer, 1, {}), place(where) {}

    Real* numbers() { return plan.parameters.vectors[0].value; }

    Plan plan;
    Place place;
};

Rewritings::Rewritings(const KernelTable& table) : table_(table) {}
Rewritings::~Rewritings() = default;

void Rewritings::add(const ConstraintSpec& constraint, const Place& place) {
    if (constraint.kind == ConstraintKind::rewrite)
        entries_.push_back(std::make_unique<Entry>(*constraint.program, table_, place));
}

void Rewritings::run(int thread, int threads) const {
    for (size_t e = static_cast<size_t>(thread); e < entries_.size(); e += static_cast<size_t>(threads)) {
        Entry& entry = *entries_[e];
        const Place& place = entry.place;
        Real* const flat = entry.numbers();
        each_panel(place, table_, 0, 1, [&](const Real* at, long first, long stride, long used) {
            for (long i = 0; i < place.rows; ++i) std::copy_n(at + i * stride, used, flat + i * place.n + first);
        });
        entry.plan.refresh_shared();
        entry.plan.copy_output(0, 0, 1, flat);
        Real* const transposed = place.transposed ? *place.transposed : nullptr;
        each_panel(place, table_, 0, 1, [&](Real* at, long first, long stride, long used) {
            for (long i = 0; i < place.rows; ++i) {
                const Real* from = flat + i * place.n + first;
                std::copy_n(from, used, at + i * stride);
                const auto [to, step] = transposed_place(place, table_, i, first);
                for (long j = 0; transposed && j < used; ++j) transposed[to + j * step] = from[j];
            }
        });
    }
}

}  // namespace denim::DENIM_PRECISION
