// Nothing is deleted: unlink, unlinkat and rmdir fail with EPERM.
package main

import "zpoline/hooks/hook"

const eperm = 1

//go:wasmexport zpoline:hook/unlink@0.1.0#enter
func unlink(pathname uint64) hook.Action { return hook.Complete(-eperm) }

//go:wasmexport zpoline:hook/unlinkat@0.1.0#enter
func unlinkat(dirfd int32, pathname uint64, flags int32) hook.Action { return hook.Complete(-eperm) }

//go:wasmexport zpoline:hook/rmdir@0.1.0#enter
func rmdir(pathname uint64) hook.Action { return hook.Complete(-eperm) }

func main() {}
