// Between the flat parameter buffer and the packed panels the kernels read.
#pragma once

#include "kernels/table.hpp"
#include "plan/spec.hpp"

namespace denim::DENIM_PRECISION {

// Numbers of a block of k rows (the bias row included, where there is one) and n columns in panels.
inline long packed_size(long rows, long n, const KernelTable& table) {
    long size = 0;
    for (long p = 0; p < panels_of(n, table.panel); ++p) size += rows * panel_width(n, table.panel, table.tail, p);
    return size;
}

// Rows that are moved together: few enough that their memory pages, and a panel's numbers of them, stay at hand.
constexpr long kBand = 64;

// Rows [row0, row1) of `spec`'s kernel, of whose k + 1 rows the last is the bias, from a flat buffer into `block`; columns
// past n, and a bias that is not there, become zero.
void pack(const BlockSpec& spec, const KernelTable& table, const Real* flat, Real* block, long row0, long row1);
void unpack(const BlockSpec& spec, const KernelTable& table, const Real* block, Real* flat, long row0, long row1);
// Rows [row0, row1) of W^T, which has n, in panels of its own, without a bias row.
void pack_transposed(const BlockSpec& spec, const KernelTable& table, const Real* flat, Real* block, long row0, long row1);

}  // namespace denim::DENIM_PRECISION
