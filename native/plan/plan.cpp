#include "plan/plan.hpp"

#include <algorithm>
#include <cstring>

#include "plan/builder.hpp"

namespace denim::DENIM_PRECISION {

Plan::Plan(const ProgramSpec& program, const KernelTable& table, Purpose purpose, long batch, const Options& options)
    : parameters(program, table, purpose == Purpose::train, purpose != Purpose::few, options.fuse, options.rows_together),
      program_(program),
      table_(table),
      purpose_(purpose),
      batch_(batch) {
    Builder(*this, table, batch, options).build();
}

// A thread's part of samples x panels, panel after panel, in at most three rectangles: nearly the panels that it updates,
// which lie in its core's cache (see Parameters::share). A narrow panel's tiles fill the pipes less well.
std::array<Tiles, 3> Plan::tiles_of(long samples, long columns, int thread, int threads) const {
    const long rows = std::max(1, table_.row_tile / 2), bands = (samples + rows - 1) / rows, panels = panels_of(columns, table_.panel);
    const auto weight = [&](long panel) { return panel_width(columns, table_.panel, table_.tail, panel) + table_.tail / 2; };
    long all = 0;
    for (long p = 0; p < panels; ++p) all += bands * weight(p);
    struct Place {
        long panel, band;
    };
    const auto place = [&](int bound) {
        long left = all * bound / threads, panel = 0;
        for (; panel < panels && left >= bands * weight(panel); ++panel) left -= bands * weight(panel);
        return Place{panel, panel < panels ? (left + weight(panel) / 2) / weight(panel) : 0};
    };
    const Place from = place(thread), to = place(thread + 1);
    const auto end = [&](long band) { return std::min(band * rows, samples); };
    if (from.panel == to.panel) return {{{end(from.band), end(to.band), from.panel, from.panel + 1}, {}, {}}};
    return {{{end(from.band), samples, from.panel, from.panel + 1},
             {0, samples, from.panel + 1, to.panel},
             {0, end(to.band), to.panel, to.panel + 1}}};
}

void Plan::refresh_shared() const {
    for (const auto& operation : shared_) operation();
}

// What no operation exceeds; a number that is no product's may take as long as some tens of those that are.
double Plan::most_work_a_sample() const {
    constexpr double kEach = 100;
    return work_ + kEach * static_cast<double>(widest_);
}

// A step of some milliseconds is sooner done than asked about.
Watch Plan::watching(long samples, const Watch& watch) const {
    constexpr double kLittle = 1e9;
    const auto operations = static_cast<double>(forward_.size() + judge_.size() + backward_.size());
    return most_work_a_sample() * operations * static_cast<double>(samples) > kLittle ? watch : Watch{};
}

// Whoever wants a step given up waits for the parts in hand, some hundredths of a second. No sum depends on the parts.
constexpr double kPart = 2e9;

void Plan::run_tiles(const Operation& operation, const Step& step, const Tiles& tiles, long part, const Watch& watch) const {
    for (long s = tiles.sample0; s < tiles.sample1; s += part) {
        const long end = std::min(s + part, tiles.sample1);
        const double each = operation.work * static_cast<double>(end - s);
        const long panels = watch.over ? std::max(1L, static_cast<long>(kPart / std::max(each, 1.0))) : operation.panels;
        for (long p = tiles.panel0; p < tiles.panel1; p += panels) {
            if (watch.given_up()) return;
            operation.tiles(step, {s, end, p, std::min(p + panels, tiles.panel1)});
        }
    }
}

void Plan::row_phase(const Step& step, const Share& share, bool with_loss, bool with_backward, Barrier& barrier,
                     const Watch& watch) const {
    constexpr long kFewest = 256;
    constexpr double kColumnPart = 1e8;  // numbers
    bool across = false;  // did the last operation leave parts of a sample to other threads?
    bool by_one = false;  // did one thread do it all, which does the next one too if that is as narrow?
    const long all = std::max(step.samples, 1L);
    const auto run = [&](const std::vector<Operation>& operations, long fewest) {
        const long least = round_up(std::max(static_cast<long>(kPart / most_work_a_sample()), fewest), table_.row_tile);
        const long part = watch.over ? least : all;
        for (const Operation& operation : operations) {
            const bool narrow = operation.run && operation.columns > 0 && operation.columns <= kRowGranule;
            if ((across || operation.columns > 0) && !(by_one && narrow)) barrier.wait();
            across = operation.columns > 0;
            by_one = narrow;
            if (operation.tiles && across) {
                for (const Tiles& tiles : tiles_of(step.samples, operation.columns, share.thread, share.threads))
                    run_tiles(operation, step, tiles, part, watch);
            } else if (operation.tiles) {
                run_tiles(operation, step, {share.sample0, share.sample1, 0, operation.panels}, part, watch);
            } else if (across) {
                const auto [c0, c1] = columns_of(operation.columns, share.thread, share.threads);
                const auto columns = static_cast<long>(kColumnPart / static_cast<double>(all)) / kRowGranule * kRowGranule;
                const long each = watch.over ? std::max(columns, kRowGranule) : operation.columns + kRowGranule;
                for (long c = c0; c < c1 && !watch.given_up(); c += each) operation.run(step, c, std::min(c + each, c1));
            } else {
                for (long s = share.sample0; s < share.sample1 && !watch.given_up(); s += part)
                    operation.run(step, s, std::min(s + part, share.sample1));
            }
        }
    };
    run(forward_, kFewest);
    // A loss may have to look at all samples' weights for each part.
    if (with_loss) run(judge_, std::max(kFewest, all / 16));
    if (with_backward) run(backward_, kFewest);
}

void Plan::add_totals(const FeedSpec& feed, long first, long samples, double penalty, double* sums, double* counts) const {
    const size_t heads = heads_.size();
    size_t at = heads > 1 ? 1 + heads : 1;
    double total = penalty;
    for (const Addend& addend : added_) {
        const long r = addend.rows_per_sample, begin = addend.shared ? 0 : first * r;
        const long end = addend.shared ? r : (first + samples) * r;
        double sum = 0;
        for (long row = begin; row < end; ++row) sum += static_cast<double>(addend.sums[row]);
        total += sum / static_cast<double>(addend.shared ? 1 : samples);
    }
    for (size_t h = 0; h < heads; ++h) {
        const HeadSpec& spec = program_.heads[h];
        const HeadPlan& head = heads_[h];
        const long r = head.loss_rows;
        // Each column's sum, one row after the other; returns the rows' weight.
        const auto weighted_sums = [&](const Real* values, long rows, long width, bool weighted, double* to) {
            double count = 0;
            if (rows == 1 && width == 1) {
                double sum = 0;
                for (long s = first; s < first + samples; ++s) {
                    const double w = weighted ? head.weights[s] : 1.0;
                    sum += w * static_cast<double>(values[s]);
                    count += w;
                }
                *to = sum;
                return count;
            }
            std::fill_n(to, width, 0.0);
            for (long s = first; s < first + samples; ++s) {
                const double w = weighted ? head.weights[s] : 1.0;
                for (long i = s * rows; i < (s + 1) * rows; ++i)
                    for (long column = 0; column < width; ++column)
                        to[column] += w * static_cast<double>(values[i * width + column]);
                count += w * static_cast<double>(rows);
            }
            return count;
        };
        double value = 0;
        if (spec.loss && spec.loss->of_batch) {
            value = loss_of_batch(h, feed, first, samples);
        } else if (spec.loss) {
            double weight = weighted_sums(head.losses, r, 1, true, &value);
            const bool by_weight = spec.loss->reduction == Reduction::mean_with_sample_weight;
            if (spec.loss->ignored || spec.loss->counts >= 0) {
                weight = 0;
                for (long s = first; s < first + samples; ++s)
                    weight += (by_weight ? static_cast<double>(head.weights[s]) : 1.0) * static_cast<double>(head.counted[s]);
            } else if (spec.loss->reduction == Reduction::sum_over_batch_size) {
                weight = static_cast<double>(samples * r);
            }
            if (spec.loss->reduction != Reduction::sum) value = weight != 0 ? value / weight : 0;
        }
        if (spec.loss) {
            total += static_cast<double>(spec.loss->weight) * value;
            if (heads > 1) {
                sums[1 + h] += value * static_cast<double>(samples);
                counts[1 + h] += static_cast<double>(samples);
            }
        }
        for (size_t m = 0; m < head.metrics.size(); ++m) {
            const double count =
                weighted_sums(head.metrics[m], head.rows[m], head.widths[m], spec.metrics[m].weighted, head.sums);
            const bool once = spec.metrics[m].of_batch && count != 0;
            for (long column = 0; column < head.widths[m]; ++column, ++at) {
                sums[at] += once ? head.sums[column] / count : head.sums[column];
                counts[at] += once ? 1 : count;
            }
        }
    }
    sums[0] += total * static_cast<double>(samples);
    counts[0] += static_cast<double>(samples);
}

void Plan::copy_output(size_t output, long s0, long s1, Real* to) const {
    const auto node = static_cast<size_t>(program_.outputs[output]);
    const Tensor& t = tensors_[node];
    if (program_.nodes[node].shared) {
        for (long s = s0; s < s1; ++s)
            for (long row = 0; row < t.rows_per_sample; ++row)
                std::memcpy(to + ((s - s0) * t.rows_per_sample + row) * t.columns, t.value + row * t.stride,
                            static_cast<size_t>(t.columns) * sizeof(Real));
        return;
    }
    for (long row = s0 * t.rows_per_sample; row < s1 * t.rows_per_sample; ++row)
        std::memcpy(to + (row - s0 * t.rows_per_sample) * t.columns, t.value + row * t.stride,
                    static_cast<size_t>(t.columns) * sizeof(Real));
}

}  // namespace denim::DENIM_PRECISION
