#include "devices/device_book.h"

#include <algorithm>

#include "devices/visible_devices.h"

namespace tenor::devices {

namespace {

double seconds_between(Clock::time_point begin, Clock::time_point end) {
  return std::chrono::duration<double>(end - begin).count();
}

}  // namespace

DeviceBook::Entry* DeviceBook::find(std::string_view uuid) {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.device.identity.uuid == uuid; });
  return found == entries_.end() ? nullptr : &*found;
}

void DeviceBook::lose(Entry& entry, const std::string& reason, Clock::time_point now) {
  if (entry.evidence.lost.empty()) entry.lost_since = now;
  entry.evidence.lost = reason;
}

void DeviceBook::opened(const std::vector<NvmlDevice>& listed, std::optional<std::string_view> visible,
                        Clock::time_point now) {
  std::vector<Entry> before = std::move(entries_);
  entries_.clear();
  std::vector<GpuIdentity> identities;
  for (const NvmlDevice& device : listed) {
    identities.push_back(device.identity);
    Entry entry;
    const auto known = std::find_if(before.begin(), before.end(),
                                    [&](const Entry& old) { return old.device.identity.uuid == device.identity.uuid; });
    if (known != before.end()) {
      entry = std::move(*known);
      before.erase(known);
      if (!entry.evidence.lost.empty()) entry.evidence = {};
    }
    entry.device = device;
    entry.cuda_index.reset();
    entry.sampled = now;  // about to be
    entries_.push_back(std::move(entry));
  }
  unsigned index = 0;
  for (const std::size_t place : visible_devices(visible, identities)) entries_[place].cuda_index = index++;
  for (Entry& gone : before) {
    lose(gone, gone.evidence.lost.empty() ? "the driver does not list it any more" : gone.evidence.lost, now);
    gone.device.handle = gone.device.parent = nullptr;
    gone.cuda_index.reset();
    entries_.push_back(std::move(gone));
  }
}

void DeviceBook::driver_gone(const std::string& reason, Clock::time_point now) {
  for (Entry& entry : entries_) lose(entry, reason, now);
}

bool DeviceBook::begin(std::string_view uuid, Clock::time_point now) {
  Entry* entry = find(uuid);
  if (entry == nullptr || entry->call_began || !entry->evidence.lost.empty()) return false;
  entry->call_began = now;
  return true;
}

void DeviceBook::end(std::string_view uuid, const GpuSample& sample, const std::string& error, Clock::time_point now) {
  Entry* entry = find(uuid);
  if (entry == nullptr) return;
  entry->call_began.reset();
  if (!error.empty()) return lose(*entry, error, now);
  entry->sampled = now;
  entry->evidence.sample = sample;
  if (!entry->evidence.ecc_uncorrected) entry->evidence.ecc_uncorrected = sample.ecc_uncorrected;
}

void DeviceBook::record_xid(const XidEvents::Event& event) {
  for (Entry& entry : entries_) {
    const bool itself = entry.device.handle == event.device;
    const bool part = entry.device.parent == event.device;
    if (event.device == nullptr || (!itself && !part)) continue;
    if (part && event.gpu_instance && event.gpu_instance != entry.device.identity.gpu_instance) continue;
    entry.last_xid = event.xid;
    ++entry.xid_count;
    // What happened within a part does not speak against the others, nor against the whole.
    if (kind_of_xid(event.xid) == XidKind::fatal && (part || !event.gpu_instance)) entry.evidence.fatal_xid = event.xid;
  }
}

bool DeviceBook::busy() const {
  return std::any_of(entries_.begin(), entries_.end(), [](const Entry& entry) { return entry.call_began.has_value(); });
}

bool DeviceBook::any_lost() const {
  return std::any_of(entries_.begin(), entries_.end(), [](const Entry& entry) { return !entry.evidence.lost.empty(); });
}

void DeviceBook::forget(Clock::time_point now, double limit_s) {
  const auto old = std::remove_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return !entry.evidence.lost.empty() && !entry.call_began && seconds_between(entry.lost_since, now) > limit_s;
  });
  entries_.erase(old, entries_.end());
}

std::vector<Gpu> DeviceBook::list(Clock::time_point now, double stale_s) const {
  std::vector<Gpu> gpus;
  for (const Entry& entry : entries_) {
    Evidence evidence = entry.evidence;
    evidence.silent_s = seconds_between(entry.sampled, now);
    Verdict verdict = judge(evidence, stale_s);
    gpus.push_back({entry.device.identity, entry.cuda_index, entry.evidence.sample, entry.sampled, entry.last_xid,
                    entry.xid_count, verdict.health, std::move(verdict.reason)});
  }
  return gpus;
}

}  // namespace tenor::devices
