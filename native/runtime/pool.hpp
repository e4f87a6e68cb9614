// A persistent pool: the caller is thread 0, workers are the others. Between steps they meet at a barrier that spins
// briefly and then parks.
#pragma once

#include <atomic>
#include <functional>

namespace denim {

class Barrier {
   public:
    explicit Barrier(int threads) : threads_(threads) {}
    void wait();

   private:
    const int threads_;
    std::atomic<int> arrived_{0};
    std::atomic<int> phase_{0};
};

// Is the calling thread in the middle of a job? Then it must make do with itself.
bool inside_pool();
// Runs job(thread) on threads 0 .. threads - 1 and returns when all are done. Jobs may not throw. Calls from several
// threads take turns. Safe after fork: the child starts workers of its own.
void run_on_threads(int threads, const std::function<void(int)>& job);

}  // namespace denim
