#include "plan/pack.hpp"

#include <algorithm>

namespace denim::DENIM_PRECISION {

namespace {

// A band of rows within a panel of a packed block: where its first row lies, and what it holds.
struct Band {
    long at, row0, row1, column, used, width;
};

// visit(band) for rows [row0, row1) of a packed block of `rows` rows.
template <class Visit>
void each_band(long rows, long n, const KernelTable& table, long row0, long row1, Visit visit) {
    for (long row = row0; row < row1; row += kBand)
        for (long p = 0; p < panels_of(n, table.panel); ++p) {
            const long width = panel_width(n, table.panel, table.tail, p), column = p * table.panel;
            const long end = std::min(row + kBand, row1), used = std::min<long>(width, n - column);
            visit(Band{column * rows + row * width, row, end, column, used, width});
        }
}

// Where row i of a block begins in a flat buffer; below 0 for a bias that is not there.
long flat_row(const BlockSpec& spec, long i) { return i < spec.k ? spec.kernel_offset + i * spec.n : spec.bias_offset; }

}  // namespace

void pack(const BlockSpec& spec, const KernelTable& table, const Real* flat, Real* block, long row0, long row1) {
    each_band(spec.k + 1, spec.n, table, row0, row1, [&](const Band& band) {
        Real* to = block + band.at;
        for (long i = band.row0; i < band.row1; ++i, to += band.width) {
            const long row = flat_row(spec, i), used = row < 0 ? 0 : band.used;
            std::copy_n(flat + row + band.column, used, to);
            std::fill(to + used, to + band.width, static_cast<Real>(0));
        }
    });
}

void unpack(const BlockSpec& spec, const KernelTable& table, const Real* block, Real* flat, long row0, long row1) {
    each_band(spec.k + 1, spec.n, table, row0, row1, [&](const Band& band) {
        const Real* from = block + band.at;
        for (long i = band.row0; i < band.row1; ++i, from += band.width)
            if (const long row = flat_row(spec, i); row >= 0) std::copy_n(from, band.used, flat + row + band.column);
    });
}

// Each row of W is read a band's width at a time, not number by number from memory far apart.
void pack_transposed(const BlockSpec& spec, const KernelTable& table, const Real* flat, Real* block, long row0, long row1) {
    each_band(spec.n, spec.k, table, row0, row1, [&](const Band& band) {
        Real* to = block + band.at;
        const long rows = band.row1 - band.row0;
        for (long j = 0; j < band.used; ++j) {
            const Real* from = flat + spec.kernel_offset + (band.column + j) * spec.n + band.row0;
            for (long i = 0; i < rows; ++i) to[i * band.width + j] = from[i];
        }
        for (long i = 0; i < rows; ++i) std::fill(to + i * band.width + band.used, to + (i + 1) * band.width, static_cast<Real>(0));
    });
}

}  // namespace denim::DENIM_PRECISION
