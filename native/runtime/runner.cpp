#include "runtime/runner.hpp"

#include <pthread.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <cstdlib>
#include <stdexcept>

#include "runtime/float_mode.hpp"
#include "runtime/pool.hpp"

namespace denim::DENIM_PRECISION {

namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kPollEvery = std::chrono::milliseconds(50);
// Rows that inference takes at a time: enough to reuse the weights, few enough to stay in the cache.
constexpr long kInferenceRows = 256;
// The same for a thread that goes its own way, meeting nobody.
constexpr long kBlockRows = 128;
// Floating-point operations for few rows that take a small part of a millisecond; a row alone waits for its weights and
// counts as several.
constexpr double kLittleWork = 1.2e7;
constexpr long kRowsThatWait = 4;

bool little_work(const Plan& plan, long rows) {
    return rows <= kFewRows && plan.work_per_sample() * static_cast<double>(std::max(rows, kRowsThatWait)) <= kLittleWork;
}
// What waking threads once costs, in meetings at a barrier.
constexpr double kWaking = 10;

std::pair<long, long> share(long samples, int thread, int threads, long granule) {
    const long tiles = (samples + granule - 1) / granule;
    return {std::min(samples, tiles * thread / threads * granule),
            std::min(samples, tiles * (thread + 1) / threads * granule)};
}

// The row numbers of three steps: of this one, of the next, whose rows are asked for meanwhile, and of the one after,
// whose numbers are drawn meanwhile.
class RowNumbers {
   public:
    RowNumbers(const OrderSpec& order, const KernelTable& table, long batch, long rows)
        : order_(order), table_(table), batch_(batch), rows_(rows) {
        for (auto& numbers : numbers_) numbers.resize(static_cast<size_t>(std::min(batch, rows)));
    }

    long samples(long step) const { return std::clamp(rows_ - step * batch_, 0L, batch_); }
    const int64_t* of(long step) const { return numbers_[static_cast<size_t>(step) % 3].data(); }

    // A thread's share of a step's numbers.
    void draw(long step, int thread, int threads) {
        const long count = samples(step), first = count * thread / threads, last = count * (thread + 1) / threads;
        order_.rows_at(table_, step * batch_ + first, last - first, numbers_[static_cast<size_t>(step) % 3].data() + first);
    }

   private:
    const OrderSpec& order_;
    const KernelTable& table_;
    const long batch_, rows_;
    std::array<std::vector<int64_t>, 3> numbers_;
};

// Asks for rows, some at each of a number of calls, while a step's gradients are computed.
class Ahead {
   public:
    Ahead(const FeedSpec& feed, const KernelTable& table, const int64_t* numbers, long count, long calls)
        : feed_(feed), table_(table), at_(numbers), end_(numbers + count), each_(calls > 0 ? (count + calls - 1) / calls : 0) {}

    void some() {
        const long count = std::min(each_, end_ - at_);
        for (const auto* columns : {&feed_.inputs, &feed_.targets, &feed_.weights})
            for (const Column& column : *columns)
                if (column.base)
                    table_.prefetch_rows(static_cast<const char*>(column.base), column.row_bytes,
                                         std::min(std::abs(column.row_bytes), kMostBytes), at_, count);
        at_ += count;
    }

   private:
    static constexpr long kMostBytes = 16384;

    const FeedSpec& feed_;
    const KernelTable& table_;
    const int64_t* at_;
    const int64_t* end_;
    const long each_;
};

// How often this process and those it comes from have forked: cheaper to ask than the process's number.
unsigned forks() {
    static std::atomic<unsigned> count{0};
    static const int registered = pthread_atfork(nullptr, nullptr, [] { ++count; });
    static_cast<void>(registered);
    return count.load(std::memory_order_relaxed);
}

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

// Hears, within a step, of who wants the run to end: the step is then given up, and counts for nothing.
class Listening {
   public:
    explicit Listening(const Poll& poll) : pace_(poll) {}

    // The first of a run's threads asks, the others follow.
    Watch watch(int thread) { return {&over_, thread == 0 ? &wanted_ : nullptr}; }
    bool over() const { return over_.load(std::memory_order_relaxed); }

   private:
    Pace pace_;
    std::atomic<bool> over_{false};
    const std::function<bool()> wanted_ = [this] { return pace_.stops(kOnlySignals, false); };
};

// False where whoever wants the run to end did not wait for it.
bool load(Plan& plan, const StateSpec& state, int threads, Listening& listening) {
    const int movers = plan.parameters.movers(threads);
    run_on_threads(movers, [&](int thread) { plan.parameters.load(state, thread, movers, listening.watch(thread)); });
    return !listening.over();
}

}  // namespace

Runner::Runner(ProgramSpec program, const KernelTable& table, const Options& options)
    : program_(std::move(program)), table_(table), options_(options), forks_(forks()) {}

Plan& Runner::plan(Purpose purpose, long batch) {
    auto& slot = plans_[static_cast<size_t>(purpose)];
    if (!slot || slot->batch() < batch) {
        slot.reset();  // before the new one takes its memory
        const auto room = static_cast<long>(std::bit_ceil(static_cast<unsigned long>(batch)));
        slot = std::make_unique<Plan>(program_, table_, purpose, room, options_);
    }
    return *slot;
}

int Runner::useful_threads(const Plan& plan, long samples, int threads) const {
    if (inside_pool()) return 1;
    const double pay = plan.work_per_sample() * static_cast<double>(samples) / options_.work_per_thread;
    return static_cast<int>(std::clamp(pay, 1.0, static_cast<double>(threads)));
}

void Runner::Turn::after_fork() {
    if (runner_.forks_ == forks()) return;
    runner_.forks_ = forks();  // whoever held the mutex is not in this process
    new (&runner_.mutex_) std::timed_mutex;
    runner_.owner_ = std::thread::id();
}

Runner::Turn::Turn(Runner& runner) : runner_(runner) {
    after_fork();
    const auto self = std::this_thread::get_id();
    taken_ = runner.owner_ != self && runner.mutex_.try_lock();
    if (taken_) runner.owner_ = self;
}

// One run at a time, because a plan's memory serves one; whoever waits still hears Ctrl-C.
Runner::Turn::Turn(Runner& runner, const Poll& poll) : runner_(runner) {
    after_fork();
    if (runner.owner_ == std::this_thread::get_id())
        throw std::logic_error("A model cannot run again from within its own progress report. Wait for the call to end.");
    while (!(taken_ = runner.mutex_.try_lock_for(kPollEvery)))
        if (poll && poll(kOnlySignals)) return;
    runner.owner_ = std::this_thread::get_id();
}

Runner::Turn::~Turn() {
    if (!taken_) return;
    runner_.owner_ = std::thread::id();
    runner_.mutex_.unlock();
}

Governor& Runner::governor(Purpose purpose, long batch, int threads) {
    return governors_.try_emplace({purpose, batch, threads}, threads).first->second;
}

// Rounds [first, last), as many threads at a time as pay. Each round, every thread calls work(round, thread, threads,
// barrier) and then thread 0 after(round), which may stop the run. One barrier ends the round: `stop` is written before
// it and read after it, and what the next round writes nobody reads any more.
template <class Work, class After>
void Runner::rounds(Plan& plan, long first, long last, Governor& governor, Work work, After after) {
    std::atomic<bool> stop{false};
    governor.begin(last - first);
    for (long at = first; at < last && !stop.load(std::memory_order_relaxed);) {
        const Governor::Choice choice = governor.next(last - at);
        const auto started = Clock::now();
        plan.parameters.share(choice.threads);
        Barrier barrier(choice.threads);
        run_on_threads(choice.threads, [&](int thread) {
            for (long round = at; round < at + choice.steps; ++round) {
                work(round, thread, choice.threads, barrier);
                if (thread == 0 && after(round)) stop.store(true, std::memory_order_relaxed);
                barrier.wait();
                if (stop.load(std::memory_order_relaxed)) break;
            }
        });
        governor.took(choice, std::chrono::duration<double>(Clock::now() - started).count());
        at += choice.steps;
    }
}

using OwnRows = std::vector<std::vector<int64_t>>;

static OwnRows own_rows(int threads, long batch) {
    return OwnRows(static_cast<size_t>(threads), std::vector<int64_t>(static_cast<size_t>(batch)));
}

long Runner::train(StateSpec& state, const FeedSpec& feed, const OrderSpec& order, const Stretch& stretch, int threads,
                   double* sums, double* counts, const Poll& poll, const std::vector<Real*>& captured) {
    const FloatMode mode;
    const Turn turn(*this, poll);
    if (!turn.taken()) return 0;
    const long batch = std::min(stretch.batch_size, feed.rows);
    Plan& plan = this->plan(Purpose::train, batch);
    threads = useful_threads(plan, batch, threads);
    Listening listening(poll);
    if (!load(plan, state, threads, listening)) return 0;
    const int64_t before = state.iterations;
    const bool penalized = plan.parameters.has_penalty();
    RowNumbers numbers(order, table_, batch, feed.rows);
    for (const long step : {stretch.first_step, stretch.first_step + 1}) numbers.draw(step, 0, 1);
    double penalty = 0;
    long done = 0;
    Pace pace(poll);
    const auto work = [&](long at, int thread, int running, Barrier& barrier) {
        const int64_t number = before + at - stretch.first_step;
        const Step step{&feed, numbers.of(at), numbers.samples(at), state.key, static_cast<uint64_t>(number)};
        const auto [s0, s1] = share(step.samples, thread, running, table_.row_tile);
        if (plan.has_shared()) {
            if (thread == 0) plan.refresh_shared();
            barrier.wait();
        }
        if (penalized) plan.parameters.sum_penalty(thread, running);
        const Watch watch = plan.watching(step.samples, listening.watch(thread));
        plan.row_phase(step, {s0, s1, thread, running}, true, true, barrier, watch);
        if (thread == 0)
            plan.parameters.prepare(
                stretch.learning_rates ? stretch.learning_rates[at - stretch.first_step] : state.learning_rate, number);
        barrier.wait();  // every gradient of a row is there, and nobody reads the weights any more
        if (listening.over()) return;
        copy_outputs(plan, s0, s1, (at - stretch.first_step) * batch + s0, captured);
        if (thread == 0) penalty = plan.parameters.penalty();
        numbers.draw(at + 2, thread, running);
        // Its share of the next step's rows: what lies in the other core's cache is near enough.
        const auto [next0, next1] = share(numbers.samples(at + 1), thread, running, table_.row_tile);
        Ahead ahead(feed, table_, numbers.of(at + 1) + next0, next1 - next0, plan.parameters.pauses(thread));
        plan.parameters.phase(step.samples, thread, running, barrier, [&] { ahead.some(); }, watch);
    };
    rounds(plan, stretch.first_step, stretch.last_step, governor(Purpose::train, batch, threads), work, [&](long at) {
        if (listening.over()) return true;
        plan.add_totals(feed, 0, numbers.samples(at), penalty, sums, counts);
        ++done;
        return pace.stops(done, at + 1 == stretch.last_step);
    });
    state.iterations = before + done;
    if (done == 0) return 0;
    const int movers = plan.parameters.movers(threads);
    run_on_threads(movers, [&](int thread) { plan.parameters.save(state, thread, movers); });
    return done;
}

long Runner::evaluate(const StateSpec& state, const FeedSpec& feed, const Stretch& stretch, int threads, double* sums,
                      double* counts, const Poll& poll, const std::vector<Real*>& captured) {
    const FloatMode mode;
    const Turn turn(*this, poll);
    if (!turn.taken()) return 0;
    // Whole batches of the caller's, as many as make a good chunk.
    const long batches = program_.over_batch() ? 1 : std::max(1L, kInferenceRows / stretch.batch_size);
    const long chunk = std::min(batches * stretch.batch_size, feed.rows);
    Plan& plan = this->plan(Purpose::infer, chunk);
    threads = useful_threads(plan, chunk, threads);
    Listening listening(poll);
    if (!load(plan, state, threads, listening)) return 0;
    plan.parameters.sum_penalty(0, 1);
    const double penalty = plan.parameters.penalty();
    plan.refresh_shared();
    const long begin = stretch.first_step * stretch.batch_size;
    const long end = std::min(stretch.last_step * stretch.batch_size, feed.rows);
    const long chunks = (end - begin + chunk - 1) / chunk;
    OwnRows numbers = own_rows(threads, chunk);
    long done = 0;
    Pace pace(poll);
    const auto samples_of = [&](long at) { return std::min(chunk, end - begin - at * chunk); };
    const auto work = [&](long at, int thread, int running, Barrier& barrier) {
        std::vector<int64_t>& rows = numbers[static_cast<size_t>(thread)];
        const Step step{.feed = &feed, .rows = rows.data(), .samples = samples_of(at), .key = state.key,
                        .number = static_cast<uint64_t>(state.iterations),
                        .first_row = static_cast<uint64_t>(begin + at * chunk)};
        const auto [s0, s1] = share(step.samples, thread, running, table_.row_tile);
        for (long s = s0; s < s1; ++s) rows[static_cast<size_t>(s)] = begin + at * chunk + s;
        const Watch watch = plan.watching(step.samples, listening.watch(thread));
        plan.row_phase(step, {s0, s1, thread, running}, true, false, barrier, watch);
        barrier.wait();  // every row's loss is there
        if (listening.over()) return;
        copy_outputs(plan, s0, s1, at * chunk + s0, captured);
    };
    rounds(plan, 0, chunks, governor(Purpose::infer, chunk, threads), work, [&](long at) {
        if (listening.over()) return true;
        for (long first = 0; first < samples_of(at); first += stretch.batch_size, ++done)
            plan.add_totals(feed, first, std::min(stretch.batch_size, samples_of(at) - first), penalty, sums, counts);
        return pace.stops(done, at + 1 == chunks);
    });
    return done;
}

void Runner::predict(const StateSpec& state, const FeedSpec& feed, long batch_size, bool training, int threads,
                     const std::vector<Real*>& outputs, const Poll& poll) {
    const FloatMode mode;
    const Turn turn(*this, poll);
    if (!turn.taken()) return;
    if (!training && !program_.over_batch()) {
        if (feed.rows > kFewRows || program_.blocks_in_formulas()) return infer(state, feed, threads, outputs, poll);
        Plan& few = plan(Purpose::few, kFewRows);
        if (!little_work(few, feed.rows)) return infer(state, feed, threads, outputs, poll);
        infer_few(few, state, feed, outputs);
        if (poll) poll(feed.rows);
        return;
    }
    const long chunk = std::min(batch_size, feed.rows);
    Plan& plan = this->plan(training ? Purpose::train : Purpose::infer, chunk);
    threads = useful_threads(plan, chunk, threads);
    Listening listening(poll);
    if (!load(plan, state, threads, listening)) return;
    plan.refresh_shared();
    const long chunks = (feed.rows + chunk - 1) / chunk;
    OwnRows numbers = own_rows(threads, chunk);
    Pace pace(poll);
    const auto work = [&](long at, int thread, int running, Barrier& barrier) {
        std::vector<int64_t>& rows = numbers[static_cast<size_t>(thread)];
        const long start = at * chunk;
        const Step step{&feed, rows.data(), std::min(chunk, feed.rows - start), state.key,
                        static_cast<uint64_t>(state.iterations), static_cast<uint64_t>(start)};
        const auto [s0, s1] = share(step.samples, thread, running, table_.row_tile);
        for (long s = s0; s < s1; ++s) rows[static_cast<size_t>(s)] = start + s;
        const Watch watch = plan.watching(step.samples, listening.watch(thread));
        plan.row_phase(step, {s0, s1, thread, running}, false, false, barrier, watch);
        barrier.wait();  // the last operation may have gone by columns
        if (listening.over()) return;
        copy_outputs(plan, s0, s1, start + s0, outputs);
    };
    Governor governor(threads);
    rounds(plan, 0, chunks, governor, work, [&](long at) {
        return listening.over() || pace.stops(std::min((at + 1) * chunk, feed.rows), at + 1 == chunks);
    });
}

// Each thread takes the next block of rows when it is done with one, in a part of the plan's memory that is its own: a
// thread that the machine lets wait holds up nobody but its last block.
void Runner::infer(const StateSpec& state, const FeedSpec& feed, int threads, const std::vector<Real*>& outputs,
                   const Poll& poll) {
    const long tile = table_.row_tile;
    Plan& plan = this->plan(Purpose::infer, std::min(feed.rows + threads * tile, threads * kBlockRows));
    threads = useful_threads(plan, static_cast<long>(static_cast<double>(feed.rows) / kWaking), threads);
    const long block = std::min(round_up((feed.rows + threads - 1) / threads, tile), kBlockRows);
    Listening listening(poll);
    if (!load(plan, state, threads, listening)) return;
    plan.refresh_shared();
    OwnRows numbers = own_rows(threads, block * threads);
    std::atomic<long> next{0}, done{0};
    Pace pace(poll);
    run_on_threads(threads, [&](int thread) {
        std::vector<int64_t>& rows = numbers[static_cast<size_t>(thread)];
        Barrier alone(1);
        for (;;) {
            const long row = next.fetch_add(block, std::memory_order_relaxed);
            if (row >= feed.rows) return;
            const long s0 = thread * block, s1 = s0 + std::min(block, feed.rows - row);
            for (long s = s0; s < s1; ++s) rows[static_cast<size_t>(s)] = row + s - s0;
            // The memory of sample s0 has row `row`; the difference may be below 0, which wraps as it should.
            const Step step{.feed = &feed, .rows = rows.data(), .samples = s1 - s0, .key = state.key,
                            .number = static_cast<uint64_t>(state.iterations),
                            .first_row = static_cast<uint64_t>(row) - static_cast<uint64_t>(s0)};
            plan.row_phase(step, {s0, s1, 0, 1}, false, false, alone, plan.watching(step.samples, listening.watch(thread)));
            if (listening.over()) return;
            copy_outputs(plan, s0, s1, row, outputs);
            const long rows_done = done.fetch_add(s1 - s0, std::memory_order_relaxed) + s1 - s0;
            if (thread == 0 && rows_done < feed.rows && pace.stops(rows_done, false))
                next.store(feed.rows, std::memory_order_relaxed);
        }
    });
    if (done == feed.rows) pace.stops(feed.rows, true);
}

void Runner::infer_few(Plan& plan, const StateSpec& state, const FeedSpec& feed, const std::vector<Real*>& outputs) {
    static constexpr auto kNumbers = [] {
        std::array<int64_t, kFewRows> numbers{};
        for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<int64_t>(i);
        return numbers;
    }();
    plan.parameters.load(state, 0, 1, {});
    plan.refresh_shared();
    Barrier alone(1);
    const Step step{.feed = &feed, .rows = kNumbers.data(), .samples = feed.rows, .key = state.key,
                    .number = static_cast<uint64_t>(state.iterations), .parameters = state.parameters};
    plan.row_phase(step, {0, feed.rows, 0, 1}, false, false, alone);
    copy_outputs(plan, 0, feed.rows, 0, outputs);
}

bool Runner::predict_few(const StateSpec& state, const FeedSpec& feed, const std::vector<Real*>& outputs) {
    if (feed.rows > kFewRows || program_.blocks_in_formulas() || program_.over_batch()) return false;
    const FloatMode mode;
    const Turn turn(*this);
    if (!turn.taken()) return false;
    Plan& few = plan(Purpose::few, kFewRows);
    if (!little_work(few, feed.rows)) return false;
    infer_few(few, state, feed, outputs);
    return true;
}

// Samples [s0, s1) of a plan's memory to the rows from `row` on.
void Runner::copy_outputs(const Plan& plan, long s0, long s1, long row, const std::vector<Real*>& outputs) const {
    for (size_t i = 0; i < outputs.size(); ++i) {
        const NodeSpec& node = program_.nodes[static_cast<size_t>(program_.outputs[i])];
        plan.copy_output(i, s0, s1, outputs[i] + row * node.rows * node.columns);
    }
}

}  // namespace denim::DENIM_PRECISION
