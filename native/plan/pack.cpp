#include "plan/pack.hpp"

#include <algorithm>

namespace denim::DENIM_PRECISION {

namespace {

// visit(packed row, first column, columns in use, width) for every row of every panel of a packed block.
template <class Visit>
void each_row(long rows, long n, const KernelTable& table, Visit visit) {
    long at = 0;
    for (long p = 0; p < panels_of(n, table.panel); ++p) {
        const long width = panel_width(n, table.panel, table.tail, p);
        const long used = std::min<long>(width, n - p * table.panel);
        for (long i = 0; i < rows; ++i, at += width) visit(at, i, p * table.panel, used, width);
    }
}

}  // namespace

void pack(const BlockSpec& spec, const KernelTable& table, const Real* flat, Real* block) {
    each_row(spec.k + 1, spec.n, table, [&](long at, long i, long column, long used, long width) {
        const long row = i < spec.k ? spec.kernel_offset + i * spec.n : spec.bias_offset;
        if (row < 0) used = 0;
        std::copy_n(flat + row + column, used, block + at);
        std::fill(block + at + used, block + at + width, 0.0);
    });
}

void unpack(const BlockSpec& spec, const KernelTable& table, const Real* block, Real* flat) {
    each_row(spec.k + 1, spec.n, table, [&](long at, long i, long column, long used, long) {
        const long row = i < spec.k ? spec.kernel_offset + i * spec.n : spec.bias_offset;
        if (row >= 0) std::copy_n(block + at, used, flat + row + column);
    });
}

void pack_transposed(const BlockSpec& spec, const KernelTable& table, const Real* flat, Real* block) {
    each_row(spec.n, spec.k, table, [&](long at, long i, long column, long used, long width) {
        for (long j = 0; j < used; ++j) block[at + j] = flat[spec.kernel_offset + (column + j) * spec.n + i];
        std::fill(block + at + used, block + at + width, 0.0);
    });
}

}  // namespace denim::DENIM_PRECISION
