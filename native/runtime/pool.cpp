#include "runtime/pool.hpp"

#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "runtime/float_mode.hpp"

namespace denim {

namespace {

constexpr int kSpins = 4000;

void relax() {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

class Pool {
   public:
    void run(int threads, const std::function<void(int)>& job) {
        std::lock_guard turn(turn_);
        while (static_cast<int>(workers_.size()) < threads - 1)
            workers_.emplace_back([this, index = static_cast<int>(workers_.size()) + 1] { work(index); });
        {
            std::lock_guard lock(mutex_);
            job_ = &job;
            threads_ = threads;
            left_ = threads - 1;
            ++round_;
        }
        wake_.notify_all();
        job(0);
        std::unique_lock lock(mutex_);
        done_.wait(lock, [this] { return left_ == 0; });
    }

   private:
    void work(int index) {
        uint64_t seen = 0;
        std::unique_lock lock(mutex_);
        for (;;) {
            wake_.wait(lock, [&] { return round_ != seen; });
            seen = round_;
            if (index >= threads_) continue;
            const auto* job = job_;
            lock.unlock();
            {
                FloatMode mode;
                (*job)(index);
            }
            lock.lock();
            if (--left_ == 0) done_.notify_one();
        }
    }

    std::mutex turn_, mutex_;
    std::condition_variable wake_, done_;
    std::vector<std::thread> workers_;
    const std::function<void(int)>* job_ = nullptr;
    int threads_ = 0, left_ = 0;
    uint64_t round_ = 0;
};

// Never destroyed: workers may outlive static destruction. A forked child has none of the parent's workers.
Pool& pool() {
    static std::mutex mutex;
    static Pool* instance = nullptr;
    static pid_t owner = 0;
    std::lock_guard lock(mutex);
    if (owner != getpid()) {
        owner = getpid();
        instance = new Pool;
    }
    return *instance;
}

}  // namespace

static thread_local bool in_job = false;

bool inside_pool() { return in_job; }

void Barrier::wait() {
    if (threads_ == 1) return;
    const int phase = phase_.load(std::memory_order_acquire);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == threads_) {
        arrived_.store(0, std::memory_order_relaxed);
        phase_.store(phase + 1, std::memory_order_release);
        phase_.notify_all();
        return;
    }
    for (int i = 0; i < kSpins; ++i) {
        if (phase_.load(std::memory_order_acquire) != phase) return;
        relax();
    }
    while (phase_.load(std::memory_order_acquire) == phase) phase_.wait(phase, std::memory_order_acquire);
}

void run_on_threads(int threads, const std::function<void(int)>& job) {
    FloatMode mode;
    if (threads <= 1) return job(0);
    struct InJob {
        InJob() { in_job = true; }
        ~InJob() { in_job = false; }
    } mark;  // also where a worker cannot be started
    pool().run(threads, job);
}

}  // namespace denim
