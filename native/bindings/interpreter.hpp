// The interpreter's lock, given away while a run works, and taken back for a moment to ask Python something.
//
// Where the interpreter ends while a daemon thread runs, CPython before 3.14 ends that thread as it waits for the lock:
// its stack would be unwound below other threads' work, and through destructors, which aborts the process. So the
// thread waits for the process's end instead, as CPython 3.14 has it.
#pragma once

#include <Python.h>

#include <chrono>
#include <thread>

namespace denim {

[[noreturn]] inline void wait_for_the_end() noexcept {
    for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
}

// take() takes the lock.
template <class Take>
auto or_wait_for_the_end(Take take) noexcept {
    try {
        return take();
    } catch (...) {  // it raises nothing: this is the thread's end
        wait_for_the_end();
    }
}

class Unlocked {
   public:
    Unlocked() : state_(PyEval_SaveThread()) {}
    ~Unlocked() {
        or_wait_for_the_end([this] { PyEval_RestoreThread(state_); });
    }
    Unlocked(const Unlocked&) = delete;
    Unlocked& operator=(const Unlocked&) = delete;

   private:
    PyThreadState* const state_;
};

class Locked {
   public:
    Locked() : state_(or_wait_for_the_end([] { return PyGILState_Ensure(); })) {}
    ~Locked() { PyGILState_Release(state_); }
    Locked(const Locked&) = delete;
    Locked& operator=(const Locked&) = delete;

   private:
    const PyGILState_STATE state_;
};

}  // namespace denim
