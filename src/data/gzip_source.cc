#include <zlib.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "data/byte_source.h"

namespace tenor::data {

namespace {

constexpr std::size_t kInputBytes = 1 << 16;
constexpr int kGzipOnly = 15 + 16;  // largest window; a gzip header is expected

class GzipSource final : public ByteSource {
 public:
  explicit GzipSource(std::unique_ptr<ByteSource> inner) : inner_(std::move(inner)) {}
  GzipSource(const GzipSource&) = delete;
  GzipSource& operator=(const GzipSource&) = delete;
  ~GzipSource() override {
    if (mode_ == Mode::member || mode_ == Mode::between) ::inflateEnd(&stream_);
  }

  Result<std::size_t> read(std::span<char> buffer) override {
    if (mode_ == Mode::unknown) {
      if (Status status = choose_mode(); !status) return tl::unexpected(status.error());
    }
    return mode_ == Mode::plain ? read_plain(buffer) : inflate_into(buffer);
  }

  std::uint64_t consumed() const override { return inner_->consumed(); }

 private:
  enum class Mode { unknown, plain, member, between };

  // Reads more input behind what is left; false at the end.
  Result<bool> fill() {
    std::copy(input_.begin() + static_cast<std::ptrdiff_t>(begin_), input_.begin() + static_cast<std::ptrdiff_t>(end_),
              input_.begin());
    end_ -= begin_;
    begin_ = 0;
    Result<std::size_t> n = inner_->read(std::span(input_).subspan(end_));
    if (!n) return tl::unexpected(n.error());
    end_ += *n;
    return *n > 0;
  }

  // Makes two bytes of input available where there are two; tells whether they are the magic number of gzip.
  Result<bool> at_magic() {
    while (end_ - begin_ < 2) {
      const Result<bool> more = fill();
      if (!more) return tl::unexpected(more.error());
      if (!*more) return false;
    }
    return input_[begin_] == '\x1f' && input_[begin_ + 1] == '\x8b';
  }

  Status choose_mode() {
    input_.resize(kInputBytes);
    const Result<bool> magic = at_magic();
    if (!magic) return tl::unexpected(magic.error());
    if (*magic && ::inflateInit2(&stream_, kGzipOnly) != Z_OK) {
      return fail(ErrorCode::limit, "not enough memory to decompress gzip");
    }
    mode_ = *magic ? Mode::member : Mode::plain;
    return {};
  }

  Result<std::size_t> read_plain(std::span<char> buffer) {
    if (begin_ == end_) return inner_->read(buffer);
    const std::size_t n = std::min(buffer.size(), end_ - begin_);
    std::copy_n(input_.data() + begin_, n, buffer.data());
    begin_ += n;
    return n;
  }

  Result<std::size_t> inflate_into(std::span<char> buffer) {
    while (true) {
      if (mode_ == Mode::between) {
        const Result<bool> another = next_member();
        if (!another) return tl::unexpected(another.error());
        if (!*another) return 0U;
      }
      if (begin_ == end_) {
        const Result<bool> more = fill();
        if (!more) return tl::unexpected(more.error());
        if (!*more) return fail(ErrorCode::corrupt, "the gzip stream is cut off: the file is incomplete");
      }
      Result<std::size_t> n = inflate_some(buffer);
      if (!n || *n > 0) return n;
    }
  }

  Result<std::size_t> inflate_some(std::span<char> buffer) {
    stream_.next_in = reinterpret_cast<Bytef*>(input_.data() + begin_);
    stream_.avail_in = static_cast<uInt>(end_ - begin_);
    stream_.next_out = reinterpret_cast<Bytef*>(buffer.data());
    const auto room = static_cast<uInt>(std::min<std::size_t>(buffer.size(), 1U << 30));
    stream_.avail_out = room;
    const int code = ::inflate(&stream_, Z_NO_FLUSH);
    begin_ = end_ - stream_.avail_in;
    if (code == Z_STREAM_END) {
      mode_ = Mode::between;
    } else if (code != Z_OK) {
      const char* what = stream_.msg != nullptr ? stream_.msg : "wrong data";
      return fail(ErrorCode::corrupt, std::string("the gzip stream is damaged (") + what + ")");
    }
    return room - stream_.avail_out;
  }

  // Starts the next member, if there is one, passing over zero padding.
  Result<bool> next_member() {
    while (true) {
      while (begin_ < end_ && input_[begin_] == '\0') ++begin_;
      if (begin_ < end_) break;
      Result<bool> more = fill();
      if (!more || !*more) return more;
    }
    Result<bool> magic = at_magic();
    if (!magic) return magic;
    if (!*magic) return fail(ErrorCode::corrupt, "bytes that are not gzip follow the gzip stream");
    ::inflateReset(&stream_);
    mode_ = Mode::member;
    return true;
  }

  std::unique_ptr<ByteSource> inner_;
  std::vector<char> input_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  Mode mode_ = Mode::unknown;
  z_stream stream_{};
};

}  // namespace

std::unique_ptr<ByteSource> maybe_gunzip(std::unique_ptr<ByteSource> inner) {
  return std::make_unique<GzipSource>(std::move(inner));
}

}  // namespace tenor::data
