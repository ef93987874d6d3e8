// Memory for numbers that kernels sweep over.
#pragma once

#include <cstddef>
#include <cstring>
#include <new>
#include <utility>

namespace tenor {

// Zeroed memory on a 64-byte boundary that grows and never shrinks: one owner, no copies.
// Not for threads to share while it grows.
template <class T>
class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  explicit AlignedBuffer(std::size_t size) { grow(size); }
  AlignedBuffer(AlignedBuffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  AlignedBuffer& operator=(AlignedBuffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~AlignedBuffer() { release(); }

  // At least `size` elements; what was there is lost where it grows.
  void grow(std::size_t size) {
    if (size <= size_) return;
    release();
    data_ = static_cast<T*>(::operator new (size * sizeof(T), std::align_val_t{64}));
    std::memset(data_, 0, size * sizeof(T));
    size_ = size;
  }

  T* data() { return data_; }
  const T* data() const { return data_; }
  std::size_t size() const { return size_; }
  std::size_t bytes() const { return size_ * sizeof(T); }
  T& operator[](std::size_t i) { return data_[i]; }
  const T& operator[](std::size_t i) const { return data_[i]; }

 private:
  void release() {
    ::operator delete (data_, std::align_val_t{64});
    data_ = nullptr;
    size_ = 0;
  }

  T* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace tenor
