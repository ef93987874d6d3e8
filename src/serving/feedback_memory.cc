#include "serving/feedback_memory.h"

#include <random>
#include <string>

namespace tenor::serving {

namespace {

Hash128 random_key() {
  std::random_device device;
  const auto word = [&device] { return (static_cast<std::uint64_t>(device()) << 32) | device(); };
  return {word(), word()};
}

}  // namespace

FeedbackMemory::FeedbackMemory(std::size_t most) : secret_(random_key()), ring_(most) {
  answers_.reserve(most);
}

void FeedbackMemory::remember_text(std::string_view text, const Remembered& answer) {
  remember(siphash128(siphash128(secret_, "text"), text), answer);
}

void FeedbackMemory::remember_request(std::string_view id, std::size_t number, const Remembered& answer) {
  remember(siphash128(siphash128(secret_, std::to_string(number)), id), answer);
}

std::optional<Remembered> FeedbackMemory::take_text(std::string_view text) {
  return take(siphash128(siphash128(secret_, "text"), text));
}

std::optional<Remembered> FeedbackMemory::take_request(std::string_view id, std::size_t number) {
  return take(siphash128(siphash128(secret_, std::to_string(number)), id));
}

void FeedbackMemory::remember(const Hash128& key, const Remembered& answer) {
  const std::lock_guard lock(mutex_);
  // The place in the ring may belong to an answer that was taken, or came again since and has a later place.
  const auto oldest = answers_.find(ring_[next_]);
  if (oldest != answers_.end() && oldest->second.place == next_) answers_.erase(oldest);
  ring_[next_] = key;
  answers_[key] = {answer, next_};
  next_ = (next_ + 1) % ring_.size();
}

std::optional<Remembered> FeedbackMemory::take(const Hash128& key) {
  const std::lock_guard lock(mutex_);
  const auto found = answers_.find(key);
  if (found == answers_.end()) return std::nullopt;
  const Remembered answer = found->second.answer;
  answers_.erase(found);
  return answer;
}

}  // namespace tenor::serving
