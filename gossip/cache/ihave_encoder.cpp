#include "gossip/cache/ihave_encoder.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::gossip {

const ihave_frames& ihave_encoder::encode(std::span<const ihave_part> parts,
                                          std::size_t max_size) {
  // Before anything is looked up: what is found must stay.
  if (kept_ > max_kept) {
    topics_.clear();
    kept_ = 0;
  }
  chosen_.clear();
  for (const auto& part : parts)
    chosen_.push_back(choose(part, entries_of(part, max_size)));
  if (is_last(chosen_, max_size))
    return frames_;
  pack(parts, chosen_, max_size);
  last_.swap(chosen_);
  last_max_size_ = max_size;
  return frames_;
}

// Of a part of a list so many entries make it up that little is lost by whole
// ones.
ihave_encoder::own_list ihave_encoder::list_of(const ihave_part& part) {
  constexpr std::size_t least_entries = 8;
  const auto most = part.count >= part.all->ids.size()
                        ? part.count
                        : part.count / least_entries;
  return {part.all.get(), std::max<std::size_t>(most, 1)};
}

const ihave_encoder::topic& ihave_encoder::entries_of(const ihave_part& part,
                                                      std::size_t max_size) {
  const own_list where = list_of(part);
  topic& found = topics_[where];
  if (found.of.lock() == part.all && found.max_size == max_size)
    return found;
  for (const auto& one : found.entries)
    kept_ -= one.encoded.size();
  found = {part.all, max_size, {}, 0};
  found.dropped = proto::encode_ihaves(part.all->topic, part.all->ids,
                                       where.second, max_size, found.entries);
  for (const auto& one : found.entries)
    kept_ += one.encoded.size();
  return found;
}

ihave_encoder::choice ihave_encoder::choose(const ihave_part& part,
                                            const topic& all) {
  const std::size_t count = all.entries.size();
  if (part.count >= part.all->ids.size())
    return {part.all, 0, count};
  choice result{part.all, 0, 0};
  std::size_t before = 0;
  while (result.first + 1 < count
         && before + all.entries[result.first].ids <= part.first)
    before += all.entries[result.first++].ids;
  std::size_t told = 0;
  while (result.count < count) {
    told += all.entries[(result.first + result.count) % count].ids;
    if (told > part.count)
      break;
    ++result.count;
  }
  return result;
}

bool ihave_encoder::is_last(std::span<const choice> chosen,
                            std::size_t max_size) const {
  return last_max_size_ == max_size
         && std::ranges::equal(
             chosen, last_, [](const choice& a, const choice& b) {
               const auto of = a.of.lock();
               return of != nullptr && of == b.of.lock() && a.first == b.first
                      && a.count == b.count;
             });
}

void ihave_encoder::pack(std::span<const ihave_part> parts,
                         std::span<const choice> chosen, std::size_t max_size) {
  frames_ = {};
  packed_.clear();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const topic& all = topics_.at(list_of(parts[i]));
    for (std::size_t k = 0; k < chosen[i].count; ++k) {
      const auto& entry =
          all.entries[(chosen[i].first + k) % all.entries.size()];
      packed_.push_back(&entry);
      frames_.ids += entry.ids;
    }
    frames_.dropped += all.dropped;
  }
  for (bytes& frame : proto::pack_ihaves(packed_, max_size))
    frames_.frames.push_back(std::make_shared<const bytes>(std::move(frame)));
}

} // namespace grapevine::gossip
