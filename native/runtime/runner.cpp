#include "runtime/runner.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>

#include "runtime/governor.hpp"
#include "runtime/pool.hpp"

namespace denim {

namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kPollEvery = std::chrono::milliseconds(50);
// Below this many floating-point operations a thread, meeting at barriers costs more than it gains.
constexpr double kWorkPerThread = 4e5;
// Rows that inference takes at a time: enough to reuse the weights, few enough to stay in the cache.
constexpr long kInferenceRows = 256;

std::pair<long, long> share(long samples, int thread, int threads, long granule) {
    const long tiles = (samples + granule - 1) / granule;
    return {std::min(samples, tiles * thread / threads * granule),
            std::min(samples, tiles * (thread + 1) / threads * granule)};
}

// Asks for the rows of the next step, one at a time, while this step's gradients are computed.
class Ahead {
   public:
    Ahead(const FeedSpec& feed, const OrderSpec& order, const KernelTable& table, long first, long last)
        : feed_(feed), order_(order), table_(table), at_(first), last_(std::min(last, feed.rows)) {}

    void one() {
        if (at_ >= last_) return;
        const int64_t row = order_.at(at_++);
        for (const Column& column : feed_.inputs)
            table_.prefetch(static_cast<const char*>(column.base) + row * column.row_bytes,
                            std::min(std::abs(column.row_bytes), kMostBytes));
    }

   private:
    static constexpr long kMostBytes = 16384;

    const FeedSpec& feed_;
    const OrderSpec& order_;
    const KernelTable& table_;
    long at_;
    const long last_;
};

class Pace {
   public:
    explicit Pace(const Poll& poll) : poll_(poll), next_(Clock::now() + kPollEvery) {}

    bool stops(long done, bool last) {
        if (!poll_) return false;
        if (!last && Clock::now() < next_) return false;
        const bool stop = poll_(done);
        next_ = Clock::now() + kPollEvery;
        return stop;
    }

   private:
    const Poll& poll_;
    Clock::time_point next_;
};

}  // namespace

Runner::Runner(ProgramSpec program, const KernelTable& table, bool fuse, int poison)
    : program_(std::move(program)), table_(table), fuse_(fuse), poison_(poison) {}

Plan& Runner::plan(Purpose purpose, long batch) {
    auto& slot = plans_[{purpose, batch}];
    if (!slot) slot = std::make_unique<Plan>(program_, table_, purpose, batch, fuse_, poison_);
    return *slot;
}

int Runner::useful_threads(const Plan& plan, long samples, int threads) const {
    const double work = plan.work_per_sample() * static_cast<double>(samples);
    return std::max(1, std::min(threads, static_cast<int>(work / kWorkPerThread)));
}

long Runner::train(StateSpec& state, const FeedSpec& feed, const OrderSpec& order, const Stretch& stretch, int threads,
                   double* sums, double* counts, const Poll& poll) {
    std::lock_guard lock(mutex_);
    const long batch = std::min(stretch.batch_size, feed.rows);
    Plan& plan = this->plan(Purpose::train, batch);
    threads = useful_threads(plan, batch, threads);
    plan.parameters.load(state);
    const int64_t before = state.iterations;
    std::atomic<bool> stop{false};
    long done = 0;
    Pace pace(poll);
    // Steps [first, last) on `threads` threads.
    const auto run = [&](long first, long last, int running) {
        plan.parameters.share(running);
        Barrier barrier(running);
        run_on_threads(running, [&](int thread) {
            std::vector<int64_t> rows(static_cast<size_t>(batch));
            const bool all = plan.looks_across_rows(), penalized = plan.parameters.has_penalty();
            for (long at = first; at < last; ++at) {
                const long start = at * stretch.batch_size;
                const int64_t number = before + at - stretch.first_step;
                const Step step{&feed, rows.data(), std::min(stretch.batch_size, feed.rows - start), state.key,
                                static_cast<uint64_t>(number)};
                const auto [s0, s1] = share(step.samples, thread, running, table_.row_tile);
                for (long s = all ? 0 : s0; s < (all ? step.samples : s1); ++s)
                    rows[static_cast<size_t>(s)] = order.at(start + s);
                if (penalized) plan.parameters.sum_penalty(thread, running);
                plan.row_phase(step, {s0, s1, thread, running}, true, true, barrier);
                if (thread == 0)
                    plan.parameters.prepare(stretch.learning_rates ? stretch.learning_rates[at - stretch.first_step]
                                                                   : state.learning_rate,
                                            number);
                if (running > 1) barrier.wait();
                const double penalty = thread == 0 && penalized ? plan.parameters.penalty() : 0;
                Ahead ahead(feed, order, table_, start + stretch.batch_size + s0, start + stretch.batch_size + s1);
                plan.parameters.phase(step.samples, thread, running, barrier, [&] { ahead.one(); });
                if (thread == 0) {
                    plan.add_totals(0, step.samples, penalty, sums, counts);
                    ++done;
                    if (pace.stops(done, at + 1 == stretch.last_step)) stop.store(true, std::memory_order_relaxed);
                }
                if (running > 1) barrier.wait();
                if (stop.load(std::memory_order_relaxed)) break;
            }
        });
    };
    Governor governor(threads);
    for (long at = stretch.first_step; at < stretch.last_step && !stop.load(std::memory_order_relaxed);) {
        const Governor::Choice choice = governor.next(stretch.last_step - at);
        const auto started = Clock::now();
        run(at, at + choice.steps, choice.threads);
        governor.took(choice, std::chrono::duration<double>(Clock::now() - started).count());
        at += choice.steps;
    }
    state.iterations = before + done;
    plan.parameters.save(state);
    return done;
}

long Runner::evaluate(const StateSpec& state, const FeedSpec& feed, const Stretch& stretch, int threads, double* sums,
                      double* counts, const Poll& poll) {
    std::lock_guard lock(mutex_);
    const long batches = std::max(1L, kInferenceRows / stretch.batch_size);
    const long chunk = std::min(batches * stretch.batch_size, feed.rows);
    Plan& plan = this->plan(Purpose::infer, chunk);
    threads = useful_threads(plan, chunk, threads);
    plan.parameters.load(state);
    Barrier barrier(threads);
    std::atomic<bool> stop{false};
    const long end = std::min(stretch.last_step * stretch.batch_size, feed.rows);
    if (plan.parameters.has_penalty()) plan.parameters.sum_penalty(0, 1);
    const double penalty = plan.parameters.penalty();
    long done = 0;
    run_on_threads(threads, [&](int thread) {
        Pace pace(poll);
        std::vector<int64_t> rows(static_cast<size_t>(chunk));
        for (long start = stretch.first_step * stretch.batch_size; start < end; start += chunk) {
            const Step step{&feed, rows.data(), std::min(chunk, end - start), state.key,
                            static_cast<uint64_t>(state.iterations)};
            const auto [s0, s1] = share(step.samples, thread, threads, table_.row_tile);
            for (long s = s0; s < s1; ++s) rows[static_cast<size_t>(s)] = start + s;
            plan.row_phase(step, {s0, s1, thread, threads}, true, false, barrier);
            if (threads > 1) barrier.wait();
            if (thread == 0) {
                for (long first = 0; first < step.samples; first += stretch.batch_size, ++done)
                    plan.add_totals(first, std::min(stretch.batch_size, step.samples - first), penalty, sums, counts);
                if (pace.stops(done, start + chunk >= end)) stop.store(true, std::memory_order_relaxed);
            }
            if (threads > 1) barrier.wait();
            if (stop.load(std::memory_order_relaxed)) break;
        }
    });
    return done;
}

void Runner::predict(const StateSpec& state, const FeedSpec& feed, long batch_size, bool training, int threads,
                     const std::vector<float*>& outputs, const Poll& poll) {
    std::lock_guard lock(mutex_);
    // Dropout's masks are numbered within the batch, so only inference may choose its own.
    const long chunk = std::min(training ? batch_size : std::max(batch_size, kInferenceRows), feed.rows);
    Plan& plan = this->plan(training ? Purpose::train : Purpose::infer, chunk);
    threads = useful_threads(plan, feed.rows, threads);
    plan.parameters.load(state);
    std::atomic<bool> stop{false};
    Barrier barrier(threads);
    run_on_threads(threads, [&](int thread) {
        Pace pace(poll);
        std::vector<int64_t> rows(static_cast<size_t>(chunk));
        for (long start = 0; start < feed.rows; start += chunk) {
            const Step step{&feed, rows.data(), std::min(chunk, feed.rows - start), state.key,
                            static_cast<uint64_t>(state.iterations)};
            const auto [s0, s1] = share(step.samples, thread, threads, table_.row_tile);
            for (long s = s0; s < s1; ++s) rows[static_cast<size_t>(s)] = start + s;
            plan.row_phase(step, {s0, s1, thread, threads}, false, false, barrier);
            for (size_t i = 0; i < outputs.size(); ++i) {
                const NodeSpec& node = program_.nodes[static_cast<size_t>(program_.outputs[i])];
                plan.copy_output(i, s0, s1,
                                 outputs[i] + (start + s0) * node.rows * node.columns);
            }
            if (thread == 0 && pace.stops(start + step.samples, start + chunk >= feed.rows))
                stop.store(true, std::memory_order_relaxed);
            if (threads > 1) barrier.wait();
            if (stop.load(std::memory_order_relaxed)) break;
        }
    });
}

}  // namespace denim
