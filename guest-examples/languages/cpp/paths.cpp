// Tells the path of each open and openat, or of those that begin with one of the
// words of ZPOLINE_HOOK_ARGS, and at the end how many there were.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "../c/hook.h"

namespace {

constexpr uint32_t longest_path = 4096;

std::vector<std::string> prefixes;
uint32_t told;

std::string_view view(bytes text) { return {reinterpret_cast<const char *>(text.at), text.length}; }

void tell(std::string line, uint64_t pathname) {
  read_result read;
  hook_release();
  memory_read_c_string(pathname, longest_path, &read);
  // A path that cannot be read is the kernel's to refuse.
  if (read.is_error) return;
  auto path = view(read.value.bytes);
  auto begins = [&](const std::string &prefix) { return path.starts_with(prefix); };
  if (!prefixes.empty() && std::none_of(prefixes.begin(), prefixes.end(), begins)) return;
  line.append(path).push_back('\n');
  log_output(line.data(), line.size());
  told++;
}

constexpr action forward{.tag = FORWARD, .value{.result = 0}};

}  // namespace

EXPORT("open", "enter")
const action *open_enter(uint64_t pathname, int32_t, uint32_t) {
  tell("open ", pathname);
  return &forward;
}

EXPORT("openat", "enter")
const action *openat_enter(int32_t, uint64_t pathname, int32_t, uint32_t) {
  tell("openat ", pathname);
  return &forward;
}

EXPORT("lifecycle", "init")
const init_result *init(const bytes *arguments, size_t count) {
  static const init_result shared{.is_error = 0, .value{.settings{.per_thread = 0}}};
  for (size_t i = 0; i < count; i++) prefixes.emplace_back(view(arguments[i]));
  return &shared;
}

EXPORT("lifecycle", "finish")
void finish(int32_t) {
  auto text = std::to_string(told) + " paths";
  log_write(LOG_INFO, text.data(), text.size());
}
