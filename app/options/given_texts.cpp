#include "app/options/given_texts.hpp"

#include "app/options/options.hpp"

namespace grapevine::app {

namespace {

std::string joined(const std::vector<std::string>& texts) {
  std::string line;
  for (const auto& text : texts)
    line += (line.empty() ? "" : "|") + text;
  return line;
}

// What is in force when the option is not given.
std::string default_of(const option& known, bool host) {
  const auto& own = host ? known.host_fallback : known.guest_fallback;
  if (!own.empty())
    return own;
  const auto values = known.show(settings{});
  return values.empty() ? known.fallback : values.front();
}

// `nodes` of `-n,--nodes`.
std::string without_dashes(const std::string& name) {
  const auto dashes = name.find("--");
  return dashes == std::string::npos ? name : name.substr(dashes + 2);
}

std::string help_of(const option& known, bool host) {
  auto help = known.help;
  if (const auto fallback = default_of(known, host); !fallback.empty())
    help += " (default: " + fallback + ")";
  if (known.repeatable)
    help += "; may be given several times";
  return help;
}

} // namespace

CLI::Option* given_texts::add(CLI::App& to, const std::string& name,
                              value_kind value, const std::string& help) {
  auto* added = add_argument(to, name, help);
  added->type_name(value.choices.empty()
                       ? std::string{placeholder_of(value.kind)}
                       : joined(value.choices));
  kinds_.insert_or_assign(without_dashes(name), std::move(value));
  return added;
}

CLI::Option* given_texts::add_argument(CLI::App& to, const std::string& name,
                                       const std::string& help) {
  auto* added = to.add_option(name, CLI::callback_t{}, help);
  added->type_name("")->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  options_[without_dashes(name)] = added;
  return added;
}

void given_texts::add_flag(CLI::App& to, const std::string& name,
                           const std::string& help) {
  options_[without_dashes(name)] = to.add_flag(name, help);
}

void given_texts::add_node_options(CLI::App& to, bool host) {
  for (const auto& known : all_options())
    if (host || known.where != scope::run_only)
      add(to, "--" + known.name, {known.kind, known.choices},
          help_of(known, host))
          ->group(known.group);
  add(to, "--config", {option_kind::path},
      host ? "TOML file: a key for each of these options; the command line "
             "wins over it"
           : "TOML file of a node, of which all is taken but who and where it "
             "is and what it logs; the command line wins over it")
      ->group("Node");
}

const value_kind* given_texts::kind_of(const std::string& name) const {
  const auto found = kinds_.find(name);
  return found == kinds_.end() ? nullptr : &found->second;
}

bool given_texts::has(const std::string& name) const {
  const auto found = options_.find(name);
  return found != options_.end() && found->second->count() > 0;
}

std::vector<std::string> given_texts::all(const std::string& name) const {
  return has(name) ? options_.at(name)->results() : std::vector<std::string>{};
}

std::optional<std::string> given_texts::text(const std::string& name) const {
  if (!has(name))
    return std::nullopt;
  return options_.at(name)->results().front();
}

outcome<node_arguments> given_texts::node() const {
  node_arguments result;
  for (const auto& known : all_options())
    if (has(known.name))
      result.given[known.name] = {all(known.name), "--" + known.name,
                                  "the command line"};
  auto config = value<std::filesystem::path>("config");
  if (!config)
    return unexpected{config.error()};
  result.config = *std::move(config);
  return result;
}

outcome<void> given_texts::check_counts() const {
  for (const auto& [name, option] : options_) {
    const auto* known = find_option(name);
    // A flag may be repeated, and positional arguments have a count of their
    // own.
    const bool any =
        kind_of(name) == nullptr || (known != nullptr && known->repeatable);
    if (!any && option->count() > 1)
      return usage_error(named(name) + " is given "
                         + std::to_string(option->count())
                         + " times, but has one value");
  }
  return {};
}

std::string given_texts::named(const std::string& name) const {
  return (options_.at(name)->get_positional() ? "" : "--") + name;
}

} // namespace grapevine::app
