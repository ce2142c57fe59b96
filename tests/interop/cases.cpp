// External interfaces: the base class of listeners. The macro has to be set
// before any inclusion of Catch2.
#define CATCH_CONFIG_EXTERNAL_INTERFACES
#include "tests/interop/cases.hpp"

#include <algorithm>
#include <iostream>
#include <iterator>
#include <set>

namespace grapevine::interop {

namespace {

/// Whether the current case was left out, and why any case was.
bool case_skipped = false;
std::set<std::string> skip_reasons;

void banner(const std::string& text) {
  const std::string line(72, '*');
  std::cout << line << "\n*** " << text << '\n' << line << std::endl;
}

/// The case cannot run because the peer of `language` is missing.
void skip(const std::string& language) {
  auto reason = "the " + language
                + " peer is missing: run tests/interop/build.sh " + language;
  if (in_continuous_integration())
    FAIL(reason);
  case_skipped = true;
  if (skip_reasons.insert(reason).second)
    banner("SKIPPED: " + reason);
}

implementation require_subject() {
  auto subject = find_subject();
  if (!subject)
    FAIL("the program under test is missing: build grapevine_peer or set "
         "INTEROP_SUBJECT");
  return *subject;
}

/// Counts the cases per language and says so at the end of the run.
class summary : public Catch::TestEventListenerBase {
public:
  using Catch::TestEventListenerBase::TestEventListenerBase;

  void testCaseStarting(const Catch::TestCaseInfo& info) override {
    TestEventListenerBase::testCaseStarting(info);
    case_skipped = false;
  }

  void testCaseEnded(const Catch::TestCaseStats& stats) override {
    TestEventListenerBase::testCaseEnded(stats);
    for (const auto& tag : stats.testInfo.tags)
      if (auto place = counts_.find(tag); place != counts_.end())
        ++(case_skipped ? skipped_ : place->second);
  }

  void testRunEnded(const Catch::TestRunStats& stats) override {
    TestEventListenerBase::testRunEnded(stats);
    std::size_t total = 0;
    std::string parts;
    for (const auto& name : {"go", "rust", "js", "py", "mixed"}) {
      total += counts_[name];
      parts += parts.empty() ? "" : ", ";
      parts += name;
      parts += " " + std::to_string(counts_[name]);
    }
    for (const auto& reason : skip_reasons)
      banner("SKIPPED: " + reason);
    std::cout << "interop: " << total << " cases run (" << parts << "), "
              << skipped_ << " skipped" << std::endl;
  }

private:
  std::map<std::string, std::size_t> counts_{
      {"go", 0}, {"rust", 0}, {"js", 0}, {"py", 0}, {"mixed", 0}};
  std::size_t skipped_ = 0;
};

CATCH_REGISTER_LISTENER(summary)

} // namespace

void run_case(const std::string& language, void (*body)(const pairing&)) {
  auto subject = require_subject();
  if (auto other = find_peer(language))
    body({subject, *other});
  else
    skip(language);
}

void run_mixed_case(std::initializer_list<std::string> languages,
                    void (*body)(const everyone&)) {
  everyone all{{"subject", require_subject()}};
  for (const auto& language : languages) {
    auto peer = find_peer(language);
    if (!peer)
      return skip(language);
    all.emplace(language, *peer);
  }
  body(all);
}

} // namespace grapevine::interop
