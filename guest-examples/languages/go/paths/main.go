// Tells the path of each open and openat, or of those that begin with one of the
// words of ZPOLINE_HOOK_ARGS, and at the end how many there were.
package main

import (
	"fmt"
	"strings"

	"zpoline/hooks/hook"
)

const longestPath = 4096

var (
	prefixes []string
	told     int
)

func wanted(path string) bool {
	for _, prefix := range prefixes {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return len(prefixes) == 0
}

func tell(call string, pathname uint64) hook.Action {
	// A path that cannot be read is the kernel's to refuse.
	if path, ok := hook.ReadCString(pathname, longestPath); ok && wanted(string(path)) {
		hook.Output(fmt.Appendf(nil, "%s %s\n", call, path))
		told++
	}
	return hook.Forward()
}

//go:wasmexport zpoline:hook/open@0.1.0#enter
func open(pathname uint64, flags int32, mode uint32) hook.Action {
	return tell("open", pathname)
}

//go:wasmexport zpoline:hook/openat@0.1.0#enter
func openat(dirfd int32, pathname uint64, flags int32, mode uint32) hook.Action {
	return tell("openat", pathname)
}

//go:wasmexport zpoline:hook/lifecycle@0.1.0#init
func start(arguments hook.List, count uint32) hook.Init {
	prefixes = hook.Strings(arguments, count)
	return hook.Settings(false)
}

//go:wasmexport zpoline:hook/lifecycle@0.1.0#finish
func finish(status int32) {
	hook.Log(hook.Info, fmt.Sprintf("%d paths", told))
}

func main() {}
